"""Orders, cursors and pages: which slice of the whole sorted result is asked for."""

from dataclasses import dataclass, replace
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, select

from core.database.tables import conversation
from core.errors import Invalid

c = conversation.c

COLUMNS: dict[str, tuple[ColumnElement[Any], ...]] = {
    "activity": (c.activity_key,),
    "name": (c.name_key, c.id),
    "amount": (c.amount_key, c.id),
}
"""Sort keys and the columns they order by; each ends in a column that is unique."""


@dataclass(frozen=True)
class Sort:
    """An order of the whole result. Amount: conversations without a quote come last, up or down."""

    by: Literal["activity", "name", "amount"] = "activity"
    descending: bool = True

    def __post_init__(self) -> None:
        if self.by not in COLUMNS:
            raise Invalid(f"Conversations cannot be sorted by “{self.by}”. Choose one of {', '.join(COLUMNS)}.")

    @property
    def columns(self) -> tuple[ColumnElement[Any], ...]:
        return COLUMNS[self.by]


@dataclass(frozen=True)
class Slice:
    """A page: `limit` rows after or before a cursor, at the first or the last edge; `at` begins at a value.

    A cursor is an id (`name`, `amount`) or an activity key (`activity`): no personal data, so it may stand in a URL.
    `edge`: the sort values that the cursor stands for, once `settled` has looked them up.
    """

    limit: int = 50
    after: str | None = None
    before: str | None = None
    is_last: bool = False
    at: str | int | None = None
    edge: tuple[Any, ...] | None = None

    @property
    def is_backward(self) -> bool:
        """Whether the rows are walked against the order and turned round at the end."""
        return self.is_last or self.before is not None


def position(reader: Connection, sort: Sort, cursor: str) -> tuple[Any, ...] | None:
    """The values a cursor stands for; None when its conversation is gone.

    Raises: Invalid for text that is no cursor.
    """
    if not cursor.isascii() or not cursor.isdigit() or len(cursor) > 18:
        raise Invalid("This page link is damaged. Open the first page.")
    if sort.by == "activity":
        return (int(cursor),)
    row = reader.execute(select(*sort.columns).where(c.id == int(cursor))).first()
    return None if row is None else tuple(row)


def settled(reader: Connection, sort: Sort, slice_: Slice) -> Slice:
    """The slice with its edge; from the start of the list when the conversation of its cursor is gone.

    Raises: Invalid for text that is no cursor.
    """
    at = slice_.before if slice_.is_backward else slice_.after
    if at is None:
        return slice_
    edge = position(reader, sort, at)
    return Slice(slice_.limit) if edge is None else replace(slice_, edge=edge)


def cursor(sort: Sort, values: tuple[Any, ...]) -> str:
    """The cursor of a row with these sort values."""
    return str(values[-1])
