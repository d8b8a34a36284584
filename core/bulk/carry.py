"""One stretch of a selection, carried out: planned, accounted for, and made so, in the caller's transaction."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import BigInteger, Text, func, literal, literal_column, null, select

from core.bulk.actions import Action, lacks
from core.bulk.apply import Stretch, follow
from core.bulk.kind import Call, Kind, Params
from core.database import Work, images
from core.database.tables import change
from core.database.work import STEP

Counts = dict[str, int]
"""Rows by outcome; one for each conversation of the selection."""

OUTCOMES = ("changed", "already", "skipped", "failed")


@dataclass(frozen=True)
class Order:
    """An action on a selection, written down as an event."""

    event_id: int
    action: Action
    chosen_at: int
    cause: str = "bulk"

    @property
    def kind(self) -> Kind:
        return self.action.kind


def carry(work: Work, order: Order, ids: Sequence[int], first: int, total: int) -> Counts:
    """Act on these ids, which stand in the selection of `total` from the place `first` on.

    An actor who has lost the right meanwhile changes nothing more: the rows are listed as not allowed.
    Raises: Invalid when what the action needs (a tag, a workflow) has gone.
    """
    if lacks(work.actor, order.kind, total) is not None:
        return refuse(work, order, ids, first, ("skipped", "not_allowed"))
    images.lock(work.conn, list(ids))
    facts = order.kind.facts(work.conn, order.action.values)
    first_id = work.take_ids(order.kind.takes, len(ids)) if order.kind.takes else 0
    call = Call(work.conn, facts, list(ids), work.actor.id, work.now, order.chosen_at, order.event_id, first, first_id)
    images.account(work.conn, order.event_id, order.kind.plan(call))
    for side in order.kind.sides:
        if (further := side(call)) is not None:
            images.account(work.conn, order.event_id, further)
    stretch = Stretch(order.event_id, call.low, call.high)
    counts = count(work, stretch)
    if counts["changed"]:
        follow(work, stretch, order.cause)
        order.kind.after(work, call, counts["changed"])
    return counts


def refuse(work: Work, order: Order, ids: Sequence[int], first: int, why: tuple[str, str]) -> Counts:
    """List these ids with an outcome and a reason, and change nothing."""
    p = images.places(work.conn, list(ids), first).subquery("p")
    outcome, reason = why
    listed = select(
        (p.c.place * literal_column(str(STEP))).label("n"),
        p.c.id.label("contact_id"),
        literal_column("'conversation'", Text).label("table_name"),
        null().cast(BigInteger).label("row_id"),
        literal(outcome, Text).label("outcome"),
        literal(reason, Text).label("reason"),
        null().cast(Text).label("before"),
        null().cast(Text).label("after"),
    )
    images.account(work.conn, order.event_id, listed)
    return {**dict.fromkeys(OUTCOMES, 0), outcome: len(ids)}


def count(work: Work, stretch: Stretch) -> Counts:
    """What became of the rows of this stretch."""
    k = change.c
    rows = work.conn.execute(
        select(k.outcome, func.count())
        .where(k.event_id == stretch.event_id, k.n >= stretch.low, k.n < stretch.high, images.is_main(k.n))
        .group_by(k.outcome)
    )
    return {**dict.fromkeys(OUTCOMES, 0), **dict(tuple(row) for row in rows)}


def looked_up(work: Work, action: Action) -> Params:
    """The facts of an action, before anything is done.

    Raises: Invalid.
    """
    return action.kind.facts(work.conn, action.values)
