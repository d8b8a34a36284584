"""Contacts and everything keyed by them; a conversation has its contact's id."""

from sqlalchemy import Column, ForeignKey, Index, SmallInteger, Table, Text, UniqueConstraint, text

from core.database.tables.base import BIG, CLUSTERED, KEY, big, flag, metadata, of_contact, one_of, words

contact = Table(
    "contact",
    metadata,
    big("id", primary_key=True, autoincrement=False),
    Column("phone", Text, nullable=False),  # E.164, never edited; unique through phone_claim
    flag("is_phone_valid"),  # 0: possible, yet outside the allocated ranges ("unverified")
    words("first_name"),
    words("last_name"),
    words("email"),
    Column("date_of_birth", Text),  # ISO day
    words("zip_code"),
    words("city"),
    words("state"),
    Column("time_zone", Text),  # set by a person or derived
    Column("time_zone_source", Text),
    Column("external_id", Text),  # the id in the system the contact came from
    Column("same_person_id", BIG),  # contacts that one person uses share it
    big("created_at"),
    big("version", server_default=text("1")),
    big("event_id"),  # the event that inserted the row
    Index(
        "ix_contact_same_person",
        "same_person_id",
        postgresql_where=text("same_person_id IS NOT NULL"),
        sqlite_where=text("same_person_id IS NOT NULL"),
    ),
)

phone_claim = Table(
    "phone_claim",
    metadata,
    Column("phone", Text, primary_key=True),  # the one place where a phone is unique
    big("contact_id"),
    **CLUSTERED,
)

OPEN = text("is_archived = 0")
ARCHIVED = text("is_archived = 1")

conversation = Table(
    "conversation",
    metadata,
    big("id", ForeignKey("contact.id"), primary_key=True, autoincrement=False),
    big("activity_key"),  # UTC seconds << 20 | low 20 bits of id: order of the lists, rowid of the text index
    Column("name_key", KEY, nullable=False),  # folded "first last", else the phone
    flag("is_archived"),
    Column("archived_at", BIG),
    flag("is_hot"),
    flag("is_muted"),
    flag("is_opted_out"),
    big("unread_count", server_default=text("0")),
    big("message_count", server_default=text("0")),
    Column("last_message_id", BIG),
    Column("last_message_at", BIG),
    Column("last_direction", Text),
    Column("owner_id", BIG),
    words("source"),
    Column("stage_id", BIG),  # of the most recently changed open deal, else of the last closed one
    big("amount_key", server_default=text("-1")),  # cents of that deal; -1: not quoted, sorts below 0
    big("deal_count", server_default=text("0")),
    big("enrollment_count", server_default=text("0")),  # live ones
    big("version", server_default=text("1")),
    Column("follow_up_at", BIG),  # when it shall come back to the top
    flag("is_due"),  # it has: the follow-up is not done yet
    Column("sender_id", BIG),  # our number that the contact wrote to last
    # SQLite: full indexes, of which archiving touches that in order of activity alone; PostgreSQL, which writes all
    # anew with a row: a half each, so that archiving leaves the other half alone.
    Index("ix_conversation_activity_key", "activity_key", unique=True),
    Index("ix_conversation_open_activity", "is_archived", "activity_key", postgresql_where=OPEN),
    Index("ix_conversation_open_name", "name_key", "id", postgresql_where=OPEN),
    Index("ix_conversation_open_amount", "amount_key", "id", postgresql_where=OPEN),
    Index("ix_conversation_archived_activity", "activity_key", postgresql_where=ARCHIVED).ddl_if(dialect="postgresql"),
    Index("ix_conversation_archived_name", "name_key", "id", postgresql_where=ARCHIVED).ddl_if(dialect="postgresql"),
    Index("ix_conversation_archived_amount", "amount_key", "id", postgresql_where=ARCHIVED).ddl_if(
        dialect="postgresql"
    ),
    Index(
        "ix_conversation_hot_activity",
        "is_archived",
        "activity_key",
        postgresql_where=text("is_hot = 1"),
        sqlite_where=text("is_hot = 1"),
    ),
    Index(
        "ix_conversation_hot_name",
        "is_archived",
        "name_key",
        "id",
        postgresql_where=text("is_hot = 1"),
        sqlite_where=text("is_hot = 1"),
    ),
    Index(
        "ix_conversation_hot_amount",
        "is_archived",
        "amount_key",
        "id",
        postgresql_where=text("is_hot = 1"),
        sqlite_where=text("is_hot = 1"),
    ),
    Index(
        "ix_conversation_unread_activity",
        "is_archived",
        "activity_key",
        postgresql_where=text("unread_count > 0"),
        sqlite_where=text("unread_count > 0"),
    ),
    Index(
        "ix_conversation_follow_up",
        "is_due",
        "follow_up_at",
        postgresql_where=text("follow_up_at IS NOT NULL"),
        sqlite_where=text("follow_up_at IS NOT NULL"),
    ),
    Index("ix_conversation_owner", "owner_id", "activity_key"),
    Index("ix_conversation_source", "source", "activity_key"),
    # Room on every page: what writes a count alone (an enrollment) then leaves PostgreSQL's indexes alone.
    postgresql_with={"fillfactor": 80},
)

