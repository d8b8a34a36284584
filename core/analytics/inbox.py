"""The inbox asked of the mirror: counts, facets and hard mixes of filters, answered as `core.conversations` would.

Every function answers None when the mirror cannot: while it is being built, and for a filter with a search text.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from core.analytics.facets import facets as count_facets
from core.analytics.mirror import Mirror
from core.analytics.rows import Flag
from core.analytics.tables import State
from core.analytics.where import Where, rows, where
from core.conversations.conditions import recent_key
from core.conversations.filters import TABS, ConversationFilter
from core.conversations.paging import Slice, Sort

T = TypeVar("T")

_COLUMNS = {"activity": ("activity_key",), "name": ("name_key", "id"), "amount": ("amount_key", "id")}
_AMOUNT_UP = (f"CASE WHEN amount_key < 0 THEN {2**62} ELSE amount_key END", "id")
"""Amounts that are not quoted come last either way."""


def count(mirror: Mirror, wanted: ConversationFilter) -> int | None:
    """How many conversations the filter finds, exactly."""
    return _ask(mirror, wanted, lambda state: _number(state, where(state.codes, wanted)))


def tab_counts(mirror: Mirror, wanted: ConversationFilter) -> dict[str, int] | None:
    """The count of every tab under the rest of the filter."""
    return _ask(mirror, wanted, lambda state: _tab_counts(state, wanted))


def facets(mirror: Mirror, wanted: ConversationFilter) -> dict[str, dict[Any, int]] | None:
    """What each choice would find in the place of what is chosen now, the rest of the filter and the tab unchanged.

    Shape: "tags" and "stages" by id, "owners" by id (None: unassigned), "sources" by name; choices that find nothing
    are left out. A tag's number is the count of the filter with that tag alone in mode "any"; the others likewise.
    """
    return _ask(mirror, wanted, lambda state: count_facets(state, wanted))


def page_ids(mirror: Mirror, wanted: ConversationFilter, sort: Sort, slice_: Slice) -> list[int] | None:
    """The ids of one slice in display order, at most `limit`. None also for text that is no cursor: `find` says why."""
    return _ask(mirror, wanted, lambda state: _page_ids(state, wanted, sort, slice_))


def rank(mirror: Mirror, wanted: ConversationFilter, sort: Sort, cursor: str) -> int | None:
    """How many rows of the whole result stand before the row of the cursor; None also when that row is gone."""
    return _ask(mirror, wanted, lambda state: _rank(state, wanted, sort, cursor))


def _ask(mirror: Mirror, wanted: ConversationFilter, question: Callable[[State], T]) -> T | None:
    return None if wanted.search.strip() else mirror.ask(question)


def _number(state: State, tested: Where) -> int:
    return int(rows(state.cursor, "count(*)", "conversation", tested)[0][0])


def _tab_counts(state: State, wanted: ConversationFilter) -> dict[str, int]:
    """One pass: conversations by those flags that the tabs ask for, the sums taken here."""
    asked = Flag.ARCHIVED | Flag.HOT | Flag.UNREAD
    columns = f"flags & {asked:d}, activity_key >= {recent_key()}, count(*)"
    counts = dict.fromkeys(TABS, 0)
    tested = where(state.codes, wanted, "tab")
    for flags, is_recent, n in rows(state.cursor, columns, "conversation", tested, "GROUP BY 1, 2"):
        if flags & Flag.ARCHIVED:
            counts["archived"] += n
            counts["all"] += n * wanted.include_archived
            continue
        counts["all"] += n
        counts["hot"] += n * bool(flags & Flag.HOT)
        counts["recents"] += n * bool(is_recent or flags & Flag.UNREAD)
    return counts


def _page_ids(state: State, wanted: ConversationFilter, sort: Sort, slice_: Slice) -> list[int] | None:
    descending = sort.descending != slice_.is_backward
    columns = _columns(sort)
    tested = where(state.codes, wanted)
    edge = slice_.before if slice_.is_backward else slice_.after
    if edge is not None:
        if not _is_cursor(edge):
            return None
        values = _position(state, sort, edge)
        tested = tested if values is None else _beyond(tested, columns, values, descending)
    if slice_.at is not None:
        tested = tested.also(f"{columns[0]} {'<=' if sort.descending else '>='} ?", slice_.at)
    order = ", ".join(f"{column} {'DESC' if descending else 'ASC'}" for column in columns)
    end = f"ORDER BY {order} LIMIT {int(slice_.limit)}"
    found = [row[0] for row in rows(state.cursor, "id", "conversation", tested, end)]
    return found[::-1] if slice_.is_backward else found


def _rank(state: State, wanted: ConversationFilter, sort: Sort, cursor: str) -> int | None:
    values = _position(state, sort, cursor) if _is_cursor(cursor) else None
    if values is None:
        return None
    return _number(state, _beyond(where(state.codes, wanted), _columns(sort), values, not sort.descending))


def _columns(sort: Sort) -> tuple[str, ...]:
    return _AMOUNT_UP if sort.by == "amount" and not sort.descending else _COLUMNS[sort.by]


def _is_cursor(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18


def _position(state: State, sort: Sort, text: str) -> tuple[Any, ...] | None:
    if sort.by == "activity":
        return (int(text),)
    found = rows(state.cursor, ", ".join(_columns(sort)), "conversation", Where().also("id = ?", int(text)))
    return found[0] if found else None


def _beyond(tested: Where, columns: tuple[str, ...], values: tuple[Any, ...], descending: bool) -> Where:
    """Rows strictly further along than the values."""
    sign, first = "<" if descending else ">", columns[0]
    if len(columns) == 1:
        return tested.also(f"{first} {sign} ?", values[0])
    return tested.also(f"{first} {sign}= ?", values[0]).also(f"({first} {sign} ? OR id {sign} ?)", *values)
