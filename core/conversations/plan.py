"""From conditions to the ids of one page; the driving index is picked here, for the engines' planners pick badly."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select

from core.conversations.conditions import activity_tests, filter_conditions, tab_test
from core.conversations.filters import ConversationFilter
from core.conversations.matching import Alternative
from core.conversations.paging import Slice, Sort, beyond, position
from core.database import engines
from core.database.search_query import TextMatch
from core.database.tables import conversation

c = conversation.c

GATHER = 8_000
"""A condition with fewer ids is gathered and sorted; else the order's own index or the text index is walked."""

GATHER_TEXT = 20_000
"""The same for the text index in another order than its own: its hits cost less than testing row by row."""

FEW_HITS = 200
MANY_HITS = 20_000
"""How many hits of a word are read at first, and later, at a time."""

NEAR = 200
NEAR_LAST = 15_000
"""How many rows of the tab are tried when the hits do not fill the page, at first and at last."""

ALL = 2**40
"""A limit beyond every list."""

Key = tuple[Any, ...]
"""The sort values of a row, ending in a unique one; the id follows them."""


class Plan:
    """One alternative of a wanted list, in one order."""

    def __init__(self, reader: Connection, wanted: ConversationFilter, alternative: Alternative, sort: Sort) -> None:
        self.reader = reader
        self.sort = sort
        self.wanted = wanted
        self.tab = tab_test(wanted)
        self.stretch = activity_tests(wanted, c.activity_key)
        listed = [(term.word, term.is_prefix) for term in alternative.terms]
        self.text = TextMatch(reader, listed) if listed else None
        self.conditions = [*alternative.conditions, *filter_conditions(reader, wanted)]

    def keys(self, slice_: Slice) -> list[Key]:
        """Sort values and id of the slice's rows, in the slice's own direction, at most `limit`."""
        descending = self.sort.descending != slice_.is_backward
        gathered = self._gathered()
        if gathered is not None:
            return self._sorted(gathered, self._bounds(slice_, self.sort.columns), descending, slice_.limit)
        if self.text is not None and self.text.streams and self.sort.by == "activity":
            return self._stream(self.text, slice_, descending)
        bounds = self._bounds(slice_, self.sort.columns)
        return self._first(self._ordered([self.tab, *bounds], descending, slice_.limit))

    def ids(self, cap: int | None) -> list[int]:
        """The matching ids in no order; with a cap, at most so many."""
        if cap is not None and self.text is not None and self.text.streams and self._gathered() is None:
            return [key[-1] for key in self._stream(self.text, Slice(cap), descending=True)]
        return list(self.reader.execute(self.matching().limit(cap)).scalars().all())

    def matching(self) -> Select[Any]:
        """A selection of all matching ids."""
        gathered = self._gathered()
        if gathered is not None:
            return self._of(gathered)
        if self.text is not None and self.text.streams:
            return select(c.id).where(c.activity_key.in_(self.text.hits()), self.tab, *self._tests(without_text=True))
        return select(c.id).where(self.tab, *self._tests())

    def among(self, ids: list[int]) -> list[int]:
        """Those of these ids that match."""
        return list(self.reader.execute(self._of(ids)).scalars().all())

    def _of(self, ids: Sequence[int]) -> Select[Any]:
        return select(c.id).where(c.id.in_(engines.id_set(self.reader, ids)), self.tab, *self._tests())

    def _bounds(self, slice_: Slice, columns: tuple[ColumnElement[Any], ...]) -> list[ColumnElement[bool]]:
        bounds = activity_tests(self.wanted, columns[0]) if self.sort.by == "activity" else []
        cursor = slice_.before if slice_.is_backward else slice_.after
        if cursor is not None and (values := position(self.reader, self.sort, cursor)) is not None:
            bounds.append(beyond(columns, values, self.sort.descending != slice_.is_backward))
        if slice_.at is not None:
            bounds.append(columns[0] <= slice_.at if self.sort.descending else columns[0] >= slice_.at)
        return bounds

    def _tests(self, without_text: bool = False) -> list[ColumnElement[bool]]:
        tests = [*self.stretch, *[condition.test for condition in self.conditions]]
        return tests if self.text is None or without_text else [*tests, self.text.test]

    def _gathered(self) -> Sequence[int] | None:
        """The ids of the rarest condition, when it is rare enough."""
        best: Select[Any] | None = None
        fewest = 0
        for source, most in self._sources():
            limit = most if best is None else fewest
            n = self.reader.execute(select(func.count()).select_from(source.limit(limit).subquery())).scalar_one()
            if n < limit:
                best, fewest = source, n
        return None if best is None else self.reader.execute(best).scalars().all()

    def _sources(self) -> list[tuple[Select[Any], int]]:
        """What ids can be gathered from, each with the number above which it is not worth it."""
        by_activity = self.sort.by == "activity"
        if by_activity and self.text is None and len(self.conditions) == 1 and self.conditions[0].is_ordered:
            return []  # walked in its own order
        found = [
            (condition.ids, condition.gather or GATHER) for condition in self.conditions if condition.ids is not None
        ]
        if self.stretch and not by_activity:
            found.append((select(c.id).where(*self.stretch), GATHER))
        if self.text is not None and (self.conditions or not by_activity):
            found.append((self.text.ids, GATHER if by_activity else GATHER_TEXT))
        return found

    def _sorted(self, ids: Sequence[int], bounds: list[ColumnElement[bool]], descending: bool, limit: int) -> list[Key]:
        among = c.id.in_(engines.id_set(self.reader, ids))
        if len(ids) > GATHER:
            return self._first(self._ordered([among, self.tab, *bounds], descending, limit))
        # So few are sorted here: with an order in the statement, an engine may walk that order's whole index instead.
        rows = select(*self.sort.columns, c.id.label("id_")).where(among, self.tab, *self._tests(), *bounds)
        return sorted(self._first(rows), reverse=descending)[:limit]

    def _first(self, rows: Select[Any]) -> list[Key]:
        return [tuple(row) for row in self.reader.execute(rows).all()]

    def _stream(self, found: TextMatch, slice_: Slice, descending: bool) -> list[Key]:
        """By turns a stretch of the text index's hits and a stretch of the tab's rows, ever longer ones.

        Hits fill the page when the tab refuses few of them, rows when the word is frequent in the tab; whichever is
        first. What an engine would do by itself is a gamble between the two.
        """
        bounds = given = self._bounds(slice_, (found.order,))
        tab_bounds = tab_given = self._bounds(slice_, self.sort.columns)
        by_hits: list[Key] = []
        by_rows: list[Key] = []
        hits_size, rows_size = min(max(FEW_HITS, slice_.limit), MANY_HITS), NEAR
        while True:
            hits = self.reader.execute(found.hits(bounds, descending, hits_size)).scalars().all()
            by_hits += self._kept(hits, descending)
            if len(by_hits) >= slice_.limit or len(hits) < hits_size:
                return by_hits[: slice_.limit]
            bounds = [*given, found.order < hits[-1] if descending else found.order > hits[-1]]
            hits_size = min(hits_size * 8, MANY_HITS)
            if slice_.limit <= NEAR and rows_size <= NEAR_LAST:
                near, end = self._near(found, tab_bounds, descending, rows_size)
                by_rows += near
                if len(by_rows) >= slice_.limit or end is None:
                    return by_rows[: slice_.limit]
                tab_bounds = [*tab_given, c.activity_key < end if descending else c.activity_key > end]
                rows_size *= 8

    def _kept(self, hits: Sequence[int], descending: bool) -> list[Key]:
        """Those of the activity keys whose conversations pass the tab and the conditions."""
        rows = select(*self.sort.columns, c.id.label("id_")).where(
            c.activity_key.in_(engines.id_set(self.reader, hits))
        )
        return sorted(self._first(rows.where(self.tab, *self._tests(without_text=True))), reverse=descending)

    def _near(
        self, found: TextMatch, bounds: Sequence[ColumnElement[bool]], descending: bool, size: int
    ) -> tuple[list[Key], int | None]:
        """Matches among the tab's next rows, in its order, and where that stretch ends; None: the tab ends in it."""
        key = c.activity_key
        order = key.desc() if descending else key.asc()
        tab = select(key).where(self.tab, *bounds).order_by(order).limit(size).subquery()
        keys = tab.c.activity_key
        low, high, n = self.reader.execute(select(func.min(keys), func.max(keys), func.count())).one()
        if not n:
            return [], None
        tests = [*self._tests(without_text=True), key.between(low, high), found.test_between(low, high)]
        rows = select(*self.sort.columns, c.id.label("id_")).where(self.tab, *bounds, *tests).order_by(order)
        return self._first(rows), None if n < size else low if descending else high

    def _ordered(self, where: Sequence[ColumnElement[bool]], descending: bool, limit: int) -> Select[Any]:
        columns = self.sort.columns
        order = [column.desc() if descending else column.asc() for column in columns]
        return select(*columns, c.id.label("id_")).where(*where, *self._tests()).order_by(*order).limit(limit)


def counted(reader: Connection, plans: Sequence[Plan], cap: int | None) -> int:
    """How many conversations one of the plans finds; at most `cap`."""
    if cap is None and len(plans) == 1:
        found = plans[0].matching().subquery()
        return int(reader.execute(select(func.count()).select_from(found)).scalar_one())
    return min(len({id_ for plan in plans for id_ in plan.ids(cap)}), ALL if cap is None else cap)
