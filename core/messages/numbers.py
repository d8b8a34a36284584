"""Our own numbers that texts go out from, each with its pace; and which of them a contact hears from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from core import phone, setup
from core.access import Right
from core.database import Change, Work
from core.database.tables import sender_number
from core.errors import Conflict, Invalid, NotFound
from core.words import line

LONGEST_LABEL = 60
FASTEST = 1_000
"""Segments a second, at most; short codes reach some hundred."""

s = sender_number.c


@dataclass(frozen=True)
class Number:
    """A number of ours. `phone`: E.164; `segments_per_second`: what its carrier lets it send."""

    id: int
    phone: str
    label: str = ""
    segments_per_second: int = 1
    is_retired: bool = False


@dataclass(frozen=True)
class Routes:
    """The numbers in use, by id, and the one that texts go out from where nothing else is said; None: there is none."""

    numbers: Mapping[int, Number]
    usual: Number | None

    def of(self, answered_id: int | None) -> Number | None:
        """The number for a contact who wrote to `answered_id` last."""
        return self.numbers.get(answered_id or 0, self.usual)


def find(reader: Connection) -> list[Number]:
    """Every number, those in use first, in the order they were added."""
    columns = (s.id, s.phone, s.label, s.segments_per_second, s.is_retired)
    rows = reader.execute(select(*columns).order_by(s.is_retired, s.id))
    return [Number(row.id, row.phone, row.label, row.segments_per_second, bool(row.is_retired)) for row in rows]


def listed(reader: Connection) -> list[Number]:
    """As `find`, for a screen: the sender number of the settings is among them before anything was sent from it, and
    has the id 0 until then.
    """
    found, usual = find(reader), setup.load(reader).sender_number
    return found if not usual or any(each.phone == usual for each in found) else [Number(0, usual), *found]


def routes(work: Work, usual: str) -> Routes:
    """Where texts go out from; `usual`: the number of the settings, which is added when it is new, or blank."""
    known = find(work.conn)
    default = next((each for each in known if each.phone == usual), None)
    if usual and default is None:
        default = Number(meet(work, usual), usual)
    return Routes({each.id: each for each in known if not each.is_retired}, default)


def meet(work: Work, number: str) -> int:
    """The id of a number of ours (E.164), which is added when it is new."""
    held = work.conn.execute(select(s.id).where(s.phone == number)).scalar()
    return _insert(work, Number(0, number)) if held is None else int(held)


def add(work: Work, number: str, label: str, segments_per_second: int, region: str = "US") -> int:
    """Add a number, or take a retired one back into use; returns its id. `region`: of one without a country code.

    Raises: NotAllowed; Invalid; Conflict when it is in use.
    """
    work.actor.require(Right.SETTINGS_EDIT)
    new = Number(0, phone.parse(number, region).e164, *_checked(label, segments_per_second))
    held = work.conn.execute(select(sender_number).where(s.phone == new.phone)).first()
    if held is None:
        return _insert(work, new)
    if not held.is_retired:
        raise Conflict(f"{phone.national(new.phone)} is among the numbers already.")
    values = {"is_retired": 0, "label": new.label, "segments_per_second": new.segments_per_second}
    _change(work, held, "number.add", f"took {phone.national(new.phone)} back into use", values)
    return int(held.id)


def edit(work: Work, number_id: int, label: str, segments_per_second: int) -> int:
    """Change what a number is called and how fast it sends; returns the event.

    Raises: NotAllowed; NotFound; Invalid.
    """
    work.actor.require(Right.SETTINGS_EDIT)
    held = _held(work, number_id)
    label, segments_per_second = _checked(label, segments_per_second)
    values = {"label": label, "segments_per_second": segments_per_second}
    return _change(work, held, "number.edit", f"changed the number {phone.national(held.phone)}", values)


def retire(work: Work, number_id: int) -> int:
    """Send from it no longer: who wrote to it hears from the sender number of the settings. Returns the event.

    Raises: NotAllowed; NotFound; Conflict when it is that very number.
    """
    work.actor.require(Right.SETTINGS_EDIT)
    held = _held(work, number_id)
    if held.phone == setup.load(work.conn).sender_number:
        raise Conflict("This is the sender number. Choose another one first.")
    return _change(work, held, "number.retire", f"retired the number {phone.national(held.phone)}", {"is_retired": 1})


def _insert(work: Work, new: Number) -> int:
    number_id = work.take_ids("sender_number")
    # Undoing it retires it: texts that went from it keep it.
    made = Change("sender_number", number_id, None, {"is_retired": 1}, {"is_retired": 0})
    event_id = work.record_change("number.add", made, said=f"added the number {phone.national(new.phone)}")
    values = {"phone": new.phone, "label": new.label, "segments_per_second": new.segments_per_second}
    work.conn.execute(insert(sender_number).values(id=number_id, created_at=work.now, event_id=event_id, **values))
    return number_id


def _change(work: Work, held: Row[Any], verb: str, said: str, after: dict[str, Any]) -> int:
    before = {name: held._mapping[name] for name in after}
    event_id = work.record_change(verb, Change("sender_number", held.id, None, before, after), said=said)
    work.conn.execute(update(sender_number).where(s.id == held.id).values(**after))
    return event_id


def _held(work: Work, number_id: int) -> Row[Any]:
    row = work.conn.execute(select(sender_number).where(s.id == number_id)).first()
    if row is None:
        raise NotFound("This number does not exist (any more).")
    return row


def _checked(label: str, segments_per_second: int) -> tuple[str, int]:
    label = line(label)
    if len(label) > LONGEST_LABEL:
        raise Invalid(f"Give the number a label of at most {LONGEST_LABEL} letters.")
    if not 1 <= segments_per_second <= FASTEST:
        raise Invalid(f"A number sends between 1 and {FASTEST:,} segments a second.")
    return label, segments_per_second
