"""Due enrollments by workflow, so that those of a paused one are passed over; who is in a workflow; texts for once."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

PLANNED = sa.text("next_due_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("workflow", sa.Column("is_once", sa.SmallInteger(), server_default=sa.text("0"), nullable=False))
    op.drop_index("ix_enrollment_due", "enrollment")
    by_workflow = ["workflow_id", "next_due_at"]
    op.create_index("ix_enrollment_due", "enrollment", by_workflow, postgresql_where=PLANNED, sqlite_where=PLANNED)
    op.create_index("ix_enrollment_workflow", "enrollment", ["workflow_id", "is_live", "id"])
