"""Pipelines, their stages, deals, and the append-only history of stages."""

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, Table, Text, UniqueConstraint, text

from core.database.tables.base import BIG, CLUSTERED, big, flag, metadata, one_of, words

pipeline = Table(
    "pipeline",
    metadata,
    big("id", primary_key=True, autoincrement=False),
    words("name"),
    Column("name_key", Text, nullable=False),
    Column("position", Integer, nullable=False, server_default=text("0")),
    flag("is_retired"),
    big("event_id"),
    UniqueConstraint("name_key"),
)

stage = Table(
    "stage",
    metadata,
    big("id", primary_key=True, autoincrement=False),
    big("pipeline_id", ForeignKey("pipeline.id")),
    words("name"),
    Column("name_key", Text, nullable=False),
    Column("position", Integer, nullable=False, server_default=text("0")),
    Column("kind", Text, nullable=False),
    Column("probability", Float),  # 0..1; null: unknown
    Column("rot_days", Integer),
    flag("is_retired"),
    big("event_id"),
    UniqueConstraint("pipeline_id", "name_key"),
    one_of("kind", "open", "won", "lost"),
)

deal = Table(
    "deal",
    metadata,
    big("contact_id", ForeignKey("contact.id"), primary_key=True),
    big("id", primary_key=True),
    big("pipeline_id", ForeignKey("pipeline.id")),
    big("stage_id", ForeignKey("stage.id")),
    Column("outcome", Text, nullable=False),
    Column("owner_id", BIG),
    Column("amount_cents", BIG),  # null: not quoted
    words("account"),
    Column("opened_at", BIG),
    Column("stage_entered_at", BIG),
    Column("closed_at", BIG),
    Column("expected_close_on", Text),
    words("lost_reason"),
    Column("external_id", Text),
    big("changed_at"),
    big("version", server_default=text("1")),
    big("event_id"),
    one_of("outcome", "open", "won", "lost"),
    # In the order of the board's columns, and enough for what stands over them.
    Index(
        "ix_deal_stage_id", "stage_id", "stage_entered_at", "id", "contact_id", "owner_id", "outcome", "amount_cents"
    ),
    Index(
        "uq_deal_external_id",
        "contact_id",
        "external_id",
        unique=True,
        postgresql_where=text("external_id IS NOT NULL"),
        sqlite_where=text("external_id IS NOT NULL"),
    ),
    **CLUSTERED,
)

stage_event = Table(
    "stage_event",
    metadata,
    big("contact_id", ForeignKey("contact.id"), primary_key=True),
    big("id", primary_key=True),
    big("deal_id"),
    Column("from_stage_id", BIG),
    big("to_stage_id"),
    big("happened_at"),
    Column("user_id", BIG),
    words("cause"),  # manual, bulk, workflow, import, undo, demo
    Column("amount_before", BIG),
    Column("amount_after", BIG),
    big("event_id"),
    **CLUSTERED,
)
