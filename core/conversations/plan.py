"""From conditions to the ids of one page; the driving index is picked here, for the engines' planners pick badly."""

from collections.abc import Sequence
from functools import cache, cached_property
from math import isqrt
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, Select, bindparam, false, func, select, union_all

from core.conversations.conditions import ZERO, activity_tests, filter_conditions, halves, tab_test
from core.conversations.filters import ConversationFilter
from core.conversations.matching import Alternative
from core.conversations.paging import Slice, Sort, beyond, position
from core.conversations.upkeep import FIRST_KNOWN, SHIFT
from core.database import engines
from core.database.search_query import TextMatch, hits
from core.database.tables import conversation

c = conversation.c

GATHER = 8_000
"""A condition with fewer ids is gathered and sorted; else the order's own index is walked."""

GATHER_TEXT = 20_000
"""The same for the text index in another order than its own: its hits cost less than testing row by row."""

GATHER_BESIDE_TEXT = 1_000
"""The same for a condition beside a text index that streams: a row costs it what two hundred hits cost."""

WALKED = 75
"""Walking an index to a page of rows that one in n passes costs as much as gathering so many times n rows."""

PATIENCE = 8
"""So many times the rows are walked that a word, were it spread evenly, would need."""

ALL = 2**40
"""A limit beyond every list."""

EARLIEST, LATEST = -(2**62), 2**62
"""Beyond every activity key."""

Key = tuple[Any, ...]
"""The sort values of a row, ending in a unique one; the id follows them."""


