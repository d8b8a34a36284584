"""Which contacts were touched since the mirror last looked, read from the events and their changes.

Three things keep this from being "everything with a higher id":

- A running event goes on writing changes. It stays in `going`, with the place reached in it. Its numbers only rise: one
  worker at a time carries an event out, in order.
- An import or a demo writes no change for a contact that it inserts; such contacts are found by their `event_id`.
- On PostgreSQL a lower event id may become visible after a higher one. Ids are allotted without gaps, so an id that is
  not there although a higher one is, is `missing`: its transaction may still commit. That transaction had a number when
  it took the id, before the higher id was taken; so its number is below the first one that is free afterwards. Once all
  transactions below that one have ended and the id is still not there, it was rolled back and is forgotten.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, case, func, literal_column, or_, select

from core.database import engines
from core.database.horizon import horizon
from core.database.tables import change, contact, event, event_state

SEEDING = ("import.%", "demo.%")
"""Verbs of events that insert contacts without a change row each."""

SHALLOW = frozenset(
    {
        "call",
        "contact",
        "contact_tag",
        "conversation",
        "custom_value",
        "note",
        "note_version",
        "opt_out_review",
        "outbox",
    }
)
"""Tables whose changes leave a contact's past (deals, texts, runs) as it is."""

UNFINISHED = ("queued", "running", "undoing", "failed")
"""States of events that may write more; a failed one may be taken up again."""


@dataclass(frozen=True)
class Place:
    """How far an unfinished event was read: its highest change and the highest contact it inserted.

    `is_active`: somebody carries it out, or soon will; rows may have changed since it was read.
    """

    n: int = 0
    contact_id: int = 0
    is_seeding: bool = False
    undoes_seeding: bool = False
    is_active: bool = False


@dataclass(frozen=True)
class Reached:
    """How far the events were read. `missing`: event id -> the transaction number by which it must have ended."""

    top: int = 0
    missing: dict[int, int] = field(default_factory=dict)
    going: dict[int, Place] = field(default_factory=dict)

    @property
    def revision(self) -> int:
        """Every event up to this id was read, as far as it has come, or will never be there."""
        return min(self.missing) - 1 if self.missing else self.top

    @property
    def is_exact(self) -> bool:
        """False while an event is at work, whose next rows come without a new event, or an import is being undone:
        what that takes away is only looked for when it has ended.
        """
        return not any(place.is_active or place.undoes_seeding for place in self.going.values())


class Touched(NamedTuple):
    """Contacts whose rows may be others, and those among them whose past may be another."""

    ids: set[int]
    deep: set[int]


Changed = list[tuple[int | None, str]]
"""Contacts and the tables in which they were changed, as often as they were; no table: the contact is new."""

_undone = event.alias("undone")
_NEW: Select[Any] = select(
    event.c.id,
    event_state.c.state,
    or_(*[event.c.verb.like(verb) for verb in SEEDING]).label("is_seeding"),
    func.coalesce(or_(*[_undone.c.verb.like(verb) for verb in SEEDING]), False).label("undoes_seeding"),
).select_from(
    event.join(event_state, event_state.c.event_id == event.c.id).outerjoin(
        _undone, _undone.c.id == event.c.undoes_event_id
    )
)

TOP: Select[Any] = select(func.coalesce(func.max(event.c.id), 0))

_before = func.coalesce(func.lag(event.c.id).over(order_by=event.c.id), 0)
_steps = select(event.c.id, _before.label("before")).subquery()
GAPS: Select[Any] = select(_steps.c.before + 1, _steps.c.id - 1).where(_steps.c.id > _steps.c.before + 1)
"""Ranges of ids, both ends included, that are not there."""

_news = _NEW.where(event_state.c.state.in_(UNFINISHED)).subquery()
_last_n = select(func.coalesce(func.max(change.c.n), 0)).where(change.c.event_id == _news.c.id).scalar_subquery()
_last_contact = (
    select(func.coalesce(func.max(contact.c.id), 0)).where(contact.c.event_id == _news.c.id).scalar_subquery()
)
_is_active = case((_news.c.state == literal_column("'failed'"), 0), else_=1)
GOING: Select[Any] = select(_news.c.id, _last_n, _last_contact, _news.c.is_seeding, _news.c.undoes_seeding, _is_active)
"""The unfinished events: id and the fields of Place."""


