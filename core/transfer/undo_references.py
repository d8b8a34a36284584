"""Undo, last part: workflows, tags, stages, pipelines, owners and templates that the import made and nobody uses."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table, delete, select

from core.database import Change, Work
from core.database.tables import (
    contact_tag,
    conversation,
    deal,
    enrollment,
    message,
    pipeline,
    stage,
    stage_event,
    tag,
    template,
    user,
    workflow,
    workflow_step,
    workflow_version,
)

STILL_USED = "still used"

_USES: tuple[tuple[Table, tuple[Any, ...]], ...] = (
    (workflow, (enrollment.c.workflow_id,)),
    (tag, (contact_tag.c.tag_id, workflow.c.tag_id)),
    (
        stage,
        (deal.c.stage_id, stage_event.c.to_stage_id, stage_event.c.from_stage_id, conversation.c.stage_id),
    ),
    (pipeline, (deal.c.pipeline_id, stage.c.pipeline_id)),
    (template, (message.c.template_id, workflow_step.c.template_id)),
    (user, (conversation.c.owner_id, deal.c.owner_id)),
)
"""In this order: a pipeline can go once its stages have gone."""


def delete_references(work: Work, event_id: int) -> list[Change]:
    """Delete what nothing points to; the rest is kept and listed."""
    kept: list[Change] = []
    for table, uses in _USES:
        ids = list(work.conn.execute(select(table.c.id).where(table.c.event_id == event_id)).scalars())
        used = {id_ for id_ in ids if any(_is_used(work, column, id_) for column in uses)}
        if table is user:
            used |= {id_ for id_ in ids if _may_sign_in(work, id_)}
        if table is workflow:
            used |= {id_ for id_ in ids if _is_taken_up(work, id_)}
            _delete_steps(work, [id_ for id_ in ids if id_ not in used])
        for id_ in ids:
            if id_ not in used:
                work.conn.execute(delete(table).where(table.c.id == id_))
        kept += [Change(table.name, id_, None, outcome="skipped", reason=STILL_USED) for id_ in sorted(used)]
    return kept


def _is_used(work: Work, column: Any, id_: int) -> bool:
    return work.conn.execute(select(column).where(column == id_).limit(1)).first() is not None


def _is_taken_up(work: Work, workflow_id: int) -> bool:
    """Somebody has changed the draft, or switched it on."""
    row = work.conn.execute(select(workflow.c.state, workflow.c.version).where(workflow.c.id == workflow_id)).one()
    return tuple(row) != ("draft", 1)


def _delete_steps(work: Work, workflow_ids: Sequence[int]) -> None:
    for table in (workflow_step, workflow_version):
        work.conn.execute(delete(table).where(table.c.workflow_id.in_(workflow_ids)))


def _may_sign_in(work: Work, user_id: int) -> bool:
    return bool(work.conn.execute(select(user.c.may_sign_in).where(user.c.id == user_id)).scalar_one())
