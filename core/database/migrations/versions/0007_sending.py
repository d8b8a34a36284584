"""Workflows that run, numbers to send from, how fast and at which hours, and opt-outs that a person decides."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UNSETTLED = "state IN ('scheduled', 'held', 'sending', 'unknown')"

EVERY_DAY, WORKDAYS, WEEKEND = "0123456", "01234", "56"
FEDERAL = "47 CFR 64.1200(c)(1)"
TABLE = "table of state hours, to be confirmed by counsel"
NINE, EIGHT, TEN, NOON, FIVE, SIX, EIGHT_PM, NINE_PM = 540, 480, 600, 720, 1020, 1080, 1200, 1260
WINDOWS = (
    ("", EVERY_DAY, EIGHT, NINE_PM, FEDERAL),
    *((state, EVERY_DAY, EIGHT, EIGHT_PM, TABLE) for state in ("FL", "MD", "MS", "NJ", "OK")),
    ("CT", EVERY_DAY, NINE, EIGHT_PM, TABLE),
    ("TX", "012345", NINE, NINE_PM, TABLE),
    ("TX", "6", NOON, NINE_PM, TABLE),
    ("RI", WORKDAYS, NINE, SIX, TABLE),
    ("RI", WEEKEND, TEN, FIVE, TABLE),
)
"""Place, days, minutes of the day and source: where sending begins; the table may be changed."""


def upgrade() -> None:
    _columns()
    _steps()
    _bounds()
    _reviews()


def big(name: str, **options: Any) -> "sa.Column[int]":
    return sa.Column(name, BIG, **{"nullable": False, **options})


def words(name: str) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def flag(name: str) -> "sa.Column[int]":
    return sa.Column(name, sa.SmallInteger(), server_default=sa.text("0"), nullable=False)


def number(name: str, usual: str) -> "sa.Column[int]":
    return sa.Column(name, sa.Integer(), server_default=sa.text(usual), nullable=False)


def partial(name: str, table: str, columns: list[str], where: str) -> None:
    half = sa.text(where)
    op.create_index(name, table, columns, postgresql_where=half, sqlite_where=half)


def _columns() -> None:
    op.add_column("workflow", big("paced_until", nullable=True))
    op.add_column("enrollment", number("attempts", "0"))
    op.add_column("enrollment", words("reason"))
    partial("ix_enrollment_due", "enrollment", ["next_due_at"], "next_due_at IS NOT NULL")
    op.add_column("conversation", big("sender_id", nullable=True))
    op.add_column("outbox", sa.Column("position", sa.Integer(), nullable=True))
    op.add_column("outbox", big("sender_id", nullable=True))
    op.add_column("outbox", number("segments", "1"))
    op.drop_index("ix_outbox_due", "outbox")
    partial("ix_outbox_due", "outbox", ["due_at", "id"], UNSETTLED)
    op.create_index("ix_outbox_state", "outbox", ["state", "updated_at", "id"])


def _steps() -> None:
    op.create_table(
        "step_run",
        *map(big, ("contact_id", "enrollment_id")),
        sa.Column("position", sa.Integer(), nullable=False),
        *map(big, ("workflow_id", "version")),
        words("kind"),
        big("done_at"),
        *[big(name, nullable=True) for name in ("outbox_id", "replied_at", "opted_out_at")],
        words("reason"),
        big("event_id"),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_step_run_contact_id")),
        sa.PrimaryKeyConstraint("contact_id", "enrollment_id", "position", name=op.f("pk_step_run")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_step_run_workflow", "step_run", ["workflow_id", "version", "position"])


def _bounds() -> None:
    op.create_table(
        "sender_number",
        big("id", autoincrement=False),
        sa.Column("phone", sa.Text(), nullable=False),
        words("label"),
        number("segments_per_second", "1"),
        flag("is_retired"),
        *map(big, ("created_at", "event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sender_number")),
        sa.UniqueConstraint("phone", name=op.f("uq_sender_number_phone")),
    )
    op.create_table(
        "rate_bucket",
        sa.Column("key", sa.Text(), nullable=False),
        big("used"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_rate_bucket")),
        sqlite_with_rowid=False,
    )
    window = op.create_table(
        "sending_window",
        big("id", autoincrement=False),
        *map(words, ("place", "days")),
        sa.Column("opens", sa.Integer(), nullable=False),
        sa.Column("closes", sa.Integer(), nullable=False),
        *map(words, ("valid_from", "valid_until", "source")),
        flag("is_retired"),
        big("created_at"),
        big("event_id", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sending_window")),
    )
    names = "id", "place", "days", "opens", "closes", "source", "created_at"
    rows = [dict(zip(names, (n, *row, 0), strict=True)) for n, row in enumerate(WINDOWS, 1)]
    op.bulk_insert(window, rows)
    counters = sa.table("id_counter", sa.column("name"), sa.column("next"))
    op.bulk_insert(counters, [{"name": "sending_window", "next": len(WINDOWS) + 1}])


def _reviews() -> None:
    op.create_table(
        "opt_out_review",
        *map(big, ("contact_id", "id")),
        big("message_id", nullable=True),
        words("body"),
        *map(big, ("said_at", "due_at")),
        words("decision"),
        *[big(name, nullable=True) for name in ("decided_at", "user_id")],
        big("event_id"),
        sa.CheckConstraint("decision IN ('', 'out', 'not_out')", name=op.f("ck_opt_out_review_decision")),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_opt_out_review_contact_id")),
        sa.PrimaryKeyConstraint("contact_id", "id", name=op.f("pk_opt_out_review")),
        sqlite_with_rowid=False,
    )
    partial("ix_opt_out_review_due", "opt_out_review", ["due_at"], "decision = ''")
