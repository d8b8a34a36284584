"""The rules by which the cleanup queue proposes batches."""

from sqlalchemy import Column, Integer, Table, Text, text

from core.database.tables.base import BIG, big, metadata, one_of, words

cleanup_rule = Table(
    "cleanup_rule",
    metadata,
    big("id", primary_key=True, autoincrement=False),
    words("name"),
    Column("silent_days", BIG),  # no activity for so many days; null: does not matter
    words("wanted"),  # JSON: the rest of the filter
    words("action"),  # JSON: name and parameters of what is suggested
    Column("position", Integer, nullable=False, server_default=text("0")),
    Column("state", Text, nullable=False),
    big("created_at"),
    big("event_id"),
    one_of("state", "on", "never", "removed"),
)
