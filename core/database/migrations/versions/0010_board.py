"""Deals by stage, in the order in which they came into it, with what the board says over its columns."""

from alembic import op

revision = "0010"
down_revision = "0009"

NAME, TABLE = "ix_deal_stage_id", "deal"


def upgrade() -> None:
    op.drop_index(NAME, TABLE)
    op.create_index(
        NAME, TABLE, ["stage_id", "stage_entered_at", "id", "contact_id", "owner_id", "outcome", "amount_cents"]
    )