message = Table(
    "message",
    metadata,
    big("contact_id", ForeignKey("contact.id"), primary_key=True),
    big("id", primary_key=True),
    Column("direction", Text, nullable=False),
    words("body"),
    big("sent_at"),
    words("status"),  # received, sending, waiting, unknown, sent, delivered, undelivered, failed ...
    words("origin"),  # import, inbound, manual, workflow, template, bulk, opt_out, demo
    words("sender"),
    Column("user_id", BIG),
    Column("enrollment_id", BIG),
    Column("template_id", BIG),
    Column("external_id", Text),
    Column("error_code", Text),
    big("event_id"),
    one_of("direction", "in", "out"),
    Index(
        "uq_message_external_id",
        "contact_id",
        "external_id",
        unique=True,
        postgresql_where=text("external_id IS NOT NULL"),
        sqlite_where=text("external_id IS NOT NULL"),
    ),
    **CLUSTERED,
)

tag = Table(
    "tag",
    metadata,
    big("id", primary_key=True, autoincrement=False),
    words("name"),
    Column("name_key", Text, nullable=False),  # folded
    Column("color", SmallInteger, nullable=False, server_default=text("0")),  # place in the palette
    big("priority", server_default=text("0")),  # the highest one colours the bubble
    flag("is_retired"),
    big("created_at"),
    big("event_id"),
    UniqueConstraint("name_key"),
)

contact_tag = Table(
    "contact_tag",
    metadata,
    big("contact_id", primary_key=True),
    big("tag_id", ForeignKey("tag.id"), primary_key=True),
    big("added_at"),
    words("origin"),  # manual, import, workflow, bulk, demo
    big("event_id"),
    *of_contact(),
    Index("ix_contact_tag_tag_id", "tag_id", "contact_id"),
    **CLUSTERED,
)

note = Table(
    "note",
    metadata,
    big("contact_id", ForeignKey("contact.id"), primary_key=True, autoincrement=False),
    words("body"),
    big("updated_at"),
    Column("user_id", BIG),
    big("version", server_default=text("1")),
    big("event_id"),
)

note_version = Table(
    "note_version",
    metadata,
    big("contact_id", ForeignKey("contact.id"), primary_key=True),
    big("version", primary_key=True),
    words("body"),
    big("saved_at"),
    Column("user_id", BIG),
    big("event_id"),
    flag("is_clash"),  # written on an older version than the newest one: kept, and shown beside it
    **CLUSTERED,
)

consent_event = Table(
    "consent_event",
    metadata,
    big("contact_id", ForeignKey("contact.id"), primary_key=True),
    big("id", primary_key=True),
    Column("kind", Text, nullable=False),
    words("method"),  # keyword, phrase, staff, import, demo
    words("body"),
    big("happened_at"),
    Column("user_id", BIG),
    Column("deadline_at", BIG),
    big("event_id"),
    one_of("kind", "in", "out"),
    **CLUSTERED,
)
