"""From conditions to the ids of one page; the driving index is picked here, for the engines' planners pick badly."""

from collections.abc import Sequence
from functools import cache, cached_property
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Connection,
    Select,
    and_,
    bindparam,
    false,
    func,
    literal_column,
    or_,
    select,
    true,
    union_all,
)

from core.conversations.conditions import ZERO, activity_tests, filter_conditions, halves, tab_test
from core.conversations.filters import ConversationFilter
from core.conversations.matching import Alternative
from core.conversations.paging import Slice, Sort
from core.conversations.parts import Part
from core.conversations.upkeep import FIRST_KNOWN, SHIFT
from core.database import engines
from core.database.search_query import TextMatch, hits
from core.database.tables import conversation, custom_value

c = conversation.c
v = custom_value.c

GATHER = 8_000
"""A condition with fewer ids is gathered and sorted; else the order's own index is walked."""

GATHER_BEFORE_SET, SET, SET_OF_TEXT = 2_000, 20_000, 60_000
"""For a page, where sets are quick: fewer ids than the first number are gathered; up to the second (of a text: the
third) they are a set that each step along the index asks, in a tenth of the time that looking a row up takes."""

GATHER_TEXT = 20_000
"""The same as GATHER for the text index in another order than its own: hits cost less than testing row by row."""

GATHER_BESIDE_TEXT = 1_000
"""The same for a condition beside a text index that streams: a row costs it what two hundred hits cost."""

PATIENCE = 8
"""So many times the rows are walked that a word, were it spread evenly, would need."""

ALL = 2**40
"""A limit beyond every list."""

EARLIEST, LATEST = -(2**62), 2**62
"""Beyond every activity key."""

Ids = Select[Any] | CompoundSelect[Any]

Key = tuple[Any, ...]
"""The sort values of a row, ending in a unique one; the id follows them."""


