"""What the mirror holds of each contact's past: deals, their stages over time, texts, runs, opt-outs; and names."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
from sqlalchemy import (
    CompoundSelect,
    Connection,
    Executable,
    Select,
    case,
    func,
    literal,
    literal_column,
    select,
    union_all,
)

from core.conversations.upkeep import AUTOMATED
from core.database import engines
from core.database.tables import (
    consent_event,
    deal,
    enrollment,
    event,
    message,
    pipeline,
    stage,
    stage_event,
    tag,
    template,
    user,
    workflow,
)

RECEIVED, BY_HAND, AUTOMATIC, UNDELIVERED = range(4)
"""Kinds of texts in the mirror."""

d, s, m = deal.c, stage_event.c, message.c

# Texts are never null: SQLite's reader tells a column's type by its first rows.
DEALS: Select[Any] = select(
    d.contact_id,
    d.stage_id,
    d.id,
    d.pipeline_id,
    d.outcome,
    func.coalesce(d.owner_id, 0).label("owner_id"),
    d.amount_cents,
    d.opened_at,
    d.closed_at,
    func.coalesce(d.expected_close_on, "").label("expected_on"),
    d.lost_reason,
    d.changed_at,
    func.coalesce(event.c.happened_at, d.changed_at).label("known_at"),
    d.event_id,
).select_from(deal.outerjoin(event, event.c.id == d.event_id))

ENTRIES: Select[Any] = select(
    s.contact_id,
    s.id,
    s.deal_id,
    s.from_stage_id,
    s.to_stage_id,
    s.happened_at,
    s.amount_before,
    s.amount_after,
    s.event_id,
)

_kind = case(
    (m.direction == "in", RECEIVED),
    (m.status.in_(("failed", "undelivered")), UNDELIVERED),
    (m.origin.in_(AUTOMATED), AUTOMATIC),
    else_=BY_HAND,
)
TEXTS: Select[Any] = select(m.contact_id, m.id, _kind.label("kind"), m.sent_at, m.enrollment_id, m.template_id)

RUNS: Select[Any] = select(enrollment.c.contact_id, enrollment.c.id, enrollment.c.workflow_id)
OUTS: Select[Any] = select(consent_event.c.contact_id, consent_event.c.happened_at).where(consent_event.c.kind == "out")

STAGES: Select[Any] = select(
    stage.c.id,
    stage.c.pipeline_id,
    stage.c.name,
    stage.c.position,
    stage.c.kind,
    func.coalesce(stage.c.probability, literal_column("-1.0")).label("probability"),
    func.coalesce(stage.c.rot_days, -1).label("rot_days"),
    stage.c.is_retired,
)
LABELS: CompoundSelect[Any] = union_all(
    *[
        select(literal(kind).label("kind"), id_.label("id"), name.label("name"))
        for kind, id_, name in (
            ("pipeline", pipeline.c.id, pipeline.c.name),
            ("owner", user.c.id, user.c.name),
            ("tag", tag.c.id, tag.c.name),
            ("workflow", workflow.c.id, workflow.c.name),
            ("template", template.c.id, template.c.title),
            ("stage", stage.c.id, stage.c.name),
        )
    ]
)

STREAMS: dict[str, Select[Any]] = {
    "raw_deal": DEALS,
    "raw_entry": ENTRIES,
    "raw_text": TEXTS,
    "raw_run": RUNS,
    "raw_out": OUTS,
}
"""By contact: the tables of a load, and of the contacts just touched."""

_TEXTS = {"outcome", "expected_on", "lost_reason"}


def of_contacts(reader: Connection, contact_ids: Sequence[int]) -> dict[str, pa.Table]:
    """The rows of STREAMS of these contacts."""
    return {
        name: _table(wanted, reader.execute(_cut(reader, wanted, contact_ids)).all())
        for name, wanted in STREAMS.items()
    }


def names(reader: Connection) -> dict[str, pa.Table]:
    """All stages, and what pipelines, owners, tags, workflows and templates are called; few rows."""
    schemas = {
        "stage": "id pipeline_id name:t position kind:t probability:f rot_days is_retired",
        "label": "kind:t id name:t",
    }
    wanted: dict[str, Executable] = {"stage": STAGES, "label": LABELS}
    kinds = {"": pa.int64(), "t": pa.string(), "f": pa.float64()}
    found = {}
    for name, listed in schemas.items():
        fields = [(part.partition(":")[0], kinds[part.partition(":")[2]]) for part in listed.split()]
        found[name] = _filled(pa.schema(fields), reader.execute(wanted[name]).all())
    return found


def _cut(reader: Connection, wanted: Select[Any], contact_ids: Sequence[int]) -> Select[Any]:
    # No ORDER BY: SQLite would then scan the whole table in that order instead of looking the ids up.
    return wanted.where(wanted.selected_columns[0].in_(engines.id_set(reader, contact_ids)))


def _table(wanted: Select[Any], rows: Sequence[Any]) -> pa.Table:
    names_ = [column.name for column in wanted.selected_columns]
    return _filled(pa.schema([(name, pa.string() if name in _TEXTS else pa.int64()) for name in names_]), rows)


def _filled(schema: pa.Schema, rows: Sequence[Any]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    return pa.table([pa.array(column, kind) for column, kind in zip(columns, schema.types, strict=True)], schema)
