"""Workflows and redrips, and each contact's runs through them."""

from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

from core.demo import library
from core.demo.plan import Plan
from core.demo.stories import DAY, HOUR

NURTURE, RENEWAL, FOLLOW_UP, WIN_BACK = "New lead nurture", "Renewal reminders", "Quote follow-up", "Win back"


Steps = tuple[tuple[str, int | str], ...]


@dataclass(frozen=True)
class Flow:
    """A workflow: `steps` are ("wait", seconds), ("send", template title), ("tag", tag name) or ("end", "")."""

    name: str
    kind: str
    state: str
    rules: dict[str, Any]
    steps: Steps
    earlier: Steps = ()

    @property
    def versions(self) -> list[Steps]:
        """The steps of each version, the current one last."""
        return [*([self.earlier] if self.earlier else []), self.steps]


def _steps(*steps: int | str) -> Steps:
    """A number waits so many seconds, a text sends that template, a text with # puts a tag on; then it ends."""
    listed: list[tuple[str, int | str]] = []
    for step in steps:
        is_tag = isinstance(step, str) and step.startswith("#")
        kind = "wait" if isinstance(step, int) else "tag" if is_tag else "send"
        listed.append((kind, str(step).removeprefix("#") if is_tag else step))
    return (*listed, ("end", ""))


BY_DAY = {"stop_on_reply": True, "stop_on_won": True, "stop_on_lost": True, "opens": 8 * 60, "closes": 20 * 60}
ALWAYS = {"stop_on_reply": False, "opens": 9 * 60, "closes": 18 * 60}

FLOWS = (
    Flow(
        NURTURE,
        "workflow",
        "on",
        BY_DAY,
        _steps(DAY, "Second try", 3 * DAY, "Third try", 7 * DAY, "Last try", "#No answer"),
        _steps(2 * DAY, "Second try", 5 * DAY, "Last try"),
    ),
    Flow(RENEWAL, "workflow", "on", ALWAYS, _steps(300 * DAY, "Sixty days", 30 * DAY, "Thirty days", "#Renewal")),
    Flow("Appointment reminders", "workflow", "on", ALWAYS, _steps(20 * HOUR, "Reminder")),
    Flow("Birthday greetings", "workflow", "paused", ALWAYS, _steps("Birthday")),
    Flow("Life cross-sell", "workflow", "draft", BY_DAY, _steps(14 * DAY, "Bundle")),
    Flow(FOLLOW_UP, "redrip", "on", BY_DAY, _steps(2 * DAY, "Numbers are ready", 4 * DAY, "Offer ends soon")),
    Flow(
        WIN_BACK,
        "redrip",
        "on",
        BY_DAY,
        _steps(60 * DAY, "Win back", 30 * DAY, "Win back, second", 45 * DAY, "Win back, last"),
    ),
)
_BY_NAME = {flow.name: flow for flow in FLOWS}


@dataclass(frozen=True)
class Template:
    """A stored text as the demo brings it; `line` is ready for the % operator."""

    folder: str
    title: str
    shortcut: str
    body: str
    line: str


@dataclass(frozen=True)
class Run:
    """One run through a workflow: what was sent (time, template title), and where it stands."""

    flow: str
    version: int
    state: str
    position: int
    next_due_at: int | None
    started_at: int
    stopped_at: int | None
    stop_reason: str
    sends: tuple[tuple[int, str], ...]

    @property
    def is_live(self) -> int:
        return int(self.state in {"active", "waiting", "held", "scheduled"})


@cache
def templates() -> dict[str, Template]:
    """The templates by title."""
    found = {}
    for heading, lines in library.sections("outreach.txt").items():
        folder, title, shortcut = (part.strip() for part in heading.split("|"))
        found[title] = Template(folder, title, shortcut, lines[0], library.ready(lines[0]))
    return found


def run(rnd: Random, plan: Plan, name: str, started_at: int, stop: tuple[int, str] | None) -> Run | None:
    """A run begun at `started_at`, stopped at the moment and for the reason of `stop` if it came so far.

    None when it would begin after the plan's end.
    """
    if started_at > plan.end_at:
        return None
    versions = _BY_NAME[name].versions
    version = len(versions) if started_at > plan.end_at - 200 * DAY else 1
    steps = versions[version - 1]
    at = started_at
    sends: list[tuple[int, str]] = []
    stopped_at, reason = stop or (plan.end_at + DAY, "")
    for position, (kind, value) in enumerate(steps):
        if kind == "wait":
            at += int(value) + int(rnd.random() * 2 * HOUR)
            if at > stopped_at and stopped_at <= plan.end_at:
                return Run(name, version, "stopped", position, None, started_at, stopped_at, reason, tuple(sends))
            if at > plan.end_at:
                state = "held" if rnd.random() < 0.03 else "waiting"
                return Run(name, version, state, position, at, started_at, None, "", tuple(sends))
        elif kind == "send":
            sends.append((at, str(value)))
    if rnd.random() < 0.01:
        return Run(name, version, "failed", len(steps) - 1, None, started_at, at, "number not in service", tuple(sends))
    return Run(name, version, "completed", len(steps) - 1, None, started_at, at, "", tuple(sends))
