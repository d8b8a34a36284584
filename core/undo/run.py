"""Starting an undo, and carrying a large one out as a job, stretch by stretch."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select

from core import jobs, people
from core.access import Actor
from core.bulk.apply import Stretch, follow, shapes
from core.bulk.carry import Counts, count
from core.bulk.pace import Pace
from core.bulk.selection import AT_ONCE
from core.database import Store, Work, images, turns
from core.database.tables import change, event, event_state, job
from core.errors import Conflict, NotFound
from core.transfer import undo as import_undo
from core.undo.offer import IMPORTS, IN_PART, found, lacks, refusal
from core.undo.plan import undoing


@dataclass(frozen=True)
class Undo:
    """An undo under way: its own event, and the one it takes back."""

    event_id: int
    undone_id: int


def start(store: Store, actor: Actor, event_id: int, request_id: str | None = None) -> int:
    """Take an event back: at once when it is small, else a worker does; returns the undo's own event.

    Raises: NotFound; NotAllowed; Conflict when it cannot be undone (any more).
    """
    return store.write(actor, _start, event_id, request_id)


def _start(work: Work, event_id: int, request_id: str | None) -> int:
    if request_id is not None and (answered := work.answered(request_id)) is not None:
        return int(answered["event_id"])
    work.hold(event_id)
    row = found(work.conn, event_id)
    if (right := lacks(work.actor, row.user_id)) is not None:
        work.actor.require(right)
    if (why := refusal(row)) is not None:
        raise Conflict(why)
    if row.verb in IMPORTS:
        return import_undo.begin(work, event_id)
    if row.changed <= AT_ONCE:
        _lock(work, change.c.event_id == event_id)  # before it has a number: history tells events in their order
    undo_id = work.record(
        "undo", state="queued", request_id=request_id, undoes=event_id, was=row.state, verb_undone=row.verb
    )
    work.set_state(event_id, "undoing")
    under_way = Undo(undo_id, event_id)
    if row.changed > AT_ONCE:
        jobs.queue(work, undo_id, row.changed)
        return undo_id
    _, counts = _stretch(work, under_way, 0, None)
    if row.state == IN_PART and not found(work.conn, undo_id).has_changes:
        raise Conflict("Nothing more of this can be undone now: what is left of it was changed since.")
    work.set_state(undo_id, "done", **counts, result=json.dumps({"selected": row.changed, **counts}))
    _settle(work, under_way)
    return undo_id


def carry_out(store: Store, undo_id: int, go_on: Callable[[], bool] = lambda: True) -> None:
    """Go on with an undo to its end, or until `go_on` says no; another process, or a later call, goes on then.

    Raises: Conflict when another process has it, or it has ended; NotFound.
    """
    store.write(people.SYSTEM, jobs.hold, undo_id, jobs.me())
    with store.read() as reader:
        row = reader.execute(
            select(event.c.undoes_event_id, event.c.user_id, job.c.place)
            .join(job, job.c.event_id == event.c.id)
            .where(event.c.id == undo_id)
        ).first()
    if row is None:
        raise NotFound("This is no undo.")
    under_way, place, pace = Undo(undo_id, row.undoes_event_id), row.place, Pace()
    actor = Actor(row.user_id, "", frozenset())  # who was allowed to begin it; it always goes to its end
    while go_on():
        following = store.write(actor, _step, under_way, place, pace)
        if following is None:
            return
        place = following
        pace.end()
        turns.rest(store.engine)


def _step(work: Work, under_way: Undo, place: int, pace: Pace) -> int | None:
    """One stretch; returns where the next begins, None at the end."""
    pace.begin()
    jobs.hold(work, under_way.event_id, jobs.me())
    following, counts = _stretch(work, under_way, place, pace.size)
    jobs.advance(work, under_way.event_id, following or place, counts)
    if following is None:
        jobs.finish(work, under_way.event_id, "done")
        _settle(work, under_way)
    return following


def _stretch(work: Work, under_way: Undo, low: int, size: int | None) -> tuple[int | None, Counts]:
    """Take the next `size` changes from number `low` on back (None: all); returns the number after them, and counts."""
    k = change.c
    of_event = select(k.n).where(k.event_id == under_way.undone_id, k.n >= low)
    following = None
    if size is not None:
        beyond = of_event.where(images.is_main(k.n)).order_by(k.n).limit(1).offset(size)
        following = work.conn.execute(beyond).scalar_one_or_none()
    high = (
        following
        or work.conn.execute(
            select(func.coalesce(func.max(k.n), 0)).where(k.event_id == under_way.undone_id)
        ).scalar_one()
        + 1
    )
    undone = Stretch(under_way.undone_id, low, high)
    _lock(work, undone.test)
    for shape in shapes(work.conn, undone):
        images.account(work.conn, under_way.event_id, undoing(work.conn, undone, shape))
    own = Stretch(under_way.event_id, low, high)
    follow(work, own, "undo")
    return following, count(work, own)


def _lock(work: Work, of_changes: ColumnElement[bool]) -> None:
    images.lock_selected(work.conn, select(change.c.contact_id).where(of_changes, change.c.contact_id.is_not(None)))


def _settle(work: Work, under_way: Undo) -> None:
    """Say in the undone event how far it was undone; what an undone undo had undone, holds again, and so on."""
    work.set_state(under_way.undone_id, IN_PART if _has_left(work, under_way.event_id) else "undone")
    above: Row[Any] = found(work.conn, under_way.undone_id)
    while above.undoes_event_id is not None:
        above = found(work.conn, above.undoes_event_id)
        if above.state == "undoing":  # its own undo, still under way, will say
            return
        work.set_state(above.id, _state_again(work, above.id))


def _has_left(work: Work, undo_id: int) -> bool:
    left = select(change.c.n).where(change.c.event_id == undo_id, change.c.outcome == "skipped")
    return work.conn.execute(left.limit(1)).first() is not None


def _state_again(work: Work, event_id: int) -> str:
    """The state of an event after something became of its undos: as before the first, unless some of them hold."""
    undos = work.conn.execute(
        select(event.c.id, event.c.params, event_state.c.state, event_state.c.already)
        .join(event_state, event_state.c.event_id == event.c.id)
        .where(event.c.undoes_event_id == event_id)
        .order_by(event.c.id)
    ).all()
    holding = [row for row in undos if row.state != "undone"]
    if not holding:
        return str(json.loads(undos[0].params)["was"])
    # The last one may have relied on an earlier one, which holds no longer.
    is_whole = all(row.state == "done" for row in holding) and not (holding[-1].already and len(holding) < len(undos))
    return "undone" if is_whole and not _has_left(work, holding[-1].id) else IN_PART
