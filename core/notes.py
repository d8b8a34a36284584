"""The note of a contact: saved while it is typed, its versions, and what two people wrote at once.

Nobody's saved words are lost. A save replaces the version it was written on; that version is kept, unless the same
person goes on typing and has only added to it. A save written on an older version than the newest one is kept beside
the note as a clash, until somebody says what stays.
"""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, select, update

from core.access import Right
from core.bulk.apply import Stretch, follow
from core.database import Change, Work, images
from core.database.tables import contact, note, note_version, user
from core.database.work import STEP
from core.errors import Conflict, Invalid, NotFound
from core.words import clean

LONGEST = 100_000
"""Letters of a note."""

PAUSE = 300
"""Seconds after which typing again makes a version."""

n, v = note.c, note_version.c


@dataclass(frozen=True)
class Version:
    """A former text. `version`: negative for one that was written beside the note. Units: UTC epoch seconds."""

    version: int
    body: str
    saved_at: int
    by: str
    is_clash: bool


@dataclass(frozen=True)
class Note:
    """The note as it stands; `version` 0: there is none. `clashes`: texts beside it, newest first."""

    body: str
    version: int
    saved_at: int
    by: str
    clashes: tuple[Version, ...]


@dataclass(frozen=True)
class Saved:
    """What became of a save: `version` is what the next one is written on; negative: it stands beside the note."""

    version: int
    saved_at: int

    @property
    def is_clash(self) -> bool:
        return self.version < 0


def get(reader: Connection, contact_id: int) -> Note:
    """The note of a contact, with what waits to be settled."""
    wanted = select(note, user.c.name).outerjoin(user, user.c.id == n.user_id).where(n.contact_id == contact_id)
    row = reader.execute(wanted).first()
    clashes = tuple(_versions(reader, v.contact_id == contact_id, v.is_clash == 1))
    if row is None:
        return Note("", 0, 0, "", clashes)
    return Note(row.body, row.version, row.updated_at, row.name or "", clashes)


def versions(reader: Connection, contact_id: int) -> list[Version]:
    """The former texts, newest first; the note itself is not among them."""
    return _versions(reader, v.contact_id == contact_id)


def _versions(reader: Connection, *tests: ColumnElement[bool]) -> list[Version]:
    wanted = select(note_version, user.c.name).outerjoin(user, user.c.id == v.user_id).where(*tests)
    rows = reader.execute(wanted.order_by(v.saved_at.desc(), func.abs(v.version).desc()))
    return [Version(row.version, row.body, row.saved_at, row.name or "", bool(row.is_clash)) for row in rows]


def has_versions(reader: Connection, contact_id: int) -> bool:
    """Whether there are former texts."""
    return reader.execute(select(v.version).where(v.contact_id == contact_id).limit(1)).first() is not None


def save(work: Work, contact_id: int, body: str, base_version: int) -> Saved:
    """Keep what somebody has typed on the version `base_version`; at once the note, or beside it when somebody else
    has saved meanwhile. One's own saves may come late, twice or in another order: they lose nothing and never clash.

    Raises: NotAllowed; NotFound; Invalid when it is too long.
    """
    work.actor.require(Right.CONTACT_EDIT)
    row, body = _begun(work, contact_id, body)
    own = (work, row.user_id, row.updated_at)
    is_late = base_version != row.version and _goes_on(*own, body, row.body)
    if body == row.body or is_late:
        return Saved(row.version, row.updated_at)
    if base_version == row.version or not row.body or _goes_on(*own, row.body, body):
        _write(work, row, body)
        return Saved(row.version + 1, work.now)
    return Saved(_keep_beside(work, row, body, base_version), work.now)


def restore(work: Work, contact_id: int, version: int, base_version: int) -> Saved:
    """Make a former text the note again; what stands there becomes a version.

    Raises: NotAllowed; NotFound; Conflict when the note is another than `base_version`.
    """
    work.actor.require(Right.CONTACT_EDIT)
    former = _former(work, contact_id, version)
    row, body = _begun(work, contact_id, former.body, base_version)
    return _replace(work, row, body)


def settle(work: Work, contact_id: int, version: int, body: str, base_version: int) -> Saved:
    """Say what stays of a note that two people wrote: `body`, instead of the note and of the text beside it.

    Raises: NotAllowed; NotFound; Invalid; Conflict when it is settled, or the note is another than `base_version`.
    """
    work.actor.require(Right.CONTACT_EDIT)
    beside = _former(work, contact_id, version)
    row, body = _begun(work, contact_id, body, base_version)
    if not beside.is_clash:
        raise Conflict("This was settled already. Look at the note as it is now.")
    event_id = work.record("note.settle", said="settled a note that two people had written", contact_id=contact_id)
    work.conn.execute(update(note_version).where(*_is(contact_id, version)).values(is_clash=0))
    work.account(event_id, STEP, [Change("note_version", version, contact_id, {"is_clash": 1}, {"is_clash": 0})])
    work.set_state(event_id, "done", changed=1)
    return _replace(work, row, body)


