"""Users, what they may do, and what they keep for themselves."""

from sqlalchemy import Column, ForeignKey, Table, Text, UniqueConstraint

from core.database.tables.base import BIG, big, flag, metadata, words

user = Table(
    "user",
    metadata,
    big("id", primary_key=True, autoincrement=False),
    words("name"),
    Column("name_key", Text, nullable=False),  # folded; owners in files are found by it
    Column("email", Text),
    flag("may_sign_in"),  # 0: only named as an owner, by an import
    big("created_at"),
    Column("event_id", BIG),
    UniqueConstraint("name_key"),
    UniqueConstraint("email"),
)

user_role = Table(
    "user_role",
    metadata,
    big("user_id", ForeignKey("user.id"), primary_key=True),
    Column("role", Text, primary_key=True),
)

role_right = Table(
    "role_right",
    metadata,
    Column("role", Text, primary_key=True),
    Column("right", Text, primary_key=True),
)

user_preference = Table(
    "user_preference",
    metadata,
    big("user_id", ForeignKey("user.id"), primary_key=True),
    Column("key", Text, primary_key=True),
    words("value"),  # JSON
)

saved_view = Table(
    "saved_view",
    metadata,
    big("id", primary_key=True, autoincrement=False),
    big("user_id", ForeignKey("user.id")),
    words("name"),
    words("query"),  # the page's query string
    flag("is_shared"),
    big("created_at"),
    UniqueConstraint("user_id", "name"),
)
