"""What an administrator chooses for this installation: fields of contacts, and settings."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint, text

from core.database.tables.base import CLUSTERED, KEY, big, flag, metadata, one_of, words

custom_field = Table(
    "custom_field",
    metadata,
    big("id", primary_key=True, autoincrement=False),
    words("name"),
    Column("name_key", Text, nullable=False),  # folded
    Column("kind", Text, nullable=False),
    words("choices"),  # JSON list of texts
    Column("position", Integer, nullable=False, server_default=text("0")),
    flag("is_retired"),
    big("created_at"),
    big("event_id"),
    UniqueConstraint("name_key"),
    one_of("kind", "text", "number", "date", "choice"),
)

custom_value = Table(
    "custom_value",
    metadata,
    big("contact_id", ForeignKey("contact.id"), primary_key=True),
    big("field_id", ForeignKey("custom_field.id"), primary_key=True),
    words("value"),  # text, decimal number, ISO day, or the choice
    Column("sort_key", KEY, nullable=False),  # in bytewise order of the values
    big("event_id"),
    Index("ix_custom_value_order", "field_id", "sort_key", "contact_id"),
    **CLUSTERED,
)

setting = Table(
    "setting",
    metadata,
    big("id", primary_key=True, autoincrement=False),
    words("name"),
    words("value"),
    big("updated_at"),
    big("event_id"),
    UniqueConstraint("name"),
)