def reached(top: int, gaps: Sequence[Sequence[int]], going: Sequence[Sequence[int]], border: int) -> Reached:
    """Where a load stands that saw these answers to TOP, GAPS and GOING; `border`: the first free transaction."""
    missing = {id_: border for first, last in gaps for id_ in range(first, last + 1)}
    places = {id_: Place(n, contact_id, *map(bool, flags)) for id_, n, contact_id, *flags in going}
    return Reached(top, missing if border else {}, places)


def read_on(reader: Connection, so_far: Reached, limit: int) -> tuple[Reached, Touched | None]:
    """Where the reader stands now, and the contacts touched between; None: load all again, for there are more changes
    than `limit`.
    """
    oldest_running = horizon(reader).oldest_running if so_far.missing else 0
    new = reader.execute(_NEW.where(_not_seen(reader, so_far)).limit(limit + 1)).all()
    if len(new) > limit:
        return so_far, None
    # States first, changes after: what an event wrote before it ended is there when its end is.
    unfinished = _unfinished(reader, [*so_far.going, *[row.id for row in new]])
    changed = _of_finished(reader, [row.id for row in new if row.id not in unfinished and not row.is_seeding], limit)
    started = {
        row.id: Place(0, 0, row.is_seeding, row.undoes_seeding) for row in new if row.id in unfinished or row.is_seeding
    }
    ended_undo = any(row.undoes_seeding for row in new if row.id not in unfinished)
    going = {}
    for id_, place in {**so_far.going, **started}.items():
        further, found = _go_on(reader, id_, place, limit)
        changed += found
        if id_ in unfinished:
            going[id_] = replace(further, is_active=unfinished[id_] != "failed")
        else:
            ended_undo |= place.undoes_seeding
    seen = {row.id for row in new}
    top = max([so_far.top, *seen])
    missing = _missing(reader, so_far, seen, top, oldest_running)
    return Reached(top, missing, going), None if ended_undo or len(changed) > limit else _touched(changed)


def _touched(changed: Changed) -> Touched:
    found = [(id_, table) for id_, table in changed if id_ is not None]
    return Touched({id_ for id_, _ in found}, {id_ for id_, table in found if table not in SHALLOW})


def _not_seen(reader: Connection, so_far: Reached) -> ColumnElement[bool]:
    above = event.c.id > so_far.top
    return or_(above, event.c.id.in_(engines.id_set(reader, list(so_far.missing)))) if so_far.missing else above


def _missing(reader: Connection, so_far: Reached, seen: set[int], top: int, oldest_running: int) -> dict[int, int]:
    missing = {id_: border for id_, border in so_far.missing.items() if border > oldest_running and id_ not in seen}
    fresh = [id_ for id_ in range(so_far.top + 1, top) if id_ not in seen]
    if fresh:
        border = horizon(reader).next
        missing |= {id_: border for id_ in fresh if border}
    return missing


def _unfinished(reader: Connection, ids: Sequence[int]) -> dict[int, str]:
    """Those of the events that have not ended, with their states."""
    if not ids:
        return {}
    s = event_state.c
    rows = reader.execute(select(s.event_id, s.state).where(s.event_id.in_(engines.id_set(reader, ids))))
    return {row.event_id: row.state for row in rows if row.state in UNFINISHED}


def _of_finished(reader: Connection, ids: Sequence[int], limit: int) -> Changed:
    if not ids:
        return []
    # Neither DISTINCT nor IS NOT NULL: for these SQLite walks the index of contacts, through all changes ever made.
    listed = select(change.c.contact_id, change.c.table_name).where(change.c.event_id.in_(engines.id_set(reader, ids)))
    return [tuple(row) for row in reader.execute(listed.limit(limit + 1))]


def _go_on(reader: Connection, event_id: int, place: Place, limit: int) -> tuple[Place, Changed]:
    beyond = select(change.c.n, change.c.contact_id, change.c.table_name).where(
        change.c.event_id == event_id, change.c.n > place.n
    )
    changes = reader.execute(beyond.limit(limit + 1)).all()
    inserted: Sequence[int] = ()
    if place.is_seeding:
        added = select(contact.c.id).where(contact.c.event_id == event_id, contact.c.id > place.contact_id)
        inserted = reader.execute(added.limit(limit + 1)).scalars().all()
    further = Place(
        max([place.n, *[row.n for row in changes]]),
        max([place.contact_id, *inserted]),
        place.is_seeding,
        place.undoes_seeding,
    )
    return further, [*[(row.contact_id, row.table_name) for row in changes], *[(id_, "") for id_ in inserted]]
