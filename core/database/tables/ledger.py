"""Who did what to which rows: events, changes, and what an import was told and said."""

from sqlalchemy import (
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from core.database.tables.base import BIG, CLUSTERED, big, metadata, one_of, words

OPEN = "state IN ('queued', 'running', 'undoing')"
"""What a worker looks for; few among all events."""

id_counter = Table("id_counter", metadata, Column("name", Text, primary_key=True), big("next"), **CLUSTERED)

event = Table(
    "event",
    metadata,
    big("id", primary_key=True, autoincrement=False),
    big("happened_at"),
    big("user_id"),
    Column("verb", Text, nullable=False),
    words("params"),  # JSON
    words("selection"),  # JSON: kind, filter in words, filter
    Column("request_id", Text),
    Column("undoes_event_id", BIG),
    UniqueConstraint("request_id"),
    Index("ix_event_user_id", "user_id", "id"),
    Index(
        "ix_event_undoes",
        "undoes_event_id",
        postgresql_where=text("undoes_event_id IS NOT NULL"),
        sqlite_where=text("undoes_event_id IS NOT NULL"),
    ),
)

event_state = Table(
    "event_state",
    metadata,
    big("event_id", ForeignKey("event.id"), primary_key=True, autoincrement=False),
    Column("state", Text, nullable=False),
    big("changed", server_default=text("0")),
    big("already", server_default=text("0")),
    big("skipped", server_default=text("0")),
    big("failed", server_default=text("0")),
    words("result"),  # JSON: what the verb answered, given again when the request id repeats
    Column("lease_by", Text),
    Column("lease_until", BIG),
    big("updated_at"),
    one_of(
        "state",
        "queued",
        "running",
        "done",
        "done_with_errors",
        "cancelled",
        "failed",
        "undoing",
        "undone",
        "undone_in_part",
    ),
    Index("ix_event_state_open", "event_id", postgresql_where=text(OPEN), sqlite_where=text(OPEN)),
)

job = Table(
    "job",
    metadata,
    big("event_id", ForeignKey("event.id"), primary_key=True, autoincrement=False),
    big("total", server_default=text("0")),  # rows selected
    big("position", server_default=text("0")),  # rows accounted for
    big("place", server_default=text("0")),  # how far it has come: a place in the selection, or a number of changes
    Column("started_at", BIG),
    words("message"),  # why it stopped
)

selected = Table(
    "selected",
    metadata,
    big("event_id", ForeignKey("event.id"), primary_key=True, autoincrement=False),
    big("chosen_at"),
    words("ids"),  # JSON list, ascending: the frozen selection of a job
)

change = Table(
    "change",
    metadata,
    big("event_id", primary_key=True),
    big("n", primary_key=True),
    Column("contact_id", BIG),
    Column("table_name", Text, nullable=False),
    Column("row_id", BIG),
    Column("outcome", Text, nullable=False),
    words("reason"),
    Column("before", Text),  # JSON image; null: there was no row
    Column("after", Text),  # JSON image; null: the row is gone
    Column("salt", LargeBinary),
    Column("digest", LargeBinary),  # SHA-256 of salt, before and after: outlives the images
    one_of("outcome", "changed", "already", "skipped", "failed"),
    # Events are never deleted; PostgreSQL would look for the event once for every change, a tenth of a bulk action.
    ForeignKeyConstraint(["event_id"], ["event.id"]).ddl_if(dialect="sqlite"),
    Index("ix_change_contact_id", "contact_id", "event_id"),
    Index(
        "ix_change_unchanged",
        "event_id",
        "outcome",
        "reason",
        "n",
        postgresql_where=text("outcome != 'changed'"),
        sqlite_where=text("outcome != 'changed'"),
    ),
    **CLUSTERED,
)

import_run = Table(
    "import_run",
    metadata,
    big("event_id", ForeignKey("event.id"), primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    words("file_name"),
    words("file_path"),  # where the file lies until the import has ended
    words("file_hash"),  # SHA-256
    words("preset"),
    words("mapping"),  # JSON: column -> field
    big("bytes_total", server_default=text("0")),
    big("bytes_done", server_default=text("0")),
    big("records_done", server_default=text("0")),  # a resumed import skips these
    big("inserted", server_default=text("0")),
    big("updated", server_default=text("0")),
    big("unchanged", server_default=text("0")),
    big("rejected", server_default=text("0")),
    words("message"),  # why it stopped
)

import_problem = Table(
    "import_problem",
    metadata,
    big("event_id", ForeignKey("event.id"), primary_key=True),
    Column("n", Integer, primary_key=True),
    big("line"),  # physical line of the record's start, header = 1
    words("column_name"),
    words("value"),
    words("reason"),
    Column("is_rejected", SmallInteger, nullable=False),  # 0: taken, with this remark
    words("cells"),  # JSON list: the record as it stood in the file
    **CLUSTERED,
)
