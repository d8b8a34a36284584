"""The fields an administrator defines: text, number, date or a choice."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from core.access import Right
from core.database import Change, Work
from core.database.tables import custom_field, custom_value
from core.errors import Conflict, Invalid, NotFound
from core.words import fold, line

KINDS = {"text": "Text", "number": "Number", "date": "Date", "choice": "Choice"}
HELP = {
    "text": "Any words.",
    "number": "Sorted and filtered by size, such as 1,250.5.",
    "date": "A day, such as 2026-04-23.",
    "choice": "One of a list.",
}
LONGEST_NAME, LONGEST_CHOICE, MOST_CHOICES = 60, 100, 200


@dataclass(frozen=True)
class Field:
    """A field as defined; `choices` in their order."""

    id: int
    name: str
    kind: str
    choices: tuple[str, ...]
    is_retired: bool


def find(reader: Connection, include_retired: bool = False) -> list[Field]:
    """The fields in the order in which they were added."""
    f = custom_field.c
    wanted = select(custom_field).order_by(f.position, f.id)
    return [_field(row) for row in reader.execute(wanted if include_retired else wanted.where(f.is_retired == 0))]


def counts(reader: Connection) -> dict[int, int]:
    """How many contacts have a value, by field; fields that nobody fills are left out. Reads all values."""
    counted = select(custom_value.c.field_id, func.count()).group_by(custom_value.c.field_id)
    return {row[0]: row[1] for row in reader.execute(counted)}


def get(reader: Connection, field_id: int) -> Field:
    """One field, a retired one too.

    Raises: NotFound.
    """
    return _field(_held(reader, field_id))


def add(work: Work, name: str, kind: str, choices: Sequence[str] = ()) -> int:
    """Define a field; returns its id. Undoing it retires it.

    Raises: NotAllowed; Invalid; Conflict when there is one of this name.
    """
    work.actor.require(Right.SETTINGS_EDIT)
    if kind not in KINDS:
        raise Invalid(f"A field is one of {', '.join(KINDS)}.")
    made = _checked(work, None, name, kind, choices)
    field_id = work.take_ids("custom_field")
    position = work.conn.execute(select(func.coalesce(func.max(custom_field.c.position), 0) + 1)).scalar_one()
    change = Change("custom_field", field_id, None, {"is_retired": 1}, {"is_retired": 0})
    event_id = work.record_change("custom.add", change, said=f"added the field {made['name']}", kind=kind)
    row = {"id": field_id, "kind": kind, "position": position, "created_at": work.now, "event_id": event_id}
    work.conn.execute(insert(custom_field).values(**row, **made))
    return field_id


def edit(work: Work, field_id: int, name: str, choices: Sequence[str] = ()) -> int | None:
    """Rename a field, or change its choices; its kind stays. Returns the event, None when all is so already.

    Raises: NotAllowed; NotFound; Invalid; Conflict.
    """
    work.actor.require(Right.SETTINGS_EDIT)
    row = _held(work.conn, field_id)
    after = _checked(work, field_id, name, row.kind, choices)
    _refuse_used_choices(work, row, after["choices"])
    before = {key: row._mapping[key] for key in after}
    if before == after:
        return None
    renamed = f"renamed the field {row.name} to {after['name']}"
    said = renamed if after["name"] != row.name else f"changed the choices of the field {row.name}"
    return _change(work, field_id, ("custom.edit", said), before, after)


def retire(work: Work, field_id: int) -> int:
    """Show a field no longer; what contacts hold there is kept. Returns the event.

    Raises: NotAllowed; NotFound.
    """
    return _switch(work, field_id, "custom.retire", 1)


def revive(work: Work, field_id: int) -> int:
    """Show a retired field again; returns the event.

    Raises: NotAllowed; NotFound.
    """
    return _switch(work, field_id, "custom.revive", 0)


def _field(row: Row[Any]) -> Field:
    return Field(row.id, row.name, row.kind, tuple(json.loads(row.choices or "[]")), bool(row.is_retired))


def _held(reader: Connection, field_id: int) -> Row[Any]:
    row = reader.execute(select(custom_field).where(custom_field.c.id == field_id)).first()
    if row is None:
        raise NotFound("This field does not exist (any more).")
    return row


def _switch(work: Work, field_id: int, verb: str, is_retired: int) -> int:
    work.actor.require(Right.SETTINGS_EDIT)
    row = _held(work.conn, field_id)
    said = f"retired the field {row.name}" if is_retired else f"took the field {row.name} back into use"
    return _change(work, field_id, (verb, said), {"is_retired": row.is_retired}, {"is_retired": is_retired})


def _change(work: Work, field_id: int, event: tuple[str, str], before: dict[str, Any], after: dict[str, Any]) -> int:
    verb, said = event
    event_id = work.record_change(verb, Change("custom_field", field_id, None, before, after), said=said)
    work.conn.execute(update(custom_field).where(custom_field.c.id == field_id).values(**after))
    return event_id


def _checked(work: Work, own_id: int | None, name: str, kind: str, choices: Sequence[str]) -> dict[str, Any]:
    name = line(name)
    if not 0 < len(name) <= LONGEST_NAME:
        raise Invalid(f"Give the field a name of at most {LONGEST_NAME} letters.")
    other = select(custom_field).where(custom_field.c.name_key == fold(name), custom_field.c.id != (own_id or 0))
    if (taken := work.conn.execute(other).first()) is not None:
        way = "Take it back into use" if taken.is_retired else "Use it"
        raise Conflict(f"There is already a field “{taken.name}”. {way}, or choose another name.")
    listed = _choices(choices) if kind == "choice" else []
    stored = json.dumps(listed, ensure_ascii=False) if listed else ""
    return {"name": name, "name_key": fold(name), "choices": stored}


def _choices(given: Sequence[str]) -> list[str]:
    cleaned = [line(text) for text in given]
    listed = list({fold(text): text for text in cleaned if text}.values())
    if not 0 < len(listed) <= MOST_CHOICES:
        raise Invalid(f"Give between 1 and {MOST_CHOICES} choices, each on a line of its own.")
    if long := next((text for text in listed if len(text) > LONGEST_CHOICE), ""):
        raise Invalid(f"A choice has at most {LONGEST_CHOICE} letters: “{long[:40]}…” has {len(long)}.")
    return listed


def _refuse_used_choices(work: Work, row: Row[Any], choices: str) -> None:
    gone = sorted(set(json.loads(row.choices or "[]")) - set(json.loads(choices or "[]")))
    v = custom_value.c
    counted = select(v.value, func.count()).where(v.field_id == row.id, v.value.in_(gone)).group_by(v.value)
    used = work.conn.execute(counted.order_by(v.value)).first() if gone else None
    if used is not None:
        raise Conflict(f"“{used[0]}” is still the choice of {used[1]:,} contacts. Give them another one first.")
