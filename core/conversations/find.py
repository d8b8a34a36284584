"""The list: one page of conversations under a filter, in an order, with why each one matched."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import pandas as pd
from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from core.conversations import reasons, rows
from core.conversations.filters import TABS, ConversationFilter
from core.conversations.matching import alternatives
from core.conversations.paging import Slice, Sort, cursor, settled
from core.conversations.parts import parts
from core.conversations.phrases import BUDGET, merge, scan
from core.conversations.plan import ALL, Key, Plan
from core.conversations.query import Query, parse

NEWEST = Sort()
FIRST_PAGE = Slice()
BLANK = Query()


@dataclass(frozen=True)
class Page:
    """One page. `rows` as `rows.frame` says, in display order; `first`/`last` are the cursors of its ends.

    `scanned_to`: a phrase was not looked for beyond this cursor; go on from there. None: the page is what it says.
    """

    rows: pd.DataFrame
    first: str | None = None
    last: str | None = None
    has_before: bool = False
    has_after: bool = False
    scanned_to: str | None = None


@dataclass(frozen=True)
class Count:
    """`n` conversations; at least `n` when it is not exact."""

    n: int
    is_exact: bool = True


def find(
    reader: Connection,
    wanted: ConversationFilter,
    sort: Sort = NEWEST,
    slice_: Slice = FIRST_PAGE,
    budget: int | None = BUDGET,
) -> Page:
    """One page of the wanted conversations.

    Order: as `sort`, the whole result sorted, never only the page; ties by id.
    `budget`: how many candidates a phrase may read before the page comes as it is; None: all.
    Raises: Invalid for a damaged cursor.
    """
    query = parse(wanted.search)
    slice_ = settled(reader, sort, slice_)
    keys, border = _keys(_plans(reader, wanted, query, sort), replace(slice_, limit=slice_.limit + 1), budget)
    found = keys[::-1] if slice_.is_backward else keys
    page = page_of_ids(reader, [key[-1] for key in found], sort, slice_, query)
    if border is None:
        return page
    before, after = page.has_before or slice_.is_backward, page.has_after or not slice_.is_backward
    return replace(page, has_before=before, has_after=after, scanned_to=cursor(sort, border[:-1]))


def page_of_ids(reader: Connection, ids: Sequence[int], sort: Sort, slice_: Slice, query: Query = BLANK) -> Page:
    """The page of a slice whose ids were found already, in display order; an id over its limit: more follow."""
    more = len(ids) > slice_.limit
    kept = list(ids[-slice_.limit :] if slice_.is_backward else ids[: slice_.limit])
    shown, tags = rows.display(reader, kept), rows.tags_of(reader, kept)
    has_before = more if slice_.is_backward else slice_.after is not None or slice_.at is not None
    has_after = slice_.before is not None if slice_.is_backward else more
    frame = rows.frame(shown, tags, None if query.is_blank else reasons.explain(reader, shown, tags, query))
    if not shown:
        return Page(frame, None, None, has_before, has_after)
    ends = [str(row.activity_key if sort.by == "activity" else row.id) for row in (shown[0], shown[-1])]
    return Page(frame, ends[0], ends[1], has_before, has_after)


def page_of(reader: Connection, ids: Sequence[int]) -> pd.DataFrame:
    """The display rows of these ids, in this order."""
    return rows.frame(rows.display(reader, ids), rows.tags_of(reader, ids))


def count(reader: Connection, wanted: ConversationFilter, cap: int | None = None) -> Count:
    """How many conversations the filter finds; with a `cap`, counting ends there and `is_exact` is False.

    A phrase is counted by reading texts: with a cap, no more of them than a page may read.
    """
    query = parse(wanted.search)
    plans = _plans(reader, wanted, query, NEWEST)
    limit = ALL if cap is None else cap + 1
    if query.phrases:
        keys, border = _keys(plans, Slice(limit), None if cap is None else BUDGET)
        return Count(min(len(keys), limit - 1), is_exact=border is None and len(keys) < limit)
    n = _counted(reader, [plan for plan, _ in chain(*plans)], None if cap is None else limit)
    return Count(min(n, limit - 1), is_exact=n < limit)


def find_ids(reader: Connection, wanted: ConversationFilter) -> list[int]:
    """The ids of all wanted conversations, ascending: what "all that match" freezes."""
    query = parse(wanted.search)
    plans = _plans(reader, wanted, query, NEWEST)
    if query.phrases:
        return sorted(key[-1] for key in _keys(plans, Slice(ALL), None)[0])
    return sorted({id_ for plan, _ in chain(*plans) for id_ in plan.ids(None)})


def among(reader: Connection, wanted: ConversationFilter, ids: Collection[int]) -> set[int]:
    """Those of these ids that the filter finds; costs what these ids cost, whatever else it would find."""
    if not ids:
        return set()
    found: set[int] = set()
    for plan, phrases in chain(*_plans(reader, wanted, parse(wanted.search), NEWEST)):
        held = plan.among(list(ids))
        found |= reasons.holding(reader, held, phrases) if phrases else set(held)
    return found


def holds(reader: Connection, wanted: ConversationFilter) -> ColumnElement[bool]:
    """Whether a filter without a search text finds a conversation, as a test on its row: for lists of other things."""
    return or_(*[and_(plan.tab, *plan.tests()) for plan, _ in chain(*_plans(reader, wanted, BLANK, NEWEST))])


def tab_counts(reader: Connection, wanted: ConversationFilter, cap: int | None = None) -> dict[str, Count]:
    """The count of every tab under the rest of the filter."""
    tabs: dict[str, ConversationFilter] = {tab: replace(wanted, tab=tab) for tab in TABS}  # type: ignore[arg-type]
    return {tab: count(reader, one, cap) for tab, one in tabs.items()}


Planned = list[tuple[Plan, tuple[str, ...]]]
"""The plans of the alternatives, each with the phrases that must be read in the texts."""


def _plans(reader: Connection, wanted: ConversationFilter, query: Query, sort: Sort) -> list[Planned]:
    """The plans by parts of the list, which follow each other in its order."""
    found = alternatives(reader, query)
    return [[(Plan(reader, part, one, sort), one.phrases) for one in found] for part in parts(reader, wanted, sort)]


def _keys(planned: list[Planned], slice_: Slice, budget: int | None) -> tuple[list[Key], Key | None]:
    keys: list[Key] = []
    border = None
    descending = planned[0][0][0].sort.descending != slice_.is_backward
    for plans in planned[::-1] if slice_.is_backward else planned:
        results = [scan(plan, phrases, slice_, budget) for plan, phrases in plans]
        found, border = merge(results, slice_.limit, descending) if len(results) > 1 else results[0]
        keys += found
        if len(keys) >= slice_.limit or border is not None:
            return keys[: slice_.limit], None if len(keys) >= slice_.limit else border
    return keys, border


def _counted(reader: Connection, plans: Sequence[Plan], cap: int | None) -> int:
    """How many conversations one of the plans finds; at most `cap`."""
    if len(plans) == 1:
        found = plans[0].matching().limit(cap).subquery()
        return int(reader.execute(select(func.count()).select_from(found)).scalar_one())
    return min(len({id_ for plan in plans for id_ in plan.ids(cap)}), ALL if cap is None else cap)
