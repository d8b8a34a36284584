"""Starting an action, carrying a large one out as a job, and trying again what failed."""

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.exc import DataError, IntegrityError

from core import jobs, people, pipelines
from core.access import Actor, Right
from core.bulk.actions import BY_VERB, Action, action, lacks
from core.bulk.carry import Counts, Order, carry, looked_up, refuse
from core.bulk.pace import Pace
from core.bulk.selection import AT_ONCE, Selection, carriers
from core.bulk.stages import held_by
from core.database import Change, Store, Work, engines, images, turns
from core.database.tables import change, event, event_state, job, selected, tag, workflow
from core.errors import AppError, Conflict, Invalid, NotFound, Unavailable

log = logging.getLogger(__name__)


def start(store: Store, actor: Actor, action: Action, selection: Selection, request_id: str | None = None) -> int:
    """Do it, when it is small, or let a worker do it; returns the event. A request id that repeats gets the first one.

    Raises: NotAllowed; Invalid when nothing is selected, or the action cannot be done at all.
    """
    return store.write(actor, _start, action, selection, request_id)


def _start(
    work: Work, action: Action, selection: Selection, request_id: str | None, first: Sequence[Change] = ()
) -> int:
    if request_id is not None and (answered := work.answered(request_id)) is not None:
        return int(answered["event_id"])
    total = len(selection)
    if (right := lacks(work.actor, action.kind, total)) is not None:
        work.actor.require(right)
    if not total:
        raise Invalid("Nothing is selected. Tick some conversations first.")
    if total <= AT_ONCE:
        images.lock(work.conn, list(selection.ids))  # before it has a number: history tells events in their order
    action = replace(action, params=tuple(sorted(action.kind.prepare(work, action.values).items())))
    event_id = _record(work, action, selection, request_id)
    work.account(event_id, 1, first)
    if total > AT_ONCE or not _do(work, event_id, action, selection):
        jobs.queue(work, event_id, total)
        frozen = {"chosen_at": selection.chosen_at, "ids": engines.json_ids(selection.ids)}
        work.conn.execute(insert(selected).values(event_id=event_id, **frozen))
    return event_id


def at_once(work: Work, action: Action, selection: Selection, cause: str) -> int:
    """Do it now as a part of the caller's transaction, whatever its size; returns its own event.

    Raises: Invalid when the action cannot be done at all; nothing is written then.
    """
    event_id = _record(work, action, selection, None)
    _carry_all(work, Order(event_id, action, selection.chosen_at, cause), selection)
    return event_id


def _record(work: Work, action: Action, selection: Selection, request_id: str | None) -> int:
    said = looked_up(work, action)["said"]
    return work.record(
        action.kind.verb,
        state="queued",
        request_id=request_id,
        **action.values,
        said=said,
        selection={
            "kind": selection.kind,
            "n": len(selection),
            "words": selection.words,
            "filter": None if selection.wanted is None else asdict(selection.wanted),
        },
    )


def _do(work: Work, event_id: int, action: Action, selection: Selection) -> bool:
    """Do all of it now; False when some row cannot be written: a job finds out which, and does the others."""
    cause = "manual" if len(selection) == 1 else "bulk"
    try:
        with work.conn.begin_nested():
            _carry_all(work, Order(event_id, action, selection.chosen_at, cause), selection)
    except (IntegrityError, DataError) as error:
        log.warning("Event %s cannot be done at once: %s", event_id, error)
        return False
    return True


def _carry_all(work: Work, order: Order, selection: Selection) -> None:
    total = len(selection)
    counts = carry(work, order, selection.ids, 1, total)
    work.set_state(order.event_id, "done", **counts, result=json.dumps({"selected": total, **counts}))


def carry_out(store: Store, event_id: int, go_on: Callable[[], bool] = lambda: True) -> None:
    """Go on with a job to its end, or until `go_on` says no; another process, or a later call, goes on then.

    Raises: Conflict when another process has it, or somebody cancelled it; Unavailable when the database is away.
    """
    job_ = _Job(store, event_id)
    while go_on() and not job_.is_done:
        job_.step()
        turns.rest(store.engine)
    if job_.is_done:
        store.write(people.SYSTEM, _finish, event_id)


