"""Events newest first: who did what, how it stands, and whether it was taken back."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, select

from core.access import Actor, Right
from core.database.tables import change, event, event_state, job, user
from core.errors import NotFound
from core.history.words import QUIET, STATES, outcomes, said
from core.words import straight


@dataclass(frozen=True)
class Wanted:
    """Which events: all parts hold at once; None and empty mean: does not matter.

    Units: `from_at`/`to_at` UTC epoch seconds, from included, to excluded.
    """

    user_id: int | None = None
    verb: str = ""
    from_at: int | None = None
    to_at: int | None = None
    states: tuple[str, ...] = ()


@dataclass(frozen=True)
class Entry:
    """One event. `words`: “Anna archived 1,204 conversations: tag = cold”; counts are of conversations.

    Units: `happened_at` UTC epoch seconds. `undone_by`: the newest undo of it.
    """

    event_id: int
    happened_at: int
    user_id: int
    user: str
    verb: str
    words: str
    state: str
    state_words: str
    total: int
    changed: int
    already: int
    skipped: int
    failed: int
    undoes_event_id: int | None
    undone_by: int | None

    def counts(self, *wanted: str) -> str:
        """Rows by outcome, those that there are: “3 already so, 2 skipped”."""
        left = self.total - self.changed - self.already - self.skipped - self.failed
        found = {
            "changed": self.changed, "already": self.already, "skipped": self.skipped, "failed": self.failed,
            "left": left,
        }  # fmt: skip
        said = outcomes(self.verb)
        return ", ".join(f"{found[name]:,} {said[name]}" for name in wanted or found if found[name])


EVERYTHING = Wanted()

_undo = event.alias("undo")
_EVENTS = (
    select(
        event,
        event_state.c.state,
        event_state.c.changed,
        event_state.c.already,
        event_state.c.skipped,
        event_state.c.failed,
        job.c.total,
        user.c.name.label("user"),
        select(func.max(_undo.c.id)).where(_undo.c.undoes_event_id == event.c.id).scalar_subquery().label("undone_by"),
    )
    .join(event_state, event_state.c.event_id == event.c.id)
    .outerjoin(job, job.c.event_id == event.c.id)
    .outerjoin(user, user.c.id == event.c.user_id)
)


def events(
    reader: Connection, actor: Actor, wanted: Wanted = EVERYTHING, limit: int = 50, before: int | None = None
) -> list[Entry]:
    """The wanted events, newest first, those older than the event `before`; what happens by itself with every text only
    by its verb.

    Without the right to see what others did, one's own.
    """
    tests = [*_tests(wanted), *_seen(actor)]
    if before is not None:
        tests.append(event.c.id < before)
    rows = reader.execute(_EVENTS.where(*tests).order_by(event.c.id.desc()).limit(limit)).all()
    return _entries(reader, rows)


def of_contact(
    reader: Connection, actor: Actor, contact_id: int, since: int = 0, without: tuple[str, ...] = ()
) -> list[Entry]:
    """What was done to one contact from `since` (UTC epoch seconds) on, newest first; `without`: beginnings of verbs
    that are left out.
    """
    touched = select(change.c.event_id).where(change.c.contact_id == contact_id, change.c.outcome == "changed")
    tests = [event.c.id.in_(touched), event.c.happened_at >= since, ~_IS_CONTINUED, *_seen(actor)]
    tests += [~event.c.verb.startswith(verb, autoescape=True) for verb in without]
    rows = reader.execute(_EVENTS.where(*tests).order_by(event.c.id.desc())).all()
    return _entries(reader, rows)


def get(reader: Connection, actor: Actor, event_id: int) -> Entry:
    """One event.

    Raises: NotFound, also for what the actor may not see.
    """
    row = reader.execute(_EVENTS.where(event.c.id == event_id, *_seen(actor))).first()
    if row is None:
        raise NotFound("There is no such event.")
    return _entries(reader, [row])[0]


def people(reader: Connection, actor: Actor) -> list[tuple[int, str]]:
    """Users whose events the actor may see: (id, name) by name."""
    seen = user.c.may_sign_in == 1 if actor.may(Right.AUDIT_VIEW) else user.c.id == actor.id
    rows = reader.execute(select(user.c.id, user.c.name).where(seen).order_by(user.c.name_key))
    return [(row.id, row.name) for row in rows]


def _seen(actor: Actor) -> list[ColumnElement[bool]]:
    return [] if actor.may(Right.AUDIT_VIEW) else [event.c.user_id == actor.id]


_IS_CONTINUED = (event.c.verb == "note.edit") & (event_state.c.result != "")
"""A save of a note that the next one went on from: only the last one of them is told."""


def _tests(wanted: Wanted) -> list[ColumnElement[bool]]:
    tests: list[ColumnElement[bool]] = [~_IS_CONTINUED]
    if wanted.user_id is not None:
        tests.append(event.c.user_id == wanted.user_id)
    tests.append(event.c.verb == wanted.verb if wanted.verb else event.c.verb.not_in(QUIET))
    if wanted.from_at is not None:
        tests.append(event.c.happened_at >= wanted.from_at)
    if wanted.to_at is not None:
        tests.append(event.c.happened_at < wanted.to_at)
    if wanted.states:
        tests.append(event_state.c.state.in_(wanted.states))
    return tests


def _entries(reader: Connection, rows: Any) -> list[Entry]:
    undone_ids = [row.undoes_event_id for row in rows if row.undoes_event_id is not None]
    undone = {row.id: row for row in reader.execute(_EVENTS.where(event.c.id.in_(undone_ids)))} if undone_ids else {}
    return [_entry(row, undone.get(row.undoes_event_id)) for row in rows]


def _entry(row: Row[Any], undone: Row[Any] | None) -> Entry:
    counted = row.changed + row.already + row.skipped + row.failed
    name = row.user or "Talkdeck"
    return Entry(
        row.id,
        row.happened_at,
        row.user_id,
        name,
        row.verb,
        straight(f"{name} {_said(row, undone)}"),
        row.state,
        STATES.get(row.state, row.state),
        counted if row.total is None else row.total,
        row.changed,
        row.already,
        row.skipped,
        row.failed,
        row.undoes_event_id,
        row.undone_by,
    )


def _said(row: Row[Any], undone: Row[Any] | None) -> str:
    if undone is not None and row.verb == "undo":
        return f"undid: {undone.user or 'Talkdeck'} {_said(undone, None)}"
    selection = json.loads(row.selection) if row.selection else {}
    changed = None if row.state in ("queued", "running") else row.changed
    return said(row.verb, json.loads(row.params or "{}"), selection, changed)
