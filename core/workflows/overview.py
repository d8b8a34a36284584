"""How every workflow stands, for the list of them."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Integer, Select, case, cast, func, select

from core.database.tables import enrollment, outbox, step_run, workflow

e, o, r, w = enrollment.c, outbox.c, step_run.c, workflow.c


@dataclass(frozen=True)
class Standing:
    """`runs`: how many are in each state, those without any left out; `next_at`: when the next step of anybody comes,
    UTC epoch seconds, None: nothing is planned; `sent`: texts that left, of all versions; `replied`: those answered.
    """

    runs: dict[str, int]
    next_at: int | None
    sent: int
    replied: int


def standings(reader: Connection) -> dict[int, Standing]:
    """By workflow, each of them."""
    runs: dict[int, dict[str, int]] = defaultdict(dict)
    counted = select(e.workflow_id, e.state, func.count()).group_by(e.workflow_id, e.state)
    for workflow_id, state, n in reader.execute(counted):
        runs[workflow_id][state] = n
    soonest = select(func.min(e.next_due_at)).where(e.workflow_id == w.id, e.next_due_at.is_not(None))
    nexts = reader.execute(select(w.id, soonest.scalar_subquery())).all()
    texts = {row[0]: (row[1], row[2]) for row in reader.execute(_texts())}
    return {id_: Standing(runs[id_], at, *texts.get(id_, (0, 0))) for id_, at in nexts}


def _texts() -> Select[Any]:
    sent = func.sum(cast(case((o.state == "sent", 1), else_=0), Integer))
    joined = select(r.workflow_id, sent, func.count(r.replied_at)).join(outbox, o.id == r.outbox_id)
    return joined.where(r.kind == "send").group_by(r.workflow_id)
