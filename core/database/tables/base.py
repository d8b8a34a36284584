"""Column kinds that every table shares."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Integer,
    MetaData,
    SmallInteger,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import TEXT

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

BIG = BigInteger().with_variant(Integer, "sqlite")
"""Ids, times (UTC epoch seconds) and cents."""

KEY = Text().with_variant(TEXT(collation="C"), "postgresql")
"""Folded text that is sorted by: bytewise, so that both engines and the mirror agree on the order."""

CLUSTERED: dict[str, Any] = {"sqlite_with_rowid": False}
"""Rows lie in key order, so one contact's rows lie together."""


def big(name: str, *args: Any, **kwargs: Any) -> Column[int]:
    return Column(name, BIG, *args, **{"nullable": False, **kwargs})


def flag(name: str) -> Column[int]:
    """0 or 1, both engines alike, so that one index predicate serves both."""
    return Column(name, SmallInteger, nullable=False, server_default=text("0"))


def words(name: str, *args: Any, **kwargs: Any) -> Column[str]:
    return Column(name, Text, *args, **{"nullable": False, "server_default": "", **kwargs})


def one_of(column: str, *values: str) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def of_contact() -> tuple[ForeignKeyConstraint, ForeignKeyConstraint]:
    """The reference of `contact_id`, for tables that bulk actions fill.

    PostgreSQL locks the row referred to, which writes its page: that of the conversation is locked already, and a
    conversation is there for as long as its contact.
    """
    to_contact = ForeignKeyConstraint(["contact_id"], ["contact.id"])
    to_conversation = ForeignKeyConstraint(["contact_id"], ["conversation.id"])
    return to_contact.ddl_if(dialect="sqlite"), to_conversation.ddl_if(dialect="postgresql")
