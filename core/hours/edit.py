"""Windows as an administrator changes them: added, changed, retired, taken back into use; each can be undone."""

import re
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, insert, select, update

from core import zones
from core.access import Right
from core.database import Change, Work
from core.database.tables import sending_window
from core.errors import Conflict, Invalid, NotFound
from core.words import line

LONGEST_SOURCE = 200
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
END_OF_DAY = 24 * 60

w = sending_window.c


@dataclass(frozen=True)
class Rule:
    """A window as it is given; fields as in Bound. `source`: the rule it comes from, which must be said."""

    place: str
    days: str
    opens: int
    closes: int
    source: str
    valid_from: str = ""
    valid_until: str = ""


def add(work: Work, rule: Rule) -> int:
    """Make a window; returns its id. Undoing it retires it.

    Raises: NotAllowed; Invalid.
    """
    work.actor.require(Right.SETTINGS_EDIT)
    values = _checked(rule)
    window_id = work.take_ids("sending_window")
    made = Change("sending_window", window_id, None, {"is_retired": 1}, {"is_retired": 0})
    event_id = work.record_change("hours.add", made, said=f"added the hours {words(rule)}")
    work.conn.execute(insert(sending_window).values(id=window_id, **values, created_at=work.now, event_id=event_id))
    return window_id


def change(work: Work, window_id: int, rule: Rule) -> int | None:
    """Give a window these fields; returns the event, None when they are its own already.

    Raises: NotAllowed; NotFound; Invalid.
    """
    work.actor.require(Right.SETTINGS_EDIT)
    held, values = _held(work, window_id), _checked(rule)
    after = {name: value for name, value in values.items() if value != held._mapping[name]}
    return _write(work, held, "change", after, f"changed the hours {words(rule)}") if after else None


def retire(work: Work, window_id: int) -> int:
    """The window binds no more; it stays listed. Returns the event.

    Raises: NotAllowed; NotFound; Conflict when it is retired already.
    """
    return _switch(work, window_id, 1)


def revive(work: Work, window_id: int) -> int:
    """The window binds again; returns the event.

    Raises: NotAllowed; NotFound; Conflict when it is in use.
    """
    return _switch(work, window_id, 0)


def words(rule: Rule) -> str:
    """A window in words: “of TX on Mon-Sat, 9:00-21:00”."""
    place = f"of {rule.place.strip().upper()}" if rule.place else "of everywhere"
    return f"{place} on {days_words(rule.days)}, {hours_words(rule.opens, rule.closes)}"


def days_words(days: str) -> str:
    """Days of the week in words: “every day”, “Mon-Fri”, “Mon, Wed”."""
    if days in "0123456" and len(days) > 2:
        return "every day" if len(days) == len(DAYS) else f"{DAYS[int(days[0])]}-{DAYS[int(days[-1])]}"
    return ", ".join(DAYS[int(day)] for day in days)


def hours_words(opens: int, closes: int) -> str:
    """Minutes of the day in words: “9:00-20:00”, “closed”."""
    if opens == closes:
        return "closed"
    return "-".join(f"{minute // 60}:{minute % 60:02}" for minute in (opens, closes))


def _switch(work: Work, window_id: int, is_retired: int) -> int:
    work.actor.require(Right.SETTINGS_EDIT)
    held = _held(work, window_id)
    if held.is_retired == is_retired:
        raise Conflict("These hours are retired already." if is_retired else "These hours are in use already.")
    verb, said = ("retire", "retired") if is_retired else ("revive", "took back into use")
    rule = Rule(held.place, held.days, held.opens, held.closes, held.source)
    return _write(work, held, verb, {"is_retired": is_retired}, f"{said} the hours {words(rule)}")


def _write(work: Work, held: Row[Any], verb: str, after: dict[str, Any], said: str) -> int:
    before = {name: held._mapping[name] for name in after}
    event_id = work.record_change(f"hours.{verb}", Change("sending_window", held.id, None, before, after), said=said)
    work.conn.execute(update(sending_window).where(w.id == held.id).values(after))
    return event_id


def _held(work: Work, window_id: int) -> Row[Any]:
    row = work.conn.execute(select(sending_window).where(w.id == window_id)).first()
    if row is None:
        raise NotFound("These hours do not exist (any more).")
    return row


def _checked(rule: Rule) -> dict[str, Any]:
    place, source = rule.place.strip().upper(), line(rule.source)
    if place and place not in zones.STATES:
        raise Invalid(f"“{rule.place}” is no state of the US. Give two letters such as TX, or leave it blank.")
    if not re.fullmatch("0?1?2?3?4?5?6?", rule.days) or not rule.days:
        raise Invalid("Choose the days of the week that these hours are of.")
    if not 0 <= rule.opens <= rule.closes <= END_OF_DAY:
        raise Invalid("Hours end after they begin, on the same day.")
    if not 0 < len(source) <= LONGEST_SOURCE:
        raise Invalid(f"Say which rule these hours come from, in at most {LONGEST_SOURCE} letters.")
    for day in filter(None, (rule.valid_from, rule.valid_until)):
        _check_day(day)
    if rule.valid_until and rule.valid_until <= rule.valid_from:
        raise Invalid("The day from which these hours hold no more lies after the first day.")
    return {**asdict(rule), "place": place, "source": source}


def _check_day(text: str) -> None:
    try:
        is_iso = date.fromisoformat(text).isoformat() == text
    except ValueError:
        is_iso = False
    if not is_iso:
        raise Invalid(f"“{text}” is no day. Give one such as 2026-07-01.")
