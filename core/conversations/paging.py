"""Orders, cursors and pages: which slice of the whole sorted result is asked for."""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, select

from core import custom
from core.database.tables import conversation, custom_value
from core.errors import Invalid, NotFound
from core.words import fold, line

c = conversation.c
v = custom_value.c

COLUMNS: dict[str, tuple[ColumnElement[Any], ...]] = {
    "activity": (c.activity_key,),
    "name": (c.name_key, c.id),
    "amount": (c.amount_key, c.id),
}
"""Sort keys and the columns they order by; each ends in a column that is unique."""

NOT_QUOTED = -1
"""The `amount_key` of a conversation without a quote."""

LAST_SIGN = "\U0010ffff"
"""Behind every letter."""


@dataclass(frozen=True)
class Sort:
    """An order of the whole result: by one of COLUMNS, or by a field of one's own as `custom.key` names it.

    Conversations without a quote, or without a value in the field, come last, up or down.
    """

    by: str = "activity"
    descending: bool = True

    def __post_init__(self) -> None:
        if self.by not in COLUMNS and self.field_id is None:
            listed = ", ".join(COLUMNS)
            raise Invalid(f"Conversations cannot be sorted by “{self.by}”. Choose one of {listed}, or a field.")

    @property
    def field_id(self) -> int | None:
        """The field of one's own that orders; None: a column of the list does."""
        number = self.by.removeprefix(custom.PREFIX)
        is_own = number != self.by and number.isascii() and number.isdecimal() and len(number) < 19
        return int(number) if is_own else None


@dataclass(frozen=True)
class Slice:
    """A page: `limit` rows after or before a cursor, at the first or the last edge; `at` begins at a value.

    A cursor is an activity key (`activity`) or an id (any other order): no personal data, so it may stand in a URL.
    `at`: for a field of one's own as a person writes it. `edge`: the sort values that the cursor stands for, once
    `settled` has looked them up; of a row without a value its id alone.
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
    row = reader.execute(_values(sort).where(c.id == int(cursor))).first()
    if row is None:
        return None
    value, id_ = row
    return (id_,) if value in {None, NOT_QUOTED} else (value, id_)


def _values(sort: Sort) -> Select[Any]:
    if sort.field_id is None:
        return select(*COLUMNS[sort.by])
    held = and_(v.contact_id == c.id, v.field_id == sort.field_id)
    return select(v.sort_key, c.id).select_from(conversation.outerjoin(custom_value, held))


def settled(reader: Connection, sort: Sort, slice_: Slice) -> Slice:
    """The slice with its edge; from the start of the list when the conversation of its cursor is gone, or when the
    field by which is sorted cannot hold the value to begin at.

    Raises: Invalid for text that is no cursor.
    """
    if slice_.at is not None and sort.field_id is not None:
        slice_ = replace(slice_, at=_key(reader, sort.field_id, str(slice_.at), sort.descending))
    at = slice_.before if slice_.is_backward else slice_.after
    if at is None:
        return slice_
    edge = position(reader, sort, at)
    return Slice(slice_.limit) if edge is None else replace(slice_, edge=edge)


def _key(reader: Connection, field_id: int, typed: str, descending: bool) -> str | None:
    """The sort key to begin at; downwards all texts that begin so come first."""
    try:
        field = custom.get(reader, field_id)
        if field.kind in {"text", "choice"}:
            return fold(line(typed)) + (LAST_SIGN if descending else "")
        return custom.sort_key(field.kind, custom.check(field, typed, "mdy")) if typed.strip() else None
    except (Invalid, NotFound):
        return None


def cursor(sort: Sort, values: tuple[Any, ...]) -> str:
    """The cursor of a row with these sort values."""
    return str(values[-1])
