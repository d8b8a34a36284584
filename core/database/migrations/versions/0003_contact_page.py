"""What the page of one contact needs: outbox, drafts, pictures, calls with outcomes, follow-ups, fields of one's own."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEY = sa.Text().with_variant(sa.TEXT(collation="C"), "postgresql")
UNSETTLED = "state IN ('scheduled', 'sending', 'unknown')"
STATES = "'scheduled', 'held', 'sending', 'unknown', 'sent', 'failed', 'cancelled', 'suppressed'"
SCOPE = sa.text("coalesce(user_id, 0)")


def upgrade() -> None:
    _columns()
    _talk()
    _custom()
    _templates()


def big(name: str, **options: Any) -> "sa.Column[int]":
    return sa.Column(name, BIG, **{"nullable": False, **options})


def words(name: str) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def flag(name: str) -> "sa.Column[int]":
    return sa.Column(name, sa.SmallInteger(), server_default=sa.text("0"), nullable=False)


def of_contact(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f(f"fk_{table}_contact_id"))


def partial(name: str, table: str, columns: list[Any], where: str, *, unique: bool = False) -> None:
    half = sa.text(where)
    op.create_index(name, table, columns, unique=unique, postgresql_where=half, sqlite_where=half)


def _columns() -> None:
    op.drop_column("contact", "custom")  # never written; fields of one's own have tables of their own
    partial("ix_contact_same_person", "contact", ["same_person_id"], "same_person_id IS NOT NULL")
    op.add_column("conversation", big("follow_up_at", nullable=True))
    op.add_column("conversation", flag("is_due"))
    partial("ix_conversation_follow_up", "conversation", ["follow_up_at"], "follow_up_at IS NOT NULL")
    op.add_column("note_version", flag("is_clash"))
    op.add_column("call", words("outcome"))
    op.add_column("call", big("duration_seconds", nullable=True))
    op.add_column("call", words("note"))


def _talk() -> None:
    op.create_table(
        "outbox",
        big("id", autoincrement=False),
        big("contact_id"),
        words("body"),
        sa.Column("state", sa.Text(), nullable=False),
        big("due_at"),
        words("origin"),
        *[big(name, nullable=True) for name in ("template_id", "enrollment_id", "user_id", "message_id")],
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        big("intent_at", nullable=True),
        sa.Column("external_id", sa.Text(), nullable=True),
        words("error_code"),
        words("reason"),
        sa.Column("lease_by", sa.Text(), nullable=True),
        big("lease_until", nullable=True),
        *map(big, ("created_at", "updated_at", "event_id")),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_outbox_state")),
        of_contact("outbox"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    partial("ix_outbox_due", "outbox", ["due_at", "id"], UNSETTLED)
    op.create_index("ix_outbox_contact", "outbox", ["contact_id", "id"])
    op.create_table(
        "draft",
        *map(big, ("user_id", "contact_id")),
        words("body"),
        big("template_id", nullable=True),
        big("saved_at"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_draft_user_id")),
        of_contact("draft"),
        sa.PrimaryKeyConstraint("user_id", "contact_id", name=op.f("pk_draft")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "attachment",
        *map(big, ("contact_id", "id", "message_id")),
        *map(words, ("file_name", "content_type")),
        big("size"),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        words("sha256"),
        *map(big, ("created_at", "event_id")),
        of_contact("attachment"),
        sa.PrimaryKeyConstraint("contact_id", "id", name=op.f("pk_attachment")),
        sqlite_with_rowid=False,
    )


def _custom() -> None:
    op.create_table(
        "custom_field",
        big("id", autoincrement=False),
        words("name"),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        words("choices"),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        flag("is_retired"),
        *map(big, ("created_at", "event_id")),
        sa.CheckConstraint("kind IN ('text', 'number', 'date', 'choice')", name=op.f("ck_custom_field_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custom_field")),
        sa.UniqueConstraint("name_key", name=op.f("uq_custom_field_name_key")),
    )
    op.create_table(
        "custom_value",
        *map(big, ("contact_id", "field_id")),
        words("value"),
        sa.Column("sort_key", KEY, nullable=False),
        big("event_id"),
        of_contact("custom_value"),
        sa.ForeignKeyConstraint(["field_id"], ["custom_field.id"], name=op.f("fk_custom_value_field_id")),
        sa.PrimaryKeyConstraint("contact_id", "field_id", name=op.f("pk_custom_value")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_custom_value_order", "custom_value", ["field_id", "sort_key", "contact_id"])
    op.create_table(
        "setting",
        sa.Column("name", sa.Text(), nullable=False),
        words("value"),
        *map(big, ("updated_at", "event_id")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_setting")),
    )


def _templates() -> None:
    # Made anew: one engine cannot drop a constraint from a table.
    kept = "id, title, shortcut, body, folder, user_id, is_retired, created_at, event_id"
    op.execute(f"CREATE TABLE template_before AS SELECT {kept} FROM template")  # noqa: S608  # names of ours
    op.drop_table("template")
    op.create_table(
        "template",
        big("id", autoincrement=False),
        *map(words, ("title", "shortcut", "body", "folder")),
        big("user_id", nullable=True),
        flag("is_retired"),
        big("use_count", server_default=sa.text("0")),
        big("used_at", nullable=True),
        *map(big, ("created_at", "event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_template")),
    )
    op.execute(f"INSERT INTO template ({kept}) SELECT {kept} FROM template_before")  # noqa: S608  # names of ours
    op.drop_table("template_before")
    # Two templates of one folder with the same shortcut: the older one keeps it.
    op.execute("""
        UPDATE template SET shortcut = '' WHERE EXISTS (SELECT 1 FROM template o WHERE o.id < template.id
            AND o.folder = template.folder AND o.shortcut = template.shortcut
            AND coalesce(o.user_id, 0) = coalesce(template.user_id, 0))
    """)
    partial("uq_template_title", "template", [SCOPE, "folder", "title"], "is_retired = 0", unique=True)
    has_shortcut = "is_retired = 0 AND shortcut != ''"
    partial("uq_template_shortcut", "template", [SCOPE, "folder", "shortcut"], has_shortcut, unique=True)
