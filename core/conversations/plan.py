"""From conditions to the ids of one page; the driving index is picked here, for the engines' planners pick badly."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select, union_all

from core.conversations.conditions import ZERO, filter_conditions, recent_key, tab_test
from core.conversations.filters import ConversationFilter
from core.conversations.matching import Alternative
from core.conversations.paging import Slice, Sort, beyond, position
from core.database import engines
from core.database.search_query import TextMatch
from core.database.tables import conversation

c = conversation.c

GATHER = 2_000
"""A condition with fewer ids than this is gathered and sorted; else the order's index or the text index is walked."""

GATHER_TEXT = 20_000
"""The same for the text index in another order than its own: its hits cost less than testing row by row."""

FEW_HITS = 500
NEAR = 1_000
"""How many hits, and then how many rows of the tab, are tried before all hits of a word are read."""

Key = tuple[Any, ...]
"""The sort values of a row, ending in a unique one; the id follows them."""


class Plan:
    """One alternative of a wanted list, in one order."""

    def __init__(self, reader: Connection, wanted: ConversationFilter, alternative: Alternative, sort: Sort) -> None:
        self.reader = reader
        self.sort = sort
        self.wanted = wanted
        self.tab = tab_test(wanted)
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
        if self.wanted.tab == "recents" and self.sort.by == "activity":
            return self._walk_recents(bounds, descending, slice_.limit)
        return self._first(self._ordered([self.tab, *bounds], descending, slice_.limit))

    def matching(self, cap: int | None) -> Select[Any]:
        """A selection of the matching ids; with a cap, of at most so many."""
        gathered = self._gathered()
        if gathered is not None:
            found = self._of(gathered)
        elif self.text is not None and self.text.streams:
            hits = self.text.stream((), descending=True)
            found = select(c.id).join_from(hits, conversation, c.activity_key == hits.c.key)
            # The order costs nothing and makes the text index the driver.
            found = found.where(self.tab, *self._tests(without_text=True)).order_by(hits.c.key.desc())
        else:
            found = select(c.id).where(self.tab, *self._tests())
        return found if cap is None else found.limit(cap)

    def among(self, ids: list[int]) -> list[int]:
        """Those of these ids that match."""
        return list(self.reader.execute(self._of(ids)).scalars())

    def _of(self, ids: list[int]) -> Select[Any]:
        return select(c.id).where(c.id.in_(engines.id_set(self.reader, ids)), self.tab, *self._tests())

    def _bounds(self, slice_: Slice, columns: tuple[ColumnElement[Any], ...]) -> list[ColumnElement[bool]]:
        bounds = []
        cursor = slice_.before if slice_.is_backward else slice_.after
        if cursor is not None and (values := position(self.reader, self.sort, cursor)) is not None:
            bounds.append(beyond(columns, values, self.sort.descending != slice_.is_backward))
        if slice_.at is not None:
            bounds.append(columns[0] <= slice_.at if self.sort.descending else columns[0] >= slice_.at)
        return bounds

    def _tests(self, without_text: bool = False) -> list[ColumnElement[bool]]:
        tests = [condition.test for condition in self.conditions]
        return tests if self.text is None or without_text else [*tests, self.text.test]

    def _gathered(self) -> list[int] | None:
        """The ids of the rarest condition, when it is rare enough."""
        sources = [(condition.ids, GATHER) for condition in self.conditions if condition.ids is not None]
        if self.text is not None and (self.conditions or self.sort.by != "activity"):
            sources.append((self.text.ids, GATHER if self.sort.by == "activity" else GATHER_TEXT))
        best: list[int] | None = None
        for source, most in sources:
            limit = most if best is None else len(best)
            found = list(self.reader.execute(source.limit(limit)).scalars()) if limit else []
            if len(found) < limit:
                best = found
        return best

    def _sorted(self, ids: list[int], bounds: list[ColumnElement[bool]], descending: bool, limit: int) -> list[Key]:
        among = c.id.in_(engines.id_set(self.reader, ids))
        if len(ids) > GATHER:
            return self._first(self._ordered([among, self.tab, *bounds], descending, limit))
        # So few are sorted here: with an order in the statement, an engine may walk that order's whole index instead.
        rows = select(*self.sort.columns, c.id.label("id_")).where(among, self.tab, *self._tests(), *bounds)
        return sorted(self._first(rows), reverse=descending)[:limit]

    def _first(self, rows: Select[Any]) -> list[Key]:
        return [tuple(row) for row in self.reader.execute(rows)]

    def _stream(self, found: TextMatch, slice_: Slice, descending: bool) -> list[Key]:
        """The text index in its own order: the bounds stand on its column, so that it seeks.

        Where a tab or filter may refuse many hits in a row, a few hits are tried first, then the tab's own index for a
        while; only then all hits are read. A frequent word fills its page early, a rare one has few hits.
        """
        bounds = self._bounds(slice_, (found.order,))
        if self.wanted.tab != "all" or self.conditions:
            tried = self._of_stream(found.stream(bounds, descending, FEW_HITS), descending, slice_.limit)
            if len(tried) == slice_.limit:
                return tried
            near = self._walk_near(self._bounds(slice_, self.sort.columns), descending, slice_.limit)
            if len(near) == slice_.limit:
                return near
        return self._of_stream(found.stream(bounds, descending), descending, slice_.limit)

    def _of_stream(self, hits: Any, descending: bool, limit: int) -> list[Key]:
        rows = select(*self.sort.columns, c.id.label("id_")).join_from(hits, conversation, c.activity_key == hits.c.key)
        rows = rows.where(self.tab, *self._tests(without_text=True))
        rows = rows.order_by(hits.c.key.desc() if descending else hits.c.key.asc())
        return self._first(rows.limit(limit))

    def _walk_near(self, bounds: list[ColumnElement[bool]], descending: bool, limit: int) -> list[Key]:
        """Matches among the next rows of the tab."""
        key = c.activity_key
        near = (
            select(key)
            .where(self.tab, *bounds)
            .order_by(key.desc() if descending else key.asc())
            .limit(NEAR)
            .subquery()
        )
        end = self.reader.execute(select((func.min if descending else func.max)(near.c.activity_key))).scalar_one()
        if end is None:
            return []
        within = key >= end if descending else key <= end
        return self._first(self._ordered([self.tab, *bounds, within], descending, limit))

    def _ordered(self, where: Sequence[ColumnElement[bool]], descending: bool, limit: int) -> Select[Any]:
        columns = self.sort.columns
        order = [column.desc() if descending else column.asc() for column in columns]
        return select(*columns, c.id.label("id_")).where(*where, *self._tests()).order_by(*order).limit(limit)

    def _walk_recents(self, bounds: list[ColumnElement[bool]], descending: bool, limit: int) -> list[Key]:
        """Two ranges, each with an index of its own: what is recent, and what is older and unread."""
        border = recent_key()
        new = self._ordered([c.is_archived == ZERO, c.activity_key >= border, *bounds], descending, limit)
        old = self._ordered(
            [c.is_archived == ZERO, c.unread_count > ZERO, c.activity_key < border, *bounds], descending, limit
        )
        both = union_all(select(new.subquery()), select(old.subquery())).subquery()
        order = both.c.activity_key.desc() if descending else both.c.activity_key.asc()
        return self._first(select(both).order_by(order).limit(limit))


def counted(reader: Connection, plans: Sequence[Plan], cap: int | None) -> int:
    """How many conversations one of the plans finds; at most `cap`."""
    found = plans[0].matching(cap) if len(plans) == 1 else _union([plan.matching(cap) for plan in plans])
    n = int(reader.execute(select(func.count()).select_from(found.subquery())).scalar_one())
    return n if cap is None else min(cap, n)


def _union(selects: Sequence[Select[Any]]) -> Any:
    ids = [select(one.subquery().c.id) for one in selects]
    return ids[0].union(*ids[1:])
