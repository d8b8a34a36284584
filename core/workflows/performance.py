"""How a workflow fares: for each step how many came to it, and what became of its texts."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import CTE, Connection, Integer, and_, case, cast, exists, func, literal, select

from core.database.tables import deal, message, outbox, stage_event, step_run
from core.workflows.find import get, steps_of
from core.workflows.steps import Step

r, o, m, d, s = step_run.c, outbox.c, message.c, deal.c, stage_event.c

FOREVER = 1 << 40


@dataclass(frozen=True)
class StepResult:
    """A step of a version and what it did; numbers of runs. `reached`: it was taken; of texts: `sent`, `delivered`,
    `failed` (it never left, or did not arrive), and those in whose time the contact replied, opted out, got a quote or
    won a deal. The time of a text lasts until the next one of the same run.
    """

    position: int
    step: Step
    reached: int = 0
    sent: int = 0
    delivered: int = 0
    failed: int = 0
    replied: int = 0
    opted_out: int = 0
    quoted: int = 0
    won: int = 0


def performance(reader: Connection, workflow_id: int, version: int | None = None) -> list[StepResult]:
    """One row per step of a version, the current one if none is given; in order.

    Raises: NotFound.
    """
    version = get(reader, workflow_id).version if version is None else version
    found = {row.position: row for row in reader.execute(_counted(_texts(workflow_id, version)))}
    names = [name for name in StepResult.__dataclass_fields__ if name not in ("position", "step")]
    return [
        StepResult(position, step, **{name: getattr(found.get(position), name, 0) or 0 for name in names})
        for position, step in enumerate(steps_of(reader, workflow_id, version))
    ]


def _texts(workflow_id: int, version: int) -> CTE:
    """The steps taken, each with the second at which its time ends."""
    of_run = {"partition_by": (r.contact_id, r.enrollment_id, r.kind), "order_by": r.position}
    until = func.coalesce(func.lead(r.done_at).over(**of_run), literal(FOREVER))  # type: ignore[arg-type]
    taken = select(step_run, until.label("until")).where(r.workflow_id == workflow_id, r.version == version)
    return taken.cte("taken")


def _counted(taken: CTE) -> Any:
    t = taken.c
    mine = and_(d.contact_id == t.contact_id, t.kind == "send", o.state == "sent")
    won = exists().where(mine, d.outcome == "won", d.closed_at >= t.done_at, d.closed_at < t.until)
    quote = and_(s.amount_after.is_not(None), s.amount_after.is_distinct_from(s.amount_before))
    times = and_(s.happened_at >= t.done_at, s.happened_at < t.until)
    quoted = exists().where(s.contact_id == t.contact_id, t.kind == "send", o.state == "sent", quote, times)

    def number(name: str, test: Any) -> Any:
        return func.sum(cast(case((test, 1), else_=0), Integer)).label(name)

    lost = and_(t.kind == "send", o.state.in_(("failed", "cancelled", "suppressed")))
    columns = (
        func.count().label("reached"),
        number("sent", o.state == "sent"),
        number("delivered", m.status == "delivered"),
        number("failed", lost | (m.status == "undelivered")),
        number("replied", t.replied_at.is_not(None)),
        number("opted_out", t.opted_out_at.is_not(None)),
        number("quoted", quoted),
        number("won", won),
    )
    joined = taken.outerjoin(outbox, o.id == t.outbox_id)
    joined = joined.outerjoin(message, and_(m.contact_id == o.contact_id, m.id == o.message_id))
    return select(t.position, *columns).select_from(joined).group_by(t.position)