class Plan:
    """One alternative of a wanted list, in one order."""

    def __init__(self, reader: Connection, wanted: ConversationFilter, alternative: Alternative, sort: Sort) -> None:
        self.reader = reader
        self.sort = sort
        self.wanted = wanted
        listed = [(term.word, term.is_prefix) for term in alternative.terms]
        self.text = TextMatch(reader, listed) if listed else None
        self.conditions = [*alternative.conditions, *filter_conditions(reader, wanted)]
        self.by_activity = sort.by == "activity"

    @cached_property
    def tab(self) -> ColumnElement[bool]:
        """The test of the open tab; not built where a prepared statement holds it."""
        return tab_test(self.wanted)

    @cached_property
    def stretch(self) -> list[ColumnElement[bool]]:
        """The tests of the wanted stretch of time."""
        return activity_tests(self.wanted, c.activity_key)

    def keys(self, slice_: Slice) -> list[Key]:
        """Sort values and id of the slice's rows, in the slice's own direction, at most `limit`."""
        descending = self.sort.descending != slice_.is_backward
        gathered = self._gathered()
        if gathered is not None:
            return self._sorted(gathered, self._bounds(slice_), descending, slice_.limit)
        if self.by_activity:
            return self._newest(slice_, descending)
        return self._first(self._ordered([self.tab, *self._bounds(slice_)], descending, slice_.limit))

    def ids(self, cap: int | None) -> list[int]:
        """The matching ids in no order; with a cap, at most so many."""
        return list(self.reader.execute(self.matching().limit(cap)).scalars().all())

    def matching(self) -> Select[Any]:
        """A selection of all matching ids."""
        gathered = self._gathered()
        if gathered is not None:
            return self._of(gathered)
        if self.text is not None and self.text.streams:
            return self.text.ids.where(self.tab, *self._tests(without_text=True))
        return select(c.id).where(self.tab, *self._tests())

    def among(self, ids: list[int]) -> list[int]:
        """Those of these ids that match."""
        return list(self.reader.execute(self._of(ids)).scalars().all())

    def _of(self, ids: Sequence[int]) -> Select[Any]:
        return select(c.id).where(c.id.in_(engines.id_set(self.reader, ids)), self.tab, *self._tests())

    def _bounds(self, slice_: Slice) -> list[ColumnElement[bool]]:
        columns = self.sort.columns
        if self.by_activity:
            low, high = self._range(slice_)
            return [columns[0].between(low, high)]
        bounds: list[ColumnElement[bool]] = []
        is_last = self.sort.by == "amount" and self.wanted.is_quoted is False  # the part behind all amounts
        cursor = slice_.before if slice_.is_backward else slice_.after
        values = None if cursor is None else position(self.reader, self.sort, cursor)
        if values is not None and self.sort.by == "amount" and (values[0] < 0) != is_last:
            return [] if is_last != slice_.is_backward else [false()]  # all of this part lies further along, or none
        if values is not None:
            bounds.append(beyond(columns, values, self.sort.descending != slice_.is_backward))
        if slice_.at is not None and not is_last:
            bounds.append(columns[0] <= slice_.at if self.sort.descending else columns[0] >= slice_.at)
        return bounds

    def _range(self, slice_: Slice) -> tuple[int, int]:
        """The lowest and the highest activity key that the slice and the wanted stretch of time allow."""
        start, end, at = self.wanted.active_from, self.wanted.active_to, slice_.at
        low = start << SHIFT if start is not None else EARLIEST if end is None else FIRST_KNOWN
        high = LATEST if end is None else (end << SHIFT) - 1
        cursor = slice_.before if slice_.is_backward else slice_.after
        if cursor is not None and (values := position(self.reader, self.sort, cursor)) is not None:
            if self.sort.descending != slice_.is_backward:
                high = min(high, values[0] - 1)
            else:
                low = max(low, values[0] + 1)
        if isinstance(at, int):
            low, high = (low, min(high, at)) if self.sort.descending else (max(low, at), high)
        return low, high

    def _tests(self, without_text: bool = False) -> list[ColumnElement[bool]]:
        tests = [*self.stretch, *[condition.test for condition in self.conditions]]
        return tests if self.text is None or without_text else [*tests, self.text.test]

    def _gathered(self) -> Sequence[int] | None:
        """The ids of the rarest condition, when it is rare enough."""
        best: Select[Any] | None = None
        fewest = 0
        for source, most in self._sources():
            limit = most if best is None else min(most, fewest)
            n = self.reader.execute(select(func.count()).select_from(source.limit(limit).subquery())).scalar_one()
            if n < limit:
                best, fewest = source, n
        return None if best is None else self.reader.execute(best).scalars().all()

    def _sources(self) -> list[tuple[Select[Any], int]]:
        """What ids can be gathered from, each with the number above which it is not worth it."""
        streams = self.by_activity and self.text is not None and self.text.streams
        if self.by_activity and self.text is None and len(self.conditions) == 1 and self.conditions[0].is_ordered:
            return []  # walked in its own order
        most = GATHER_BESIDE_TEXT if streams and self.wanted.tab != "hot" else GATHER  # few of those are hot
        found = [
            (condition.ids, condition.gather or most) for condition in self.conditions if condition.ids is not None
        ]
        if not self.by_activity and (self.stretch or self.wanted.tab == "recents"):
            found.append((self._of_stretch(), self._worth_gathering()))
        if self.text is not None and not streams and (self.text.streams or self.text.estimate < GATHER):
            found.append((self.text.ids, GATHER if self.by_activity else GATHER_TEXT))
        return found

    def _of_stretch(self) -> Select[Any]:
        """The ids of the wanted stretch of time, or of Recents, from the indexes in order of activity."""
        parts = []
        for part in halves(self.wanted):
            unread = [c.unread_count > ZERO] if part.unread and not self.wanted.unread else []
            parts.append(select(c.id).where(tab_test(part), *activity_tests(part, c.activity_key), *unread))
        found = union_all(*parts).subquery()
        return select(found.c.id)

    def _worth_gathering(self) -> int:
        """How many rows may be gathered and sorted before walking the order's index is quicker."""
        return isqrt(WALKED * self.reader.execute(_SIZE).scalar_one())

    def _sorted(self, ids: Sequence[int], bounds: list[ColumnElement[bool]], descending: bool, limit: int) -> list[Key]:
        among = c.id.in_(engines.id_set(self.reader, ids))
        if len(ids) > GATHER:
            return self._first(self._ordered([among, self.tab, *bounds], descending, limit))
        # So few are sorted here: with an order in the statement, an engine may walk that order's whole index instead.
        rows = select(*self.sort.columns, c.id.label("id_")).where(among, self.tab, *self._tests(), *bounds)
        return sorted(self._first(rows), reverse=descending)[:limit]

    def _first(self, rows: Select[Any]) -> list[Key]:
        return [tuple(row) for row in self.reader.execute(rows).all()]

    def _newest(self, slice_: Slice, descending: bool) -> list[Key]:
        """By activity: the tab's rows in order, or the text index's hits, each looked up in its row."""
        low, high = self._range(slice_)
        values: dict[str, Any] = {"low": low, "high": high, "most": slice_.limit}
        tests = [condition.test for condition in self.conditions]
        streams = self.text is not None and self.text.streams
        statement = _in_order(self.wanted.tab, self.wanted.include_archived, descending, streams)
        if self.text is not None and streams:
            values["match"] = self.text.expression
        elif self.text is not None and not tests:
            return self._walked(self.text, statement, values, descending)
        elif self.text is not None:
            tests.append(self.text.test)
        rows = self.reader.execute(statement.where(*tests) if tests else statement, values)
        return [tuple(row) for row in rows.all()]

    def _walked(self, found: TextMatch, rows: Select[Any], values: dict[str, Any], descending: bool) -> list[Key]:
        """The tab's rows tested one by one, as many as should do; if they do not, all hits of the text index.

        A word may be frequent and yet be in none of the tab's rows.
        """
        key = c.activity_key
        size = self.reader.execute(_SIZE).scalar_one()
        near = max(GATHER_TEXT, PATIENCE * values["most"] * size // max(found.estimate, 1))
        within = [self.tab, key.between(values["low"], values["high"])]
        order = key.desc() if descending else key.asc()
        end = self.reader.execute(select(key).where(*within).order_by(order).offset(near).limit(1)).scalar()
        edge = {} if end is None else {"low" if descending else "high": end}
        kept = [tuple(row) for row in self.reader.execute(rows.where(found.test), {**values, **edge}).all()]
        if end is None or len(kept) >= values["most"]:
            return kept
        ids = self.reader.execute(found.ids).scalars().all()
        rest = select(key, c.id.label("id_")).where(c.id.in_(engines.id_set(self.reader, ids)), *within, *self._tests())
        return sorted(self._first(rest), reverse=descending)[: values["most"]]

    def _ordered(self, where: Sequence[ColumnElement[bool]], descending: bool, limit: int) -> Select[Any]:
        columns = self.sort.columns
        order = [column.desc() if descending else column.asc() for column in columns]
        return select(*columns, c.id.label("id_")).where(*where, *self._tests()).order_by(*order).limit(limit)


_SIZE = select(func.coalesce(func.max(c.id), 0))


@cache
def _in_order(tab: str, include_archived: bool, descending: bool, is_stream: bool) -> Select[Any]:
    """The keys of a tab by activity, at most `most` from `low` to `high`; as a stream, of those whose text holds
    `match`. Built once: building a statement costs more than running it.
    """
    test = tab_test(ConversationFilter(tab=tab, include_archived=include_archived))  # type: ignore[arg-type]
    rows = hits(c.activity_key, c.id.label("id_")) if is_stream else select(c.activity_key, c.id.label("id_"))
    key = TextMatch.order if is_stream else c.activity_key
    low, high = (bindparam(name, type_=BigInteger) for name in ("low", "high"))
    if is_stream:
        # The hits begin where the tab does: the archived ones, say, are mostly old.
        edge = select(func.max(c.activity_key) if descending else func.min(c.activity_key)).where(test)
        rows = rows.where(key <= edge.scalar_subquery() if descending else key >= edge.scalar_subquery())
    rows = rows.where(test, key >= low, key <= high)
    return rows.order_by(key.desc() if descending else key.asc()).limit(bindparam("most", type_=BigInteger))


def counted(reader: Connection, plans: Sequence[Plan], cap: int | None) -> int:
    """How many conversations one of the plans finds; at most `cap`."""
    if cap is None and len(plans) == 1:
        found = plans[0].matching().subquery()
        return int(reader.execute(select(func.count()).select_from(found)).scalar_one())
    return min(len({id_ for plan in plans for id_ in plan.ids(cap)}), ALL if cap is None else cap)
