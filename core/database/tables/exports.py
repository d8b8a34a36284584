"""Files that are written by themselves, at their times."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, text

from core.database.tables.base import BIG, big, flag, metadata, one_of, words

LIVE = "is_retired = 0"

export_schedule = Table(
    "export_schedule",
    metadata,
    big("id", primary_key=True, autoincrement=False),
    big("user_id", ForeignKey("user.id")),  # by whose rights it is written
    words("name"),
    Column("what", Text, nullable=False),
    words("wish"),  # JSON: what exactly
    flag("is_per_owner"),  # a file for each owner
    Column("every", Text, nullable=False),
    Column("weekday", Integer, nullable=False, server_default=text("0")),  # of every week: Monday 0
    Column("minute", Integer, nullable=False),  # of the day, in the zone of the wish
    big("next_at"),
    Column("last_at", BIG),
    words("message"),  # what the last time led to
    flag("is_retired"),
    big("created_at"),
    big("event_id"),
    one_of("what", "conversations", "pipeline"),
    one_of("every", "day", "week"),
    Index("ix_export_schedule_next_at", "next_at", postgresql_where=text(LIVE), sqlite_where=text(LIVE)),
)