class _Job:
    def __init__(self, store: Store, event_id: int) -> None:
        self.store = store
        store.write(people.SYSTEM, jobs.hold, event_id, jobs.me())
        with store.read() as reader:
            row = reader.execute(
                select(event.c.verb, event.c.params, event.c.user_id, selected.c.chosen_at, selected.c.ids)
                .join(selected, selected.c.event_id == event.c.id)
                .where(event.c.id == event_id)
            ).one()
            self.place: int = reader.execute(select(job.c.place).where(job.c.event_id == event_id)).scalar_one()
        self.order = Order(event_id, action_of(row.verb, json.loads(row.params)), row.chosen_at)
        self.ids: list[int] = json.loads(row.ids)
        self.user_id: int = row.user_id
        self.pace = Pace()

    @property
    def is_done(self) -> bool:
        return self.place >= len(self.ids)

    def step(self) -> None:
        ids = self.ids[self.place : self.place + self.pace.size]
        try:
            self.store.write(people.SYSTEM, self._carry, ids)
        except (IntegrityError, DataError) as error:
            self._narrow(ids, error)
            return
        except AppError as error:
            if isinstance(error, Conflict | Unavailable):  # says nothing about these rows
                raise
            self.store.write(people.SYSTEM, self._refuse, ids, str(error))
        self.place += len(ids)
        self.pace.end()

    def _narrow(self, ids: Sequence[int], error: Exception) -> None:
        """Some row cannot be written: the stretch is halved until it stands alone, and it is listed as failed."""
        if len(ids) > 1:
            self.pace.size = len(ids) // 2
            return
        log.error("Event %s cannot change conversation %s: %s", self.order.event_id, ids[0], error)
        self.store.write(people.SYSTEM, self._refuse, ids, "error")
        self.place += 1
        self.pace = Pace()

    def _carry(self, work: Work, ids: Sequence[int]) -> None:
        self.pace.begin()
        jobs.hold(work, self.order.event_id, jobs.me())
        work.actor = self._actor(work)
        self._advance(work, ids, carry(work, self.order, ids, self.place + 1, len(self.ids)))

    def _refuse(self, work: Work, ids: Sequence[int], reason: str) -> None:
        jobs.hold(work, self.order.event_id, jobs.me())
        self._advance(work, ids, refuse(work, self.order, ids, self.place + 1, ("failed", reason)))

    def _advance(self, work: Work, ids: Sequence[int], counts: Counts) -> None:
        jobs.advance(work, self.order.event_id, self.place + len(ids), counts)

    def _actor(self, work: Work) -> Actor:
        """Who asked for it, with the rights of this moment."""
        try:
            return people.actor(work.conn, self.user_id)
        except NotFound:
            return Actor(self.user_id, "", frozenset())


def _finish(work: Work, event_id: int) -> None:
    jobs.hold(work, event_id, jobs.me())  # it may have been cancelled, and undone, after its last stretch
    s = event_state.c
    counts = work.conn.execute(select(s.changed, s.already, s.skipped, s.failed).where(s.event_id == event_id)).one()
    not_allowed = select(change.c.n).where(
        change.c.event_id == event_id, change.c.outcome == "skipped", change.c.reason == "not_allowed"
    )
    has_errors = counts.failed or work.conn.execute(not_allowed.limit(1)).first()
    jobs.finish(work, event_id, "done_with_errors" if has_errors else "done")


def action_of(verb: str, params: dict[str, Any]) -> Action:
    """The action of an event.

    Raises: Invalid when the event is of another kind.
    """
    kind = BY_VERB.get(verb)
    if kind is None:
        raise Invalid("This was no bulk action.")
    return action(kind.name, **{name: params[name] for name in kind.defaults if name in params})


def retry(store: Store, actor: Actor, event_id: int) -> int:
    """The same action again on the rows that failed, were not allowed, or were left by a cancel; returns its event.

    What was tried again already is not tried once more, unless that was undone: its event is returned.
    Raises: NotFound; NotAllowed; Conflict when it is running; Invalid when there is nothing to try again.
    """
    return store.write(actor, _retry, event_id)


