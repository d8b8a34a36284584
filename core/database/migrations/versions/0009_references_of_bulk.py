"""On PostgreSQL tags and enrollments refer to the conversation, which a bulk action has locked, not to the contact."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in ("contact_tag", "enrollment"):
            name = f"fk_{table}_contact_id"
            op.drop_constraint(name, table)
            op.create_foreign_key(name, table, "conversation", ["contact_id"], ["id"])