class Plan:
    """One alternative of a part of the list, in one order."""

    def __init__(self, reader: Connection, part: Part, alternative: Alternative, sort: Sort) -> None:
        self.reader = reader
        self.sort = sort
        self.part = part
        self.wanted = part.wanted
        listed = [(term.word, term.is_prefix) for term in alternative.terms]
        self.text = TextMatch(reader, listed) if listed else None
        self.conditions = [*alternative.conditions, *filter_conditions(reader, part.wanted)]
        self.by_activity = sort.by == "activity"
        self.streams = self.by_activity and self.text is not None and self.text.streams
        self.has_sets = engines.has_quick_sets(reader)

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
        source, n = self._rarest()
        if source is not None and n < self._worth_gathering(of_page=True):
            return self._sorted(self._all(source), self._stretches(slice_), descending, slice_.limit)
        narrow = [] if source is None else [_unsought(c.id if self.by_activity else self.part.columns[-1]).in_(source)]
        if self.by_activity:
            return self._newest(slice_, descending, narrow)
        found: list[Key] = []
        for within in self._stretches(slice_):
            if len(found) < slice_.limit:
                where = [self.tab, *within, *narrow]
                found += self._first(self._ordered(where, descending, slice_.limit - len(found)))
        return found

    def ids(self, cap: int | None) -> list[int]:
        """The matching ids in no order; with a cap, at most so many."""
        return list(self.reader.execute(self.matching().limit(cap)).scalars().all())

    def matching(self) -> Select[Any]:
        """A selection of all matching ids."""
        source, n = self._rarest()
        if source is not None and n < self._worth_gathering(of_page=False):
            return self._of(self._all(source))
        if self.text is not None and self.text.streams:
            return self.text.ids.where(self.tab, *self.tests(without_text=True))
        return select(c.id).where(self.tab, *self.tests())

    def ordered(self) -> Select[Any]:
        """A selection of all matching ids in the order, which other columns of the conversation can be added to."""
        source, n = self._rarest()
        few = [] if source is None or n >= self._worth_gathering(of_page=False) else [self._all(source)]
        order = [column.desc() if self.sort.descending else column.asc() for column in self.part.columns]
        among = [c.id.in_(engines.id_set(self.reader, ids)) for ids in few]
        return self._rows(v.contact_id).with_only_columns(c.id).where(*among, self.tab, *self.tests()).order_by(*order)

    def among(self, ids: list[int]) -> list[int]:
        """Those of these ids that match."""
        return list(self.reader.execute(self._of(ids)).scalars().all())

    def _of(self, ids: Sequence[int]) -> Select[Any]:
        return select(c.id).where(c.id.in_(engines.id_set(self.reader, ids)), self.tab, *self.tests())

    def _stretches(self, slice_: Slice) -> list[list[ColumnElement[bool]]]:
        """What holds of the rows the slice is taken from: stretches of the order that follow each other.

        Those that equal the edge but for their id are one of their own, which the index can seek; they may be many.
        """
        if self.by_activity:
            return [[c.activity_key.between(*self._range(slice_))]]
        column, id_column = self.part.columns[0], self.part.columns[-1]
        descending, is_rest = self.sort.descending != slice_.is_backward, self.part.is_rest
        begin: list[ColumnElement[bool]] = []
        if slice_.at is not None and not is_rest:
            begin = [column <= slice_.at if self.sort.descending else column >= slice_.at]
        if slice_.edge is None:
            return [begin]
        *value, id_ = slice_.edge  # of the rest: the id alone
        if is_rest != (not value):
            return [[]] if is_rest != slice_.is_backward else []  # all of this part lies further along, or none
        tied = id_column < id_ if descending else id_column > id_
        if is_rest:
            return [[tied]]
        beyond = column < value[0] if descending else column > value[0]
        return [[*begin, column == value[0], tied], [*begin, beyond]]

    def _range(self, slice_: Slice) -> tuple[int, int]:
        """The lowest and the highest activity key that the slice and the wanted stretch of time allow."""
        start, end, at = self.wanted.active_from, self.wanted.active_to, slice_.at
        low = start << SHIFT if start is not None else EARLIEST if end is None else FIRST_KNOWN
        high = LATEST if end is None else (end << SHIFT) - 1
        if slice_.edge is not None:
            if self.sort.descending != slice_.is_backward:
                high = min(high, slice_.edge[0] - 1)
            else:
                low = max(low, slice_.edge[0] + 1)
        if isinstance(at, int):
            low, high = (low, min(high, at)) if self.sort.descending else (max(low, at), high)
        return low, high

    def tests(self, without_text: bool = False) -> list[ColumnElement[bool]]:
        """What must hold of a conversation row beside the tab's own test."""
        tests = [*self.stretch, *[condition.test for condition in self.conditions]]
        return tests if self.text is None or without_text else [*tests, self.text.test]

    def _rarest(self) -> tuple[Ids | None, int]:
        """What gives the fewest ids, and how many they are; None: nothing that is worth beginning with."""
        best: Ids | None = None
        fewest = 0
        for source, most in self._sources():
            limit = most if best is None else min(most, fewest)
            n = self.reader.execute(select(func.count()).select_from(source.limit(limit).subquery())).scalar_one()
            if n < limit:
                best, fewest = source, n
        return best, fewest

    def _worth_gathering(self, of_page: bool) -> int:
        """Fewer ids than this are gathered."""
        if self.streams:
            return GATHER_BESIDE_TEXT if self.wanted.tab != "hot" else GATHER  # few of those are hot
        return GATHER_BEFORE_SET if of_page and self.has_sets else GATHER_TEXT

    def _sources(self) -> list[tuple[Ids, int]]:
        """What ids can be had from, each with the number above which it is not worth it."""
        if self.by_activity and self.text is None and len(self.conditions) == 1 and self.conditions[0].is_ordered:
            return []  # walked in its own order
        most = SET if self.has_sets else GATHER
        found: list[tuple[Ids, int]] = [
            (condition.ids, most) for condition in self.conditions if condition.ids is not None
        ]
        is_small = self.wanted.tab == "recents" or (self.wanted.tab != "all" and self.sort.field_id is not None)
        if not self.by_activity and (self.stretch or is_small):
            found.append((self._of_stretch(), GATHER))
        if self.text is not None and not self.streams and (self.text.streams or self.text.estimate < GATHER):
            of_text = GATHER if self.by_activity else SET_OF_TEXT if self.has_sets else GATHER_TEXT
            found.append((self.text.ids, of_text))
        return found

    def _all(self, source: Ids) -> Sequence[int]:
        return self.reader.execute(source).scalars().all()

    def _of_stretch(self) -> Ids:
        """The ids of the wanted stretch of time, or of Recents, from the indexes in order of activity."""
        parts = []
        for part in halves(self.wanted):
            unread = [c.unread_count > ZERO] if part.unread and not self.wanted.unread else []
            parts.append(select(c.id).where(tab_test(part), *activity_tests(part, c.activity_key), *unread))
        return union_all(*parts) if len(parts) > 1 else parts[0]

    def _sorted(
        self, ids: Sequence[int], stretches: Sequence[Sequence[ColumnElement[bool]]], descending: bool, limit: int
    ) -> list[Key]:
        within = or_(false(), *[and_(true(), *stretch) for stretch in stretches])
        among = [c.id.in_(engines.id_set(self.reader, ids)), self.tab, within]
        if len(ids) > GATHER:
            return self._first(self._ordered(among, descending, limit))
        # So few are sorted here: with an order in the statement, an engine may walk that order's whole index instead.
        rows = self._rows(v.contact_id).where(*among, *self.tests())
        return sorted(self._first(rows), reverse=descending)[:limit]

    def _first(self, rows: Select[Any]) -> list[Key]:
        return [tuple(row) for row in self.reader.execute(rows).all()]

    def _newest(self, slice_: Slice, descending: bool, narrow: Sequence[ColumnElement[bool]]) -> list[Key]:
        """By activity: the tab's rows in order, or the text index's hits, each looked up in its row."""
        low, high = self._range(slice_)
        values: dict[str, Any] = {"low": low, "high": high, "most": slice_.limit}
        tests = [*narrow, *[condition.test for condition in self.conditions]]
        statement = _in_order(self.wanted.tab, self.wanted.include_archived, descending, self.streams)
        if self.text is not None and self.streams:
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
        rest = select(key, c.id.label("id_")).where(c.id.in_(engines.id_set(self.reader, ids)), *within, *self.tests())
        return sorted(self._first(rest), reverse=descending)[: values["most"]]

    def _ordered(self, where: Sequence[ColumnElement[bool]], descending: bool, limit: int) -> Select[Any]:
        order = [column.desc() if descending else column.asc() for column in self.part.columns]
        rows = self._rows(v.contact_id + ZERO)  # the sum: or a planner may begin with the conversations, and sort
        return rows.where(*where, *self.tests()).order_by(*order).limit(limit)

    def _rows(self, contact_id: ColumnElement[int]) -> Select[Any]:
        """Sort values and ids of conversations, joined by `contact_id` to the values that order them, if any do."""
        rows = select(*self.part.columns, c.id.label("id_"))
        return rows.where(*self.part.held, contact_id == c.id) if self.part.held else rows


def _unsought(column: ColumnElement[int]) -> ColumnElement[int]:
    return literal_column(f"+{column}")  # the plus: or the planner begins with the set, unsorted


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
