"""Files that are written by themselves, at their times."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LIVE = sa.text("is_retired = 0")
NOTHING = sa.text("0")


def upgrade() -> None:
    op.create_table(
        "export_schedule",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("wish", sa.Text(), server_default="", nullable=False),
        sa.Column("is_per_owner", sa.SmallInteger(), server_default=NOTHING, nullable=False),
        sa.Column("every", sa.Text(), nullable=False),
        sa.Column("weekday", sa.Integer(), server_default=NOTHING, nullable=False),
        sa.Column("minute", sa.Integer(), nullable=False),
        sa.Column("next_at", BIG, nullable=False),
        sa.Column("last_at", BIG),
        sa.Column("message", sa.Text(), server_default="", nullable=False),
        sa.Column("is_retired", sa.SmallInteger(), server_default=NOTHING, nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("event_id", BIG, nullable=False),
        sa.CheckConstraint("what IN ('conversations', 'pipeline')", name=op.f("ck_export_schedule_what")),
        sa.CheckConstraint("every IN ('day', 'week')", name=op.f("ck_export_schedule_every")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_export_schedule_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_schedule")),
    )
    op.create_index(
        "ix_export_schedule_next_at", "export_schedule", ["next_at"], postgresql_where=LIVE, sqlite_where=LIVE
    )
