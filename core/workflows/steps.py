"""The steps of a workflow, one after the other: what each kind needs, checked and told in words."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import Connection, Row, select

from core import sms
from core.database.tables import stage, tag, template, user
from core.errors import Invalid
from core.words import clean

Kind = Literal["send", "wait", "tag", "untag", "stage", "hot", "assign", "end"]

KINDS: dict[str, str] = {
    "send": "Send a text",
    "wait": "Wait",
    "tag": "Add a tag",
    "untag": "Remove a tag",
    "stage": "Set the stage",
    "hot": "Mark as hot",
    "assign": "Assign an owner",
    "end": "End",
}
"""In the order of a menu."""

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
UNITS = {"day": 86_400, "hour": 3_600, "minute": 60}
MOST_STEPS = 100
LONGEST_WAIT = 5 * 366 * 86_400


@dataclass(frozen=True)
class Step:
    """One step. `template_id`: where the text of a send step was copied from.

    `params` by kind: wait without `wait_seconds`: weekday (0 Monday … 6, or None: any day) and minute (0–1439) at the
    contact's place; tag and untag: tag_id; stage: stage_id; assign: owner_id, None: nobody.
    """

    kind: Kind
    body: str = ""
    wait_seconds: int | None = None
    template_id: int | None = None
    params: Mapping[str, Any] = field(default_factory=dict)


def of_row(row: Row[Any]) -> Step:
    """A step as it is stored."""
    return Step(row.kind, row.body, row.wait_seconds, row.template_id, json.loads(row.params or "{}"))


def as_row(step: Step) -> dict[str, Any]:
    """The columns it is stored in."""
    params = json.dumps(dict(step.params), sort_keys=True) if step.params else ""
    own = {"kind": step.kind, "body": step.body, "wait_seconds": step.wait_seconds}
    return {**own, "template_id": step.template_id, "params": params}


def wait_words(seconds: int) -> str:
    """Such as “3 days”."""
    unit = next((unit for unit in UNITS if seconds % UNITS[unit] == 0), "second")
    n = seconds // UNITS.get(unit, 1)
    return f"{n:,} {unit}{'' if n == 1 else 's'}"


def words(step: Step, names: Mapping[tuple[str, int], str]) -> str:
    """A step in one line. `names`: of what it means by id, as `names_of` finds them."""

    def name(kind: str, param: str) -> str:
        wanted = step.params.get(param)
        return names.get((kind, wanted), "(gone)") if wanted else "(not chosen yet)"

    match step.kind:
        case "send":
            return f"Send “{step.body}”"
        case "wait" if step.wait_seconds is not None:
            return f"Wait {wait_words(step.wait_seconds)}"
        case "wait":
            day, minute = step.params["weekday"], step.params["minute"]
            on = "" if day is None else f"{WEEKDAYS[day]}, "
            return f"Wait until {on}{minute // 60:02}:{minute % 60:02} at their place"
        case "tag":
            return f"Add the tag {name('tag', 'tag_id')}"
        case "untag":
            return f"Remove the tag {name('tag', 'tag_id')}"
        case "stage":
            return f"Set the stage {name('stage', 'stage_id')}"
        case "assign" if step.params.get("owner_id") is None:
            return "Take the owner off"
        case "assign":
            return f"Assign to {name('user', 'owner_id')}"
    return KINDS[step.kind]


_NAMED = {"tag": (tag, "tag_id"), "stage": (stage, "stage_id"), "user": (user, "owner_id")}
_OF_KIND = {"tag": "tag", "untag": "tag", "stage": "stage", "assign": "user"}


def names_of(reader: Connection, steps: Sequence[Step]) -> dict[tuple[str, int], str]:
    """The names of tags, stages and users that these steps speak of, by ("tag" | "stage" | "user", id)."""
    found: dict[tuple[str, int], str] = {}
    for kind, (table, param) in _NAMED.items():
        wanted = {step.params.get(param) for step in steps if _OF_KIND.get(step.kind) == kind} - {None}
        if wanted:
            rows = reader.execute(select(table.c.id, table.c.name).where(table.c.id.in_(sorted(wanted))))
            found |= {(kind, row.id): row.name for row in rows}
    return found


def checked(reader: Connection, steps: Sequence[Step]) -> tuple[Step, ...]:
    """The steps as they are kept: texts trimmed, those of templates filled in.

    Raises: Invalid, naming the step and what to do about it.
    """
    if not any(step.kind == "send" for step in steps):
        raise Invalid("Add at least one text to send.")
    if len(steps) > MOST_STEPS:
        raise Invalid(f"A workflow has at most {MOST_STEPS} steps.")
    return tuple(_kept(reader, place, step, len(steps)) for place, step in enumerate(steps, 1))


def problems(reader: Connection, steps: Sequence[Step]) -> dict[int, str]:
    """What is wrong with single steps, by position, in the words that `checked` raises for the first of them."""
    found = {}
    for place, step in enumerate(steps, 1):
        try:
            _kept(reader, place, step, len(steps))
        except Invalid as wrong:
            found[place - 1] = str(wrong)
    return found


def _kept(reader: Connection, place: int, step: Step, last: int) -> Step:
    if step.kind not in KINDS:
        raise Invalid(f"Step {place} is none of {', '.join(KINDS)}.")
    if step.kind == "end" and place < last:
        raise Invalid(f"Step {place} ends the workflow, so nothing after it happens. Remove what follows.")
    kept: Step = _CHECKS.get(step.kind, _as_is)(reader, place, step)
    return kept


def _as_is(_reader: Connection, _place: int, step: Step) -> Step:
    return Step(step.kind)


def _send(reader: Connection, place: int, step: Step) -> Step:
    body = clean(step.body).strip()
    if not body and step.template_id is not None:
        body = reader.execute(select(template.c.body).where(template.c.id == step.template_id)).scalar() or ""
    if not 0 < len(body) <= sms.LONGEST:
        raise Invalid(f"Step {place} needs a text of at most {sms.LONGEST:,} letters.")
    return Step("send", body, template_id=step.template_id)


def _wait(_reader: Connection, place: int, step: Step) -> Step:
    if step.wait_seconds is not None:
        if not 0 < step.wait_seconds <= LONGEST_WAIT:
            raise Invalid(f"Step {place} needs a time to wait, of at most five years.")
        return Step("wait", wait_seconds=step.wait_seconds)
    day, minute = step.params.get("weekday"), step.params.get("minute")
    if day not in (None, *range(7)) or minute not in range(24 * 60):
        raise Invalid(f"Step {place} needs a time to wait, or a weekday and an hour to wait for.")
    return Step("wait", params={"weekday": day, "minute": minute})


def _names(kind: str, param: str, wish: str) -> Any:
    table = _NAMED[kind][0]

    def check(reader: Connection, place: int, step: Step) -> Step:
        wanted = step.params.get(param)
        if wanted is None and kind == "user":
            return Step(step.kind, params={param: None})
        if wanted is None:
            raise Invalid(f"Step {place}: the {kind} is not chosen yet. Choose one.")
        usable = [table.c.id == wanted]
        if "is_retired" in table.c and step.kind != "untag":
            usable.append(table.c.is_retired == 0)
        if reader.execute(select(table.c.id).where(*usable)).first() is None:
            raise Invalid(f"Step {place}: {wish}")
        return Step(step.kind, params={param: wanted})

    return check


_TAG = _names("tag", "tag_id", "the tag does not exist (any more) or is retired. Choose another.")
_CHECKS: dict[str, Any] = {
    "send": _send,
    "wait": _wait,
    "tag": _TAG,
    "untag": _TAG,
    "stage": _names("stage", "stage_id", "the stage does not exist (any more). Choose another."),
    "assign": _names("user", "owner_id", "this user does not exist (any more). Choose another owner."),
}


def leading_wait(steps: Sequence[Step]) -> int:
    """Seconds that the waits before the first other step take together; one for a weekday and hour is another step."""
    seconds = 0
    for step in steps:
        if step.kind != "wait" or step.wait_seconds is None:
            break
        seconds += step.wait_seconds
    return seconds


def first_position(steps: Sequence[Step]) -> int:
    """The position of the step that follows the waits which `leading_wait` adds up."""
    is_passed = (step.kind == "wait" and step.wait_seconds is not None for step in steps)
    return next((place for place, passed in enumerate(is_passed) if not passed), len(steps))
