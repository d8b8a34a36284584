"""The first schema."""

import sqlalchemy as sa
from alembic import op

from core.database.migrations.search import create_search

revision = "0001"
down_revision = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "contact",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("is_phone_valid", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("first_name", sa.Text(), server_default="", nullable=False),
        sa.Column("last_name", sa.Text(), server_default="", nullable=False),
        sa.Column("email", sa.Text(), server_default="", nullable=False),
        sa.Column("date_of_birth", sa.Text(), nullable=True),
        sa.Column("zip_code", sa.Text(), server_default="", nullable=False),
        sa.Column("city", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.Text(), server_default="", nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=True),
        sa.Column("time_zone_source", sa.Text(), nullable=True),
        sa.Column("custom", sa.Text(), nullable=True),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("same_person_id", BIG, nullable=True),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("version", BIG, server_default=sa.text("1"), nullable=False),
        sa.Column("event_id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
    )
    op.create_table(
        "event",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("happened_at", BIG, nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("params", sa.Text(), server_default="", nullable=False),
        sa.Column("selection", sa.Text(), server_default="", nullable=False),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("undoes_event_id", BIG, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("request_id", name=op.f("uq_event_request_id")),
    )
    op.create_table(
        "id_counter",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("next", BIG, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_id_counter")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "phone_claim",
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("contact_id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("phone", name=op.f("pk_phone_claim")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "pipeline",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("is_retired", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("event_id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pipeline")),
        sa.UniqueConstraint("name_key", name=op.f("uq_pipeline_name_key")),
    )
    op.create_table(
        "role_right",
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("right", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("role", "right", name=op.f("pk_role_right")),
    )
    op.create_table(
        "tag",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("color", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("priority", BIG, server_default=sa.text("0"), nullable=False),
        sa.Column("is_retired", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("event_id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag")),
        sa.UniqueConstraint("name_key", name=op.f("uq_tag_name_key")),
    )
    op.create_table(
        "template",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("shortcut", sa.Text(), server_default="", nullable=False),
        sa.Column("body", sa.Text(), server_default="", nullable=False),
        sa.Column("folder", sa.Text(), server_default="", nullable=False),
        sa.Column("user_id", BIG, nullable=True),
        sa.Column("is_retired", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("event_id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_template")),
        sa.UniqueConstraint("folder", "title", name=op.f("uq_template_folder_title")),
    )
    op.create_table(
        "user",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("may_sign_in", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("event_id", BIG, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("email", name=op.f("uq_user_email")),
        sa.UniqueConstraint("name_key", name=op.f("uq_user_name_key")),
    )
    op.create_table(
        "workflow",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tag_id", BIG, nullable=True),
        sa.Column("rules", sa.Text(), server_default="", nullable=False),
        sa.Column("version", BIG, server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("event_id", BIG, nullable=False),
        sa.CheckConstraint("kind IN ('workflow', 'redrip')", name=op.f("ck_workflow_kind")),
        sa.CheckConstraint("state IN ('draft', 'on', 'paused', 'retired')", name=op.f("ck_workflow_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workflow")),
        sa.UniqueConstraint("name_key", name=op.f("uq_workflow_name_key")),
    )
    op.create_table(
        "call",
        sa.Column("contact_id", BIG, nullable=False),
        sa.Column("id", BIG, nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("happened_at", BIG, nullable=False),
        sa.Column("event_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_call_contact_id")),
        sa.PrimaryKeyConstraint("contact_id", "id", name=op.f("pk_call")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "change",
        sa.Column("event_id", BIG, nullable=False),
        sa.Column("n", BIG, nullable=False),
        sa.Column("contact_id", BIG, nullable=True),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("row_id", BIG, nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("outcome IN ('changed', 'already', 'skipped', 'failed')", name=op.f("ck_change_outcome")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_change_event_id")),
        sa.PrimaryKeyConstraint("event_id", "n", name=op.f("pk_change")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_change_contact_id", "change", ["contact_id", "event_id"], unique=False)
    op.create_table(
        "consent_event",
        sa.Column("contact_id", BIG, nullable=False),
        sa.Column("id", BIG, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), server_default="", nullable=False),
        sa.Column("body", sa.Text(), server_default="", nullable=False),
        sa.Column("happened_at", BIG, nullable=False),
        sa.Column("user_id", BIG, nullable=True),
        sa.Column("deadline_at", BIG, nullable=True),
        sa.Column("event_id", BIG, nullable=False),
        sa.CheckConstraint("kind IN ('in', 'out')", name=op.f("ck_consent_event_kind")),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_consent_event_contact_id")),
        sa.PrimaryKeyConstraint("contact_id", "id", name=op.f("pk_consent_event")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "contact_tag",
        sa.Column("contact_id", BIG, nullable=False),
        sa.Column("tag_id", BIG, nullable=False),
        sa.Column("added_at", BIG, nullable=False),
        sa.Column("origin", sa.Text(), server_default="", nullable=False),
        sa.Column("event_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_contact_tag_contact_id")),
        sa.ForeignKeyConstraint(["tag_id"], ["tag.id"], name=op.f("fk_contact_tag_tag_id")),
        sa.PrimaryKeyConstraint("contact_id", "tag_id", name=op.f("pk_contact_tag")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_contact_tag_tag_id", "contact_tag", ["tag_id", "contact_id"], unique=False)
    op.create_table(
        "conversation",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("activity_key", BIG, nullable=False),
        sa.Column("name_key", sa.Text().with_variant(sa.TEXT(collation="C"), "postgresql"), nullable=False),
        sa.Column("is_archived", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("archived_at", BIG, nullable=True),
        sa.Column("is_hot", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("is_muted", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("is_opted_out", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("unread_count", BIG, server_default=sa.text("0"), nullable=False),
        sa.Column("message_count", BIG, server_default=sa.text("0"), nullable=False),
        sa.Column("last_message_id", BIG, nullable=True),
        sa.Column("last_message_at", BIG, nullable=True),
        sa.Column("last_direction", sa.Text(), nullable=True),
        sa.Column("owner_id", BIG, nullable=True),
        sa.Column("source", sa.Text(), server_default="", nullable=False),
        sa.Column("stage_id", BIG, nullable=True),
        sa.Column("amount_key", BIG, server_default=sa.text("-1"), nullable=False),
        sa.Column("deal_count", BIG, server_default=sa.text("0"), nullable=False),
        sa.Column("enrollment_count", BIG, server_default=sa.text("0"), nullable=False),
        sa.Column("version", BIG, server_default=sa.text("1"), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["contact.id"], name=op.f("fk_conversation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation")),
    )
    op.create_index("ix_conversation_activity_key", "conversation", ["activity_key"], unique=True)
    op.create_index(
        "ix_conversation_hot_activity",
        "conversation",
        ["is_archived", "activity_key"],
        unique=False,
        postgresql_where=sa.text("is_hot = 1"),
        sqlite_where=sa.text("is_hot = 1"),
    )
    op.create_index(
        "ix_conversation_hot_amount",
        "conversation",
        ["is_archived", "amount_key", "id"],
        unique=False,
        postgresql_where=sa.text("is_hot = 1"),
        sqlite_where=sa.text("is_hot = 1"),
    )
    op.create_index(
        "ix_conversation_hot_name",
        "conversation",
        ["is_archived", "name_key", "id"],
        unique=False,
        postgresql_where=sa.text("is_hot = 1"),
        sqlite_where=sa.text("is_hot = 1"),
    )
    op.create_index(
        "ix_conversation_open_activity",
        "conversation",
        ["is_archived", "activity_key"],
        unique=False,
        postgresql_where=sa.text("is_archived = 0"),
    )
    op.create_index(
        "ix_conversation_open_amount",
        "conversation",
        ["is_archived", "amount_key", "id"],
        unique=False,
        postgresql_where=sa.text("is_archived = 0"),
    )
    op.create_index(
        "ix_conversation_open_name",
        "conversation",
        ["is_archived", "name_key", "id"],
        unique=False,
        postgresql_where=sa.text("is_archived = 0"),
    )
    op.create_index("ix_conversation_owner", "conversation", ["owner_id", "is_archived", "activity_key"], unique=False)
    op.create_index("ix_conversation_source", "conversation", ["source", "is_archived", "activity_key"], unique=False)
    op.create_index(
        "ix_conversation_unread_activity",
        "conversation",
        ["is_archived", "activity_key"],
        unique=False,
        postgresql_where=sa.text("unread_count > 0"),
        sqlite_where=sa.text("unread_count > 0"),
    )
    op.create_table(
        "enrollment",
        sa.Column("contact_id", BIG, nullable=False),
        sa.Column("id", BIG, nullable=False),
        sa.Column("workflow_id", BIG, nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("run", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("is_live", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("next_due_at", BIG, nullable=True),
        sa.Column("user_id", BIG, nullable=True),
        sa.Column("started_at", BIG, nullable=False),
        sa.Column("stopped_at", BIG, nullable=True),
        sa.Column("stop_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("event_id", BIG, nullable=False),
        sa.CheckConstraint(
            "state IN ('scheduled', 'active', 'waiting', 'held', 'completed', 'stopped', 'failed')", name=op.f("ck_enrollment_state")
        ),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_enrollment_contact_id")),
        sa.ForeignKeyConstraint(["workflow_id"], ["workflow.id"], name=op.f("fk_enrollment_workflow_id")),
        sa.PrimaryKeyConstraint("contact_id", "id", name=op.f("pk_enrollment")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "uq_enrollment_live",
        "enrollment",
        ["contact_id", "workflow_id"],
        unique=True,
        postgresql_where=sa.text("is_live = 1"),
        sqlite_where=sa.text("is_live = 1"),
    )
    op.create_table(
        "event_state",
        sa.Column("event_id", BIG, autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("changed", BIG, server_default=sa.text("0"), nullable=False),
        sa.Column("already", BIG, server_default=sa.text("0"), nullable=False),
        sa.Column("skipped", BIG, server_default=sa.text("0"), nullable=False),
        sa.Column("failed", BIG, server_default=sa.text("0"), nullable=False),
        sa.Column("result", sa.Text(), server_default="", nullable=False),
        sa.Column("lease_by", sa.Text(), nullable=True),
        sa.Column("lease_until", BIG, nullable=True),
        sa.Column("updated_at", BIG, nullable=False),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'done', 'done_with_errors', 'cancelled', 'failed', 'undoing', 'undone', 'undone_in_part')",
            name=op.f("ck_event_state_state"),
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_state_event_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_event_state")),
    )
    op.create_table(
        "import_problem",
        sa.Column("event_id", BIG, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("line", BIG, nullable=False),
        sa.Column("column_name", sa.Text(), server_default="", nullable=False),
        sa.Column("value", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("is_rejected", sa.SmallInteger(), nullable=False),
        sa.Column("cells", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_import_problem_event_id")),
        sa.PrimaryKeyConstraint("event_id", "n", name=op.f("pk_import_problem")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "import_run",
        sa.Column("event_id", BIG, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), server_default="", nullable=False),
        sa.Column("file_path", sa.Text(), server_default="", nullable=False),
        sa.Column("file_hash", sa.Text(), server_default="", nullable=False),
        sa.Column("preset", sa.Text(), server_default="", nullable=False),
        sa.Column("mapping", sa.Text(), server_default="", nullable=False),
        sa.Column("bytes_total", BIG, server_default=sa.text("0"), nullable=False),
        sa.Column("bytes_done", BIG, server_default=sa.text("0"), nullable=False),
        sa.Column("records_done", BIG, server_default=sa.text("0"), nullable=False),
        sa.Column("inserted", BIG, server_default=sa.text("0"), nullable=False),
        sa.Column("updated", BIG, server_default=sa.text("0"), nullable=False),
        sa.Column("unchanged", BIG, server_default=sa.text("0"), nullable=False),
        sa.Column("rejected", BIG, server_default=sa.text("0"), nullable=False),
        sa.Column("message", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_import_run_event_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_import_run")),
    )
    op.create_table(
        "message",
        sa.Column("contact_id", BIG, nullable=False),
        sa.Column("id", BIG, nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), server_default="", nullable=False),
        sa.Column("sent_at", BIG, nullable=False),
        sa.Column("status", sa.Text(), server_default="", nullable=False),
        sa.Column("origin", sa.Text(), server_default="", nullable=False),
        sa.Column("sender", sa.Text(), server_default="", nullable=False),
        sa.Column("user_id", BIG, nullable=True),
        sa.Column("enrollment_id", BIG, nullable=True),
        sa.Column("template_id", BIG, nullable=True),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("event_id", BIG, nullable=False),
        sa.CheckConstraint("direction IN ('in', 'out')", name=op.f("ck_message_direction")),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_message_contact_id")),
        sa.PrimaryKeyConstraint("contact_id", "id", name=op.f("pk_message")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "uq_message_external_id",
        "message",
        ["contact_id", "external_id"],
        unique=True,
        postgresql_where=sa.text("external_id IS NOT NULL"),
        sqlite_where=sa.text("external_id IS NOT NULL"),
    )
    op.create_table(
        "note",
        sa.Column("contact_id", BIG, autoincrement=False, nullable=False),
        sa.Column("body", sa.Text(), server_default="", nullable=False),
        sa.Column("updated_at", BIG, nullable=False),
        sa.Column("user_id", BIG, nullable=True),
        sa.Column("version", BIG, server_default=sa.text("1"), nullable=False),
        sa.Column("event_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_note_contact_id")),
        sa.PrimaryKeyConstraint("contact_id", name=op.f("pk_note")),
    )
    op.create_table(
        "note_version",
        sa.Column("contact_id", BIG, nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("body", sa.Text(), server_default="", nullable=False),
        sa.Column("saved_at", BIG, nullable=False),
        sa.Column("user_id", BIG, nullable=True),
        sa.Column("event_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_note_version_contact_id")),
        sa.PrimaryKeyConstraint("contact_id", "version", name=op.f("pk_note_version")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "saved_view",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("query", sa.Text(), server_default="", nullable=False),
        sa.Column("is_shared", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_saved_view_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_saved_view_user_id_name")),
    )
    op.create_table(
        "stage",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("pipeline_id", BIG, nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("probability", sa.Float(), nullable=True),
        sa.Column("rot_days", sa.Integer(), nullable=True),
        sa.Column("is_retired", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("event_id", BIG, nullable=False),
        sa.CheckConstraint("kind IN ('open', 'won', 'lost')", name=op.f("ck_stage_kind")),
        sa.ForeignKeyConstraint(["pipeline_id"], ["pipeline.id"], name=op.f("fk_stage_pipeline_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage")),
        sa.UniqueConstraint("pipeline_id", "name_key", name=op.f("uq_stage_pipeline_id_name_key")),
    )
    op.create_table(
        "stage_event",
        sa.Column("contact_id", BIG, nullable=False),
        sa.Column("id", BIG, nullable=False),
        sa.Column("deal_id", BIG, nullable=False),
        sa.Column("from_stage_id", BIG, nullable=True),
        sa.Column("to_stage_id", BIG, nullable=False),
        sa.Column("happened_at", BIG, nullable=False),
        sa.Column("user_id", BIG, nullable=True),
        sa.Column("cause", sa.Text(), server_default="", nullable=False),
        sa.Column("amount_before", BIG, nullable=True),
        sa.Column("amount_after", BIG, nullable=True),
        sa.Column("event_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_stage_event_contact_id")),
        sa.PrimaryKeyConstraint("contact_id", "id", name=op.f("pk_stage_event")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "user_preference",
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_user_preference_user_id")),
        sa.PrimaryKeyConstraint("user_id", "key", name=op.f("pk_user_preference")),
    )
    op.create_table(
        "user_role",
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_user_role_user_id")),
        sa.PrimaryKeyConstraint("user_id", "role", name=op.f("pk_user_role")),
    )
    op.create_table(
        "workflow_step",
        sa.Column("workflow_id", BIG, nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), server_default="", nullable=False),
        sa.Column("template_id", BIG, nullable=True),
        sa.Column("wait_seconds", BIG, nullable=True),
        sa.Column("params", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("kind IN ('send', 'wait', 'tag', 'untag', 'stage', 'hot', 'assign', 'end')", name=op.f("ck_workflow_step_kind")),
        sa.ForeignKeyConstraint(["workflow_id"], ["workflow.id"], name=op.f("fk_workflow_step_workflow_id")),
        sa.PrimaryKeyConstraint("workflow_id", "version", "position", name=op.f("pk_workflow_step")),
    )
    op.create_table(
        "workflow_version",
        sa.Column("workflow_id", BIG, nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("saved_at", BIG, nullable=False),
        sa.Column("event_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["workflow_id"], ["workflow.id"], name=op.f("fk_workflow_version_workflow_id")),
        sa.PrimaryKeyConstraint("workflow_id", "version", name=op.f("pk_workflow_version")),
    )
    op.create_table(
        "deal",
        sa.Column("contact_id", BIG, nullable=False),
        sa.Column("id", BIG, nullable=False),
        sa.Column("pipeline_id", BIG, nullable=False),
        sa.Column("stage_id", BIG, nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("owner_id", BIG, nullable=True),
        sa.Column("amount_cents", BIG, nullable=True),
        sa.Column("account", sa.Text(), server_default="", nullable=False),
        sa.Column("opened_at", BIG, nullable=True),
        sa.Column("stage_entered_at", BIG, nullable=True),
        sa.Column("closed_at", BIG, nullable=True),
        sa.Column("expected_close_on", sa.Text(), nullable=True),
        sa.Column("lost_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("changed_at", BIG, nullable=False),
        sa.Column("version", BIG, server_default=sa.text("1"), nullable=False),
        sa.Column("event_id", BIG, nullable=False),
        sa.CheckConstraint("outcome IN ('open', 'won', 'lost')", name=op.f("ck_deal_outcome")),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_deal_contact_id")),
        sa.ForeignKeyConstraint(["pipeline_id"], ["pipeline.id"], name=op.f("fk_deal_pipeline_id")),
        sa.ForeignKeyConstraint(["stage_id"], ["stage.id"], name=op.f("fk_deal_stage_id")),
        sa.PrimaryKeyConstraint("contact_id", "id", name=op.f("pk_deal")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_deal_stage_id", "deal", ["stage_id", "contact_id"], unique=False)
    op.create_index(
        "uq_deal_external_id",
        "deal",
        ["contact_id", "external_id"],
        unique=True,
        postgresql_where=sa.text("external_id IS NOT NULL"),
        sqlite_where=sa.text("external_id IS NOT NULL"),
    )
    if op.get_context().dialect.name == "postgresql":
        op.create_index(
            "ix_conversation_archived_activity", "conversation", ["activity_key"], unique=False, postgresql_where=sa.text("is_archived = 1")
        )
        op.create_index(
            "ix_conversation_archived_amount",
            "conversation",
            ["amount_key", "id"],
            unique=False,
            postgresql_where=sa.text("is_archived = 1"),
        )
        op.create_index(
            "ix_conversation_archived_name", "conversation", ["name_key", "id"], unique=False, postgresql_where=sa.text("is_archived = 1")
        )
    create_search(op.get_bind())