def _retry(work: Work, event_id: int) -> int:
    work.hold(event_id)
    found = jobs.status(work.conn, event_id)
    row = work.conn.execute(select(event.c.params).where(event.c.id == event_id)).scalar_one()
    again = action_of(found.verb, json.loads(row))
    if found.is_running:
        raise Conflict("This is still running. Wait for its end, or cancel it first.")
    k = change.c
    refused = (k.outcome == "failed") | ((k.outcome == "skipped") & (k.reason == "not_allowed"))
    ids = list(
        work.conn.execute(select(k.contact_id).where(k.event_id == event_id, k.outcome != "changed", refused)).scalars()
    )
    frozen = work.conn.execute(
        select(selected.c.ids, selected.c.chosen_at, job.c.place)
        .join(job, job.c.event_id == selected.c.event_id)
        .where(selected.c.event_id == event_id)
    ).first()
    chosen_at = work.now
    if frozen is not None:
        ids += json.loads(frozen.ids)[frozen.place :]
        chosen_at = frozen.chosen_at
    if not ids:
        raise Invalid("Nothing failed here, so there is nothing to try again.")
    again_on = Selection("ticked", tuple(sorted(ids)), chosen_at, None, f"tried again from event {event_id}")
    return _start(work, again, again_on, _trial(work, event_id))


def _trial(work: Work, event_id: int) -> str:
    """The request id of the trial that holds, or of a new one: the earlier ones were undone."""
    n = 0
    while (answered := work.answered(f"retry.{event_id}.{n}")) is not None:
        if jobs.status(work.conn, answered["event_id"]).state != "undone":
            break
        n += 1
    return f"retry.{event_id}.{n}"


def merge_tags(store: Store, actor: Actor, from_id: int, into_id: int, request_id: str | None = None) -> int:
    """Put the tag `into_id` on everybody who carries `from_id`, take that off, and retire it; undoable.

    Workflows that brought the one bring the other.

    Raises: NotAllowed; Invalid; Conflict when nobody carries the tag: retire it then.
    """
    return store.write(actor, _merge, from_id, into_id, request_id)


def _merge(work: Work, from_id: int, into_id: int, request_id: str | None) -> int:
    if request_id is not None and (answered := work.answered(request_id)) is not None:
        return int(answered["event_id"])
    merging = action("merge", from_id=from_id, into_id=into_id)
    looked_up(work, merging)
    everybody = carriers(work.conn, from_id)
    retired = work.conn.execute(select(tag.c.is_retired).where(tag.c.id == from_id)).scalar_one()
    first = [] if retired else [Change("tag", from_id, None, {"is_retired": 0}, {"is_retired": 1})]
    bringing = select(workflow.c.id).where(workflow.c.tag_id == from_id).order_by(workflow.c.id)
    first += [
        Change("workflow", id_, None, {"tag_id": from_id}, {"tag_id": into_id})
        for id_ in work.conn.execute(bringing).scalars()
    ]
    if not len(everybody):
        raise Conflict("Nobody carries this tag. Retire it instead.")
    event_id = _start(work, merging, everybody, request_id, first)
    work.conn.execute(tag.update().where(tag.c.id == from_id).values(is_retired=1))
    work.conn.execute(workflow.update().where(workflow.c.tag_id == from_id).values(tag_id=into_id))
    return event_id


def retire_stage(store: Store, actor: Actor, stage_id: int, into_id: int, request_id: str | None = None) -> int:
    """Delete a stage and move its deals into another of its kind; undoable. Returns the event.

    Raises: NotAllowed; NotFound; Invalid; Conflict when it is the last of its kind, or a workflow sets it.
    """
    return store.write(actor, _retire_stage, stage_id, into_id, request_id)


def _retire_stage(work: Work, stage_id: int, into_id: int, request_id: str | None) -> int:
    work.actor.require(Right.SETTINGS_EDIT)
    if request_id is not None and (answered := work.answered(request_id)) is not None:
        return int(answered["event_id"])
    everybody = held_by(work.conn, stage_id)
    if not len(everybody):
        return pipelines.retire_empty(work, stage_id)
    retiring = action("retire_stage", from_id=stage_id, into_id=into_id)
    looked_up(work, retiring)
    return _start(work, retiring, everybody, request_id, [pipelines.retired(work, stage_id)])
