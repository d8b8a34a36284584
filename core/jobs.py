"""Jobs: events that a worker carries out bit by bit. Who has one at hand, how far it is, and ending it early."""

import json
import os
import socket
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, or_, select, union, update

from core import clock
from core.access import Actor, Right
from core.database import Store, Work
from core.database.tables import event, event_state, import_run, job, selected
from core.errors import Conflict, NotFound

LEASE_SECONDS = 30
"""How long a job belongs to a process that says nothing; renewed with every chunk."""

HELD = ("queued", "running", "undoing")
"""States in which a process has the job at hand, or should."""


@dataclass(frozen=True)
class Status:
    """How far a job is. Rows are those selected; `rate` rows a second so far, 0: not known yet.

    Units: times UTC epoch seconds.
    """

    event_id: int
    verb: str
    user_id: int
    started_at: int
    state: str
    total: int
    done: int
    changed: int
    already: int
    skipped: int
    failed: int
    rate: float
    seconds_left: float | None
    message: str
    undoes_event_id: int | None

    @property
    def left(self) -> int:
        """Rows not accounted for yet, or never, when the job was cancelled."""
        return self.total - self.done

    @property
    def is_running(self) -> bool:
        """Whether it will go on by itself."""
        return self.state in {"queued", "running"}


@dataclass(frozen=True)
class Waiting:
    """A job that no living process has at hand, and for whom it is done."""

    event_id: int
    verb: str
    user_id: int


def me() -> str:
    """This process, by a name that another one can look up."""
    return f"{socket.gethostname()}/{os.getpid()}"


def queue(work: Work, event_id: int, total: int) -> None:
    """Let a worker carry the event out, which was recorded as queued."""
    work.conn.execute(insert(job).values(event_id=event_id, total=total))


def waiting(reader: Connection) -> list[Waiting]:
    """Queued jobs, and running ones that a process has left, oldest first."""
    s = event_state.c
    rows = reader.execute(
        select(s.event_id, event.c.verb, event.c.user_id, s.lease_by, s.lease_until)
        .join(job, job.c.event_id == s.event_id)
        .join(event, event.c.id == s.event_id)
        .where(s.state.in_(HELD), s.state.in_(("queued", "running")))
        .order_by(s.event_id)
    )
    return [Waiting(*row[:3]) for row in rows if is_free(row.lease_by, row.lease_until)]


def hold(work: Work, event_id: int, holder: str, states: tuple[str, ...] = ("queued", "running")) -> None:
    """Take the job, or keep it, for a while; a queued one runs from now on.

    Raises: Conflict when another process has it, or when it has ended.
    """
    s = event_state.c
    row = work.conn.execute(select(s.state, s.lease_by, s.lease_until).where(s.event_id == event_id)).one()
    if row.state not in states:
        raise Conflict(f"This is {row.state.replace('_', ' ')}.")
    if row.lease_by != holder and not is_free(row.lease_by, row.lease_until):
        raise Conflict("Another process is carrying this out.")
    same = or_(s.lease_by == row.lease_by, s.lease_by.is_(None) & (row.lease_by is None))
    values = {"lease_by": holder, "lease_until": work.now + LEASE_SECONDS, "updated_at": work.now}
    if row.state == "queued":
        values["state"] = "running"
    taken = work.conn.execute(
        update(event_state).where(s.event_id == event_id, s.state == row.state, same).values(values)
    )
    if taken.rowcount != 1:
        raise Conflict("Another process is carrying this out.")


def is_free(holder: str | None, until: int | None) -> bool:
    """Whether nobody living holds what this lease is about."""
    return holder is None or until is None or until <= clock.now() or _is_dead(holder)


def _is_dead(holder: str) -> bool:
    """Whether the process was one of this machine's and is gone; of others only time tells."""
    host, _, pid = holder.partition("/")
    if host != socket.gethostname():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def advance(work: Work, event_id: int, place: int, counts: dict[str, int]) -> None:
    """The job has come to `place`; `counts`: rows just accounted for, by outcome."""
    s, done = event_state.c, sum(counts.values())
    added = {name: s[name] + n for name, n in counts.items()}
    work.conn.execute(update(event_state).where(s.event_id == event_id).values(updated_at=work.now, **added))
    work.conn.execute(
        update(job)
        .where(job.c.event_id == event_id)
        .values(place=place, position=job.c.position + done, started_at=func.coalesce(job.c.started_at, work.now))
    )


