"""The tables a demo fills, and the columns of each, as Arrow takes them."""

from functools import cache
from typing import Any

import pyarrow as pa
from sqlalchemy import Integer

from core.database.tables import metadata

COLUMNS = {
    "contact": (
        "id phone is_phone_valid first_name last_name email date_of_birth zip_code city state"
        " time_zone time_zone_source created_at event_id"
    ),
    "phone_claim": "phone contact_id",
    "conversation": (
        "id activity_key name_key is_archived archived_at is_hot is_muted is_opted_out unread_count message_count"
        " last_message_id last_message_at last_direction"
        " owner_id source stage_id amount_key deal_count enrollment_count"
    ),
    "message": (
        "contact_id id direction body sent_at status origin sender"
        " user_id enrollment_id template_id error_code event_id"
    ),
    "contact_tag": "contact_id tag_id added_at origin event_id",
    "note": "contact_id body updated_at user_id version event_id",
    "note_version": "contact_id version body saved_at user_id event_id",
    "deal": (
        "contact_id id pipeline_id stage_id outcome owner_id amount_cents opened_at stage_entered_at closed_at"
        " expected_close_on lost_reason changed_at event_id"
    ),
    "stage_event": (
        "contact_id id deal_id from_stage_id to_stage_id happened_at user_id cause amount_before amount_after event_id"
    ),
    "enrollment": (
        "contact_id id workflow_id version run state is_live position next_due_at user_id started_at stopped_at"
        " stop_reason event_id"
    ),
    "consent_event": "contact_id id kind method body happened_at deadline_at event_id",
}
"""Table → the columns that are filled; in an order in which the tables can be loaded."""

NUMBERED = {
    "message": {"id": "message", "enrollment_id": "enrollment"},
    "conversation": {"last_message_id": "message"},
    "deal": {"id": "deal"},
    "stage_event": {"id": "stage_event", "deal_id": "deal"},
    "enrollment": {"id": "enrollment"},
    "consent_event": {"id": "consent_event"},
}
"""Table → column → the table whose ids it counts, from 0 within the chunk."""


@cache
def schema(table: str) -> pa.Schema:
    """The columns of a table as a chunk fills them."""
    kinds = {
        column.name: pa.int64() if isinstance(column.type, Integer) else pa.string()
        for column in metadata.tables[table].columns
    }
    return pa.schema([(name, kinds[name]) for name in COLUMNS[table].split()])


def to_table(name: str, rows: list[tuple[Any, ...]]) -> pa.Table:
    """Rows in the order of `schema` as columns."""
    wanted = schema(name)
    columns = zip(*rows, strict=True) if rows else [()] * len(wanted)
    return pa.table(
        [pa.array(column, field.type) for column, field in zip(columns, wanted, strict=True)], schema=wanted
    )
