"""Settings of this installation: the environment wins, then what an administrator chose, then the usual value."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, insert, select, update

from core import phone, settings
from core.access import Right
from core.database import Change, Work
from core.database.tables import setting
from core.database.work import STEP
from core.errors import Conflict, Invalid
from core.settings import Settings
from core.words import clean

LABELS = {
    "default_region": "Default region",
    "time_zone": "Time zone",
    "currency": "Currency",
    "sender_number": "Sender number",
    "sending_hours": "Hours of sending",
    "help_answer": "Answer to HELP",
    "segments_per_day": "Segments a day",
}
"""What can be chosen, and how it is called."""


def load(reader: Connection, usual: Settings | None = None) -> Settings:
    """The settings in force. `usual`: those of the environment, when they were loaded already."""
    return replace(usual or settings.load(), **_chosen(reader))


def _chosen(reader: Connection) -> dict[str, str]:
    open_ = LABELS.keys() - settings.given()
    rows = reader.execute(select(setting.c.name, setting.c.value))
    return {name: value for name, value in rows if name in open_}


def choose(work: Work, values: Mapping[str, str]) -> int | None:
    """Set these settings; returns the event, None when nothing becomes another.

    Raises: NotAllowed; Invalid for a value that cannot be used; Conflict when the environment says otherwise.
    """
    work.actor.require(Right.SETTINGS_EDIT)
    now = load(work.conn)
    region = values.get("default_region", now.default_region)
    wanted = {name: _checked(name, clean(value).strip(), region) for name, value in values.items()}
    new = {name: value for name, value in wanted.items() if value != getattr(now, name)}
    if not new:
        return None
    for name in sorted(new.keys() & settings.given()):
        raise Conflict(f"{LABELS[name]} is set by {settings.PREFIX}{name.upper()} in the environment. Change it there.")
    said = " and ".join(f"set the {LABELS[name].lower()} to {value or 'nothing'}" for name, value in new.items())
    event_id = work.record("setting.choose", said=said)
    held = {row.name: row for row in work.conn.execute(select(setting))}
    changes = [_write(work, event_id, held.get(name), name, value) for name, value in new.items()]
    work.account(event_id, STEP, changes)
    work.set_state(event_id, "done", changed=1)
    return event_id


def _write(work: Work, event_id: int, held: Any, name: str, value: str) -> Change:
    after = {"name": name, "value": value, "updated_at": work.now, "event_id": event_id}
    if held is None:
        id_ = work.take_ids("setting")
        work.conn.execute(insert(setting).values(id=id_, **after))
        return Change("setting", id_, None, None, after)
    work.conn.execute(update(setting).where(setting.c.id == held.id).values(after))
    return Change("setting", held.id, None, {key: held._mapping[key] for key in after}, after)


def _checked(name: str, value: str, region: str) -> str:
    if name not in LABELS:
        raise Invalid(f"There is no setting “{name}”.")
    if name == "currency":
        value = value.upper()
    if name == "sender_number" and value:
        value = phone.parse(value, region).e164
    settings.check(name, value, LABELS[name])
    return value
