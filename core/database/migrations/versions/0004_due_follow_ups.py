"""Follow-ups are looked for by whether they are due, then by time."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

NAME, TABLE = "ix_conversation_follow_up", "conversation"
PLANNED = sa.text("follow_up_at IS NOT NULL")


def upgrade() -> None:
    op.drop_index(NAME, TABLE)
    op.create_index(NAME, TABLE, ["is_due", "follow_up_at"], postgresql_where=PLANNED, sqlite_where=PLANNED)
