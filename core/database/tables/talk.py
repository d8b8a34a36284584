"""What a conversation holds beside its messages: what waits to be sent, drafts, pictures, calls."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, text

from core.database.tables.base import BIG, CLUSTERED, big, metadata, one_of, words

UNSENT = ("scheduled", "held")
UNSETTLED = (*UNSENT, "sending", "unknown")
"""States of texts that have not been given to the provider, and of those that are not at their end."""

IS_UNSETTLED = f"state IN {UNSETTLED}"
"""What a sender looks for, at `due_at`: to send it, or to ask the provider what became of it."""

outbox = Table(
    "outbox",
    metadata,
    big("id", primary_key=True, autoincrement=False),
    big("contact_id", ForeignKey("contact.id")),
    words("body"),
    Column("state", Text, nullable=False),
    big("due_at"),
    words("origin"),  # manual, template, workflow, opt_out
    Column("template_id", BIG),
    Column("enrollment_id", BIG),
    Column("user_id", BIG),
    Column("message_id", BIG),  # its message, from the moment it is given to the provider
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("intent_at", BIG),  # when it was last decided to give it to the provider
    Column("external_id", Text),  # the provider's id
    words("error_code"),
    words("reason"),  # why it is held, suppressed, cancelled or failed
    Column("lease_by", Text),
    Column("lease_until", BIG),
    big("created_at"),
    big("updated_at"),
    big("event_id"),
    Column("position", Integer),  # of the step it comes from
    Column("sender_id", BIG),  # the number it went from
    Column("segments", Integer, nullable=False, server_default=text("1")),
    one_of(
        "state", "scheduled", "held", "sending", "unknown", "sent", "failed", "cancelled", "suppressed",
    ),
    Index("ix_outbox_due", "due_at", "id", postgresql_where=text(IS_UNSETTLED), sqlite_where=text(IS_UNSETTLED)),
    Index("ix_outbox_contact", "contact_id", "id"),
    Index("ix_outbox_state", "state", "updated_at", "id"),
)  # fmt: skip

draft = Table(
    "draft",
    metadata,
    big("user_id", ForeignKey("user.id"), primary_key=True),
    big("contact_id", ForeignKey("contact.id"), primary_key=True),
    words("body"),
    Column("template_id", BIG),
    big("saved_at"),
    **CLUSTERED,
)

attachment = Table(
    "attachment",
    metadata,
    big("contact_id", ForeignKey("contact.id"), primary_key=True),
    big("id", primary_key=True),
    big("message_id"),
    words("file_name"),  # in the media folder, chosen by us
    words("content_type"),
    big("size"),  # bytes
    Column("width", Integer),  # pixels; null: no picture that can be shown
    Column("height", Integer),
    words("sha256"),
    big("created_at"),
    big("event_id"),
    **CLUSTERED,
)

call = Table(
    "call",
    metadata,
    big("contact_id", ForeignKey("contact.id"), primary_key=True),
    big("id", primary_key=True),
    big("user_id"),
    big("happened_at"),
    words("outcome"),  # reached, voicemail, no_answer, wrong_number; blank: nobody has said yet
    Column("duration_seconds", BIG),
    words("note"),
    big("event_id"),
    **CLUSTERED,
)
