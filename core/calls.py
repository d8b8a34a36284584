"""Calls to contacts: logged when the number is dialled, then how it went, how long it took, and a note."""

from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from core.access import Right
from core.database import Change, Work, images
from core.database.tables import call, contact, user
from core.database.work import STEP
from core.errors import Invalid, NotFound
from core.words import clean

OUTCOMES = {
    "reached": "reached",
    "voicemail": "voicemail",
    "no_answer": "no answer",
    "wrong_number": "wrong number",
}
LONGEST_NOTE = 2_000
LONGEST_SECONDS = 86_400


@dataclass(frozen=True)
class Call:
    """A call as listed. `outcome`: blank while nobody has said; `duration_seconds`: None when nobody has."""

    id: int
    happened_at: int
    outcome: str
    duration_seconds: int | None
    note: str
    user: str


@dataclass(frozen=True)
class Told:
    """How a call went."""

    outcome: str
    duration_seconds: int | None = None
    note: str = ""


def find(reader: Connection, contact_id: int, since: int = 0) -> list[Call]:
    """The calls to a contact from `since` (UTC seconds) on, the oldest first."""
    k = call.c
    wanted = select(k.id, k.happened_at, k.outcome, k.duration_seconds, k.note, user.c.name)
    joined = wanted.select_from(call.outerjoin(user, user.c.id == k.user_id))
    rows = reader.execute(
        joined.where(k.contact_id == contact_id, k.happened_at >= since).order_by(k.happened_at, k.id)
    )
    return [Call(*row[:5], row.name or "") for row in rows]


def log(work: Work, contact_id: int) -> int:
    """A number is being dialled; returns the call. Undoing that takes it out of the thread.

    Raises: NotAllowed; NotFound.
    """
    work.actor.require(Right.CONTACT_EDIT)
    c = contact.c
    row = work.conn.execute(select(c.first_name, c.last_name, c.phone).where(c.id == contact_id)).first()
    if row is None:
        raise NotFound("This contact does not exist (any more).")
    call_id = work.take_ids("call")
    own = {"user_id": work.actor.id, "happened_at": work.now, "outcome": "", "duration_seconds": None, "note": ""}
    said = "called " + (f"{row.first_name} {row.last_name}".strip() or row.phone)
    event_id = work.record("call.log", said=said)
    made = {**own, "event_id": event_id}
    work.conn.execute(insert(call).values(contact_id=contact_id, id=call_id, **made))
    work.account(event_id, STEP, [Change("call", call_id, contact_id, None, made)])
    work.set_state(event_id, "done", changed=1)
    return call_id


def describe(work: Work, contact_id: int, call_id: int, told: Told) -> int:
    """Say how a call went, also later or again; returns the event.

    Raises: NotAllowed; NotFound; Invalid.
    """
    work.actor.require(Right.CONTACT_EDIT)
    images.lock(work.conn, [contact_id])
    here = (call.c.contact_id == contact_id) & (call.c.id == call_id)
    row = work.conn.execute(select(call).where(here)).first()
    if row is None:
        raise NotFound("This call is no longer there: logging it was undone.")
    after = _checked(told)
    before = {name: row._mapping[name] for name in after}
    change = Change("call", call_id, contact_id, before, after)
    event_id = work.record_change("call.describe", change, said=f"said how a call went: {OUTCOMES[told.outcome]}")
    work.conn.execute(update(call).where(here).values(after))
    return event_id


def _checked(told: Told) -> dict[str, str | int | None]:
    if told.outcome not in OUTCOMES:
        raise Invalid("Say how the call went.")
    if told.duration_seconds is not None and not 0 <= told.duration_seconds <= LONGEST_SECONDS:
        raise Invalid("A call lasts at most a day.")
    note = clean(told.note).strip()
    if len(note) > LONGEST_NOTE:
        raise Invalid(f"Keep the note of a call below {LONGEST_NOTE:,} letters.")
    return {"outcome": told.outcome, "duration_seconds": told.duration_seconds, "note": note}


def seconds(text: str) -> int | None:
    """A length as people write it: 4 (minutes), 3:20, 1:02:00; None when blank.

    Raises: Invalid.
    """
    parts = text.strip().split(":")
    if parts == [""]:
        return None
    if len(parts) > 3 or not all(part.isascii() and part.isdecimal() and len(part) <= 4 for part in parts):
        raise Invalid(f"“{text.strip()}” is no length of a call. Write minutes, or minutes and seconds such as 3:20.")
    numbers = [int(part) for part in parts]
    if any(number > 59 for number in numbers[1:]):
        raise Invalid(f"“{text.strip()}” is no length of a call. Seconds go up to 59.")
    hours, minutes, rest = {1: (0, *numbers, 0), 2: (0, *numbers), 3: tuple(numbers)}[len(numbers)]
    return hours * 3_600 + minutes * 60 + rest


def length(duration_seconds: int | None) -> str:
    """The other way round: such as 3:20; blank where nobody has said."""
    if duration_seconds is None:
        return ""
    hours, rest = divmod(duration_seconds, 3_600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"