def finish(work: Work, event_id: int, state: str, message: str = "") -> None:
    """The job has ended."""
    work.set_state(event_id, state, lease_by=None, lease_until=None)
    work.conn.execute(update(job).where(job.c.event_id == event_id).values(message=message))


def status(reader: Connection, event_id: int) -> Status:
    """How far an event is, whether it was a job or was done at once.

    Raises: NotFound.
    """
    row = reader.execute(_STATUS.where(event.c.id == event_id)).first()
    if row is None:
        raise NotFound("There is no such event.")
    return _status(row)


def own(reader: Connection, actor: Actor, limit: int = 20) -> list[Status]:
    """The actor's own jobs, newest first: bulk actions, imports, and undoing either."""
    ids = union(select(job.c.event_id), select(import_run.c.event_id))
    wanted = _STATUS.where(event.c.user_id == actor.id, event.c.id.in_(ids)).order_by(event.c.id.desc()).limit(limit)
    return [_status(row) for row in reader.execute(wanted)]


def left(reader: Connection, event_id: int, place: int | None = None) -> tuple[int, ...]:
    """The selected conversations that a job has not come to; or those from a place on, counted from 0."""
    row = reader.execute(
        select(selected.c.ids, job.c.place)
        .join(job, job.c.event_id == selected.c.event_id)
        .where(selected.c.event_id == event_id)
    ).first()
    return () if row is None else tuple(json.loads(row.ids)[row.place if place is None else place :])


def cancel(store: Store, actor: Actor, event_id: int) -> None:
    """End a job before its time; what it has done stays, and can be undone.

    Raises: NotFound; NotAllowed; Conflict when it has ended, or when it is an undo, which always goes to its end.
    """
    store.write(actor, _cancel, event_id)


def _cancel(work: Work, event_id: int) -> None:
    found = status(work.conn, event_id)
    if found.user_id != work.actor.id:
        work.actor.require(Right.UNDO_OTHERS)
    if found.undoes_event_id is not None:
        raise Conflict("An undo goes on to its end; undo it afterwards.")
    s = event_state.c
    ended = work.conn.execute(
        update(event_state)
        .where(s.event_id == event_id, s.state.in_(("queued", "running")))
        .values(state="cancelled", lease_by=None, lease_until=None, updated_at=work.now)
    )
    if ended.rowcount != 1:
        raise Conflict("This has ended already.")


_COUNTS = ("changed", "already", "skipped", "failed")
_STATUS: Select[Any] = select(
    event.c.id.label("event_id"),
    event.c.verb,
    event.c.user_id,
    event.c.happened_at,
    event.c.undoes_event_id,
    event_state.c.state,
    event_state.c.updated_at,
    *[event_state.c[name] for name in _COUNTS],
    job.c.total,
    job.c.position,
    job.c.started_at,
    func.coalesce(job.c.message, import_run.c.message, "").label("message"),
).select_from(
    event.join(event_state, event_state.c.event_id == event.c.id)
    .outerjoin(job, job.c.event_id == event.c.id)
    .outerjoin(import_run, import_run.c.event_id == event.c.id)
)


def _status(row: Row[Any]) -> Status:
    counts = [row._mapping[name] for name in _COUNTS]
    done = row.position if row.total is not None else sum(counts)
    total = done if row.total is None else row.total
    is_running = row.state in {"queued", "running"}
    passed = (clock.now() if is_running else row.updated_at) - (row.started_at or row.happened_at)
    rate = done / max(passed, 1) if done else 0.0
    return Status(
        row.event_id,
        row.verb,
        row.user_id,
        row.happened_at,
        row.state,
        total,
        done,
        row.changed,
        row.already,
        row.skipped,
        row.failed,
        rate,
        (total - done) / rate if is_running and rate else None,
        row.message,
        row.undoes_event_id,
    )