def _begun(work: Work, contact_id: int, body: str, base_version: int | None = None) -> tuple[Row[Any], str]:
    """The note's row, and the text as it can be kept."""
    body = clean(body)
    if len(body) > LONGEST:
        raise Invalid(f"A note has at most {LONGEST:,} letters, this one {len(body):,}. Shorten it; nothing was saved.")
    row = _held(work, contact_id)
    if base_version is not None and base_version != row.version:
        raise Conflict("Somebody has changed the note meanwhile. Look at it and try again.")
    return row, body


def _held(work: Work, contact_id: int) -> Row[Any]:
    images.lock(work.conn, [contact_id])
    wanted = select(note).where(n.contact_id == contact_id)
    row = work.conn.execute(wanted).first()
    if row is not None:
        return row
    if work.conn.execute(select(contact.c.id).where(contact.c.id == contact_id)).first() is None:
        raise NotFound("This contact does not exist (any more).")
    blank = {"body": "", "updated_at": work.now, "version": 0, "event_id": 0}
    work.conn.execute(insert(note).values(contact_id=contact_id, **blank))
    return work.conn.execute(wanted).one()


def _replace(work: Work, row: Row[Any], body: str) -> Saved:
    """The note becomes `body`; what stood there is kept."""
    if body == row.body:
        return Saved(row.version, row.updated_at)
    _write(work, row, body, goes_on=False)
    return Saved(row.version + 1, work.now)


def _former(work: Work, contact_id: int, version: int) -> Row[Any]:
    row = work.conn.execute(select(note_version).where(*_is(contact_id, version))).first()
    if row is None:
        raise NotFound("This version is no longer there: the same person went on typing in it.")
    return row


def _is(contact_id: int, version: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return v.contact_id == contact_id, v.version == version


def _write(work: Work, row: Row[Any], body: str, *, goes_on: bool = True) -> None:
    event_id = work.record("note.edit", said="wrote a note", contact_id=row.contact_id)
    after = {"body": body, "updated_at": work.now, "user_id": work.actor.id, "event_id": event_id}
    before = {name: row._mapping[name] for name in after}
    work.account(event_id, STEP, [Change("note", row.contact_id, row.contact_id, before, after)])
    work.set_state(event_id, "done", changed=1)
    follow(work, Stretch(event_id, STEP, 2 * STEP), "manual")
    if goes_on and _goes_on(work, row.user_id, row.updated_at, row.body, body):
        work.conn.execute(delete(note_version).where(*_is(row.contact_id, row.version)))
        work.set_state(row.event_id, "done", result=json.dumps({"went_on_in": event_id}))


def _keep_beside(work: Work, row: Row[Any], body: str, base_version: int) -> int:
    """Write the text as a clash, in the place of the one that the same person has only added to; returns its number."""
    own = work.conn.execute(select(note_version).where(*_is(row.contact_id, base_version), v.is_clash == 1)).first()
    lowest = select(func.coalesce(func.min(v.version), 0)).where(v.contact_id == row.contact_id, v.version < 0)
    version = int(work.conn.execute(lowest).scalar_one()) - 1
    event_id = work.record("note.clash", said="wrote a note while somebody else did", contact_id=row.contact_id)
    listed = [Change("note_version", version, row.contact_id, None, {"body": body})]
    if own is not None and _goes_on(work, own.user_id, own.saved_at, own.body, body):
        work.conn.execute(delete(note_version).where(*_is(row.contact_id, base_version)))
    elif own is not None:
        work.conn.execute(update(note_version).where(*_is(row.contact_id, base_version)).values(is_clash=0))
    made = {"body": body, "saved_at": work.now, "user_id": work.actor.id, "event_id": event_id, "is_clash": 1}
    work.conn.execute(insert(note_version).values(contact_id=row.contact_id, version=version, **made))
    work.account(event_id, STEP, listed)
    work.set_state(event_id, "done", changed=1)
    return version


def _goes_on(work: Work, user_id: int | None, saved_at: int, before: str, after: str) -> bool:
    """Whether the same person goes on typing, and every letter of before still stands in its order."""
    letters = iter(after)
    is_same = user_id == work.actor.id and work.now - saved_at <= PAUSE
    return is_same and bool(before) and all(letter in letters for letter in before)
