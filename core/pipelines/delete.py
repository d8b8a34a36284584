"""A stage that goes: what must be so before, and what is written then; its deals are moved by `bulk.retire_stage`."""

import json

from sqlalchemy import Connection, and_, select, update

from core.access import Right
from core.database import Change, Work
from core.database.tables import deal, stage, workflow, workflow_step
from core.errors import Conflict, NotFound

s = stage.c


def retired(work: Work, stage_id: int) -> Change:
    """The stage is offered no longer; the change that says so.

    Raises: NotFound; Conflict when it is the last of its kind, or a workflow sets it.
    """
    row = work.conn.execute(select(stage).where(s.id == stage_id).with_for_update()).first()
    if row is None or row.is_retired:
        raise NotFound("This stage does not exist (any more).")
    alike = select(s.id).where(s.pipeline_id == row.pipeline_id, s.kind == row.kind, s.is_retired == 0, s.id != row.id)
    if work.conn.execute(alike.limit(1)).first() is None:
        raise Conflict(f"{row.name} is the only stage of its kind, and a pipeline needs one. Add another first.")
    if users := users_of(work.conn, stage_id):
        raise Conflict(f"The workflow “{users[0]}” sets the stage {row.name}. Change its steps first.")
    work.conn.execute(update(stage).where(s.id == stage_id).values(is_retired=1))
    return Change("stage", stage_id, None, {"is_retired": 0}, {"is_retired": 1})


def retire_empty(work: Work, stage_id: int) -> int:
    """Delete a stage without deals; returns the event.

    Raises: NotAllowed; as `retired`; Conflict when deals are in it.
    """
    work.actor.require(Right.SETTINGS_EDIT)
    change = retired(work, stage_id)
    if work.conn.execute(select(deal.c.id).where(deal.c.stage_id == stage_id).limit(1)).first() is not None:
        raise Conflict("Deals are in this stage. Choose the stage that takes them.")
    name = work.conn.execute(select(s.name).where(s.id == stage_id)).scalar_one()
    return work.record_change("stage.retire", change, said=f"deleted the stage {name}")


def users_of(reader: Connection, stage_id: int) -> list[str]:
    """The names of workflows in use whose steps set the stage."""
    w, step = workflow.c, workflow_step.c
    joined = workflow.join(workflow_step, and_(step.workflow_id == w.id, step.kind == "stage"))
    rows = select(w.name, step.params).select_from(joined)
    rows = rows.where(step.version == w.version, w.state != "retired").order_by(w.name)
    found = [row.name for row in reader.execute(rows) if json.loads(row.params or "{}").get("stage_id") == stage_id]
    return list(dict.fromkeys(found))
