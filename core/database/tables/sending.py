"""What bounds the sending of texts: numbers, how fast, at which hours; and opt-outs that a person decides."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint, text

from core.database.tables.base import BIG, CLUSTERED, big, flag, metadata, one_of, words

UNDECIDED = "decision = ''"

sender_number = Table(
    "sender_number",
    metadata,
    big("id", primary_key=True, autoincrement=False),
    Column("phone", Text, nullable=False),  # E.164
    words("label"),
    Column("segments_per_second", Integer, nullable=False, server_default=text("1")),
    flag("is_retired"),
    big("created_at"),
    big("event_id"),
    UniqueConstraint("phone"),
)

rate_bucket = Table(
    "rate_bucket",
    metadata,
    Column("key", Text, primary_key=True),  # a number, or a day of all numbers
    big("used"),  # segments of the day; of a number: milliseconds since the epoch until which it is busy
    **CLUSTERED,
)

sending_window = Table(
    "sending_window",
    metadata,
    big("id", primary_key=True, autoincrement=False),
    words("place"),  # a state of the US; blank: everywhere
    words("days"),  # of the week, Monday is 0: such as 0123456
    Column("opens", Integer, nullable=False),  # minutes of the contact's day
    Column("closes", Integer, nullable=False),  # from this minute on nothing is sent
    words("valid_from"),  # ISO date, included; blank: ever
    words("valid_until"),  # ISO date, excluded; blank: for ever
    words("source"),  # the rule it comes from
    flag("is_retired"),
    big("created_at"),
    Column("event_id", BIG),
)

opt_out_review = Table(
    "opt_out_review",
    metadata,
    big("contact_id", ForeignKey("contact.id"), primary_key=True),
    big("id", primary_key=True),
    Column("message_id", BIG),
    words("body"),
    big("said_at"),
    big("due_at"),  # ten business days later
    words("decision"),
    Column("decided_at", BIG),
    Column("user_id", BIG),  # who decided
    big("event_id"),
    one_of("decision", "", "out", "not_out"),
    Index("ix_opt_out_review_due", "due_at", postgresql_where=text(UNDECIDED), sqlite_where=text(UNDECIDED)),
    **CLUSTERED,
)
