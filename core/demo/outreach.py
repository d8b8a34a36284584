"""Workflows and redrips, and each contact's runs through them."""

from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

from core.demo import library
from core.demo.plan import Plan
from core.demo.stories import DAY, HOUR

NURTURE, RENEWAL, FOLLOW_UP, WIN_BACK = "New lead nurture", "Renewal reminders", "Quote follow-up", "Win back"


@dataclass(frozen=True)
class Flow:
    """A workflow: `steps` are ("wait", seconds), ("send", template title), ("tag", tag name) or ("end", "")."""

    name: str
    kind: str
    state: str
    rules: dict[str, Any]
    steps: tuple[tuple[str, int | str], ...]
    earlier: tuple[tuple[str, int | str], ...] = ()

    @property
    def versions(self) -> list[tuple[tuple[str, int | str], ...]]:
        """The steps of each version, the current one last."""
        return [*([self.earlier] if self.earlier else []), self.steps]


FLOWS = (
    Flow(
        NURTURE, "workflow", "on", {"stop_on_reply": True, "window": "08:00-20:00"},
        (("wait", DAY), ("send", "Second try"), ("wait", 3 * DAY), ("send", "Third try"), ("wait", 7 * DAY), ("send", "Last try"), ("tag", "No answer"), ("end", "")),
        (("wait", 2 * DAY), ("send", "Second try"), ("wait", 5 * DAY), ("send", "Last try"), ("end", "")),
    ),
    Flow(
        RENEWAL, "workflow", "on", {"stop_on_reply": False, "window": "09:00-18:00"},
        (("wait", 300 * DAY), ("send", "Sixty days"), ("wait", 30 * DAY), ("send", "Thirty days"), ("tag", "Renewal"), ("end", "")),
    ),
    Flow("Appointment reminders", "workflow", "on", {"stop_on_reply": False}, (("wait", 20 * HOUR), ("send", "Reminder"), ("end", ""))),
    Flow("Birthday greetings", "workflow", "paused", {"stop_on_reply": False}, (("send", "Birthday"), ("end", ""))),
    Flow("Life cross-sell", "workflow", "draft", {"stop_on_reply": True}, (("wait", 14 * DAY), ("send", "Bundle"), ("end", ""))),
    Flow(
        FOLLOW_UP, "redrip", "on", {"stop_on_reply": True, "window": "08:00-20:00"},
        (("wait", 2 * DAY), ("send", "Numbers are ready"), ("wait", 4 * DAY), ("send", "Offer ends soon"), ("end", "")),
    ),
    Flow(
        WIN_BACK, "redrip", "on", {"stop_on_reply": True, "window": "10:00-18:00"},
        (("wait", 60 * DAY), ("send", "Win back"), ("wait", 30 * DAY), ("send", "Win back, second"), ("wait", 45 * DAY), ("send", "Win back, last"), ("end", "")),
    ),
)  # fmt: skip

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
    """A run begun at `started_at` and stopped at the moment and for the reason of `stop`, if it came so far; None after the plan's end."""
    if started_at > plan.end_at:
        return None
    versions = _BY_NAME[name].versions
    version = len(versions) if started_at > plan.end_at - 200 * DAY else 1
    steps = versions[version - 1]
    at, sends = started_at, []
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
