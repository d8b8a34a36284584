"""Templates, workflows with their versions and steps, enrollments and the steps they took."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint, text

from core.database.tables.base import BIG, CLUSTERED, big, flag, metadata, of_contact, one_of, words

SCOPE = text("coalesce(user_id, 0)")
HAS_SHORTCUT = "is_retired = 0 AND shortcut != ''"
PLANNED = "next_due_at IS NOT NULL"

template = Table(
    "template",
    metadata,
    big("id", primary_key=True, autoincrement=False),
    words("title"),
    words("shortcut"),
    words("body"),
    words("folder"),
    Column("user_id", BIG),  # whose own it is; null: the team's
    flag("is_retired"),
    big("use_count", server_default=text("0")),
    Column("used_at", BIG),
    big("created_at"),
    big("event_id"),
    Index(
        "uq_template_title",
        SCOPE,
        "folder",
        "title",
        unique=True,
        postgresql_where=text("is_retired = 0"),
        sqlite_where=text("is_retired = 0"),
    ),
    Index(
        "uq_template_shortcut",
        SCOPE,
        "folder",
        "shortcut",
        unique=True,
        postgresql_where=text(HAS_SHORTCUT),
        sqlite_where=text(HAS_SHORTCUT),
    ),
)

workflow = Table(
    "workflow",
    metadata,
    big("id", primary_key=True, autoincrement=False),
    words("name"),
    Column("name_key", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("tag_id", BIG),
    words("rules"),  # JSON: stop on reply, re-enrollment, window, pace
    big("version", server_default=text("1")),  # the version new enrollments begin with
    big("created_at"),
    big("event_id"),
    Column("paced_until", BIG),  # when the last of those starts that its pace has spread out (UTC)
    flag("is_once"),  # made for one text on one occasion, and not listed
    UniqueConstraint("name_key"),
    one_of("kind", "workflow", "redrip"),
    one_of("state", "draft", "on", "paused", "retired"),
)

workflow_version = Table(
    "workflow_version",
    metadata,
    big("workflow_id", ForeignKey("workflow.id"), primary_key=True),
    big("version", primary_key=True),
    big("saved_at"),
    big("event_id"),
)

workflow_step = Table(
    "workflow_step",
    metadata,
    big("workflow_id", ForeignKey("workflow.id"), primary_key=True),
    big("version", primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    words("body"),
    Column("template_id", BIG),
    Column("wait_seconds", BIG),
    words("params"),  # JSON
    one_of("kind", "send", "wait", "tag", "untag", "stage", "hot", "assign", "end"),
)

enrollment = Table(
    "enrollment",
    metadata,
    big("contact_id", primary_key=True),
    big("id", primary_key=True),
    big("workflow_id", ForeignKey("workflow.id")),
    big("version"),
    Column("run", Integer, nullable=False, server_default=text("1")),
    Column("state", Text, nullable=False),
    flag("is_live"),
    Column("position", Integer, nullable=False, server_default=text("0")),
    Column("next_due_at", BIG),
    Column("user_id", BIG),
    big("started_at"),
    Column("stopped_at", BIG),
    words("stop_reason"),
    big("event_id"),
    Column("attempts", Integer, nullable=False, server_default=text("0")),  # in vain, at the step at hand
    words("reason"),  # why it is held
    *of_contact(),
    one_of("state", "scheduled", "active", "waiting", "held", "completed", "stopped", "failed"),
    Index(
        "uq_enrollment_live",
        "contact_id",
        "workflow_id",
        unique=True,
        postgresql_where=text("is_live = 1"),
        sqlite_where=text("is_live = 1"),
    ),
    Index(
        "ix_enrollment_due",
        "workflow_id",
        "next_due_at",
        postgresql_where=text(PLANNED),
        sqlite_where=text(PLANNED),
    ),
    Index("ix_enrollment_workflow", "workflow_id", "is_live", "id"),
    **CLUSTERED,
)

step_run = Table(
    "step_run",
    metadata,
    big("contact_id", ForeignKey("contact.id"), primary_key=True),
    big("enrollment_id", primary_key=True),
    Column("position", Integer, primary_key=True),
    big("workflow_id"),
    big("version"),
    words("kind"),
    big("done_at"),
    Column("outbox_id", BIG),  # of the text, when it was one
    Column("replied_at", BIG),  # of a text: the contact's next message, before the next text of the same enrollment
    Column("opted_out_at", BIG),  # the same, when that message was an opt-out
    words("reason"),  # why it was passed over
    big("event_id"),
    Index("ix_step_run_workflow", "workflow_id", "version", "position"),
    **CLUSTERED,
)
