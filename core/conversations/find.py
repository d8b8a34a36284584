"""The list: one page of conversations under a filter, in an order, with why each one matched."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
from sqlalchemy import Connection

from core.conversations import reasons, rows
from core.conversations.filters import ConversationFilter
from core.conversations.matching import Alternative, alternatives
from core.conversations.paging import Slice, Sort, cursor
from core.conversations.plan import Key, Plan, counted, merged
from core.conversations.query import Query, parse

NEWEST = Sort()
FIRST_PAGE = Slice()

SCAN = 2_000
"""A phrase is looked for in the texts of so many candidates at a time."""


@dataclass(frozen=True)
class Page:
    """One page. `rows` as `rows.display` says, in display order; `first`/`last` are the cursors of its ends.

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
    reader: Connection, wanted: ConversationFilter, sort: Sort = NEWEST, slice_: Slice = FIRST_PAGE, scans: int | None = 1
) -> Page:
    """One page of the wanted conversations.

    Order: as `sort`, the whole result sorted, never only the page; ties by id.
    `scans`: how many times a phrase may read the texts of further candidates before the page comes as it is; None: to the end.
    Raises: Invalid for a damaged cursor.
    """
    query = parse(wanted.search)
    one_more = replace(slice_, limit=slice_.limit + 1)
    keys, scanned_to = _keys(reader, wanted, query, sort, one_more, scans)
    more = len(keys) > slice_.limit
    keys = keys[: slice_.limit]
    if slice_.is_backward:
        keys.reverse()
    has_before = more if slice_.is_backward else slice_.after is not None or slice_.at is not None
    has_after = slice_.before is not None if slice_.is_backward else more or scanned_to is not None
    page = page_of(reader, [key[-1] for key in keys], query)
    first, last = (cursor(sort, keys[0][:-1]), cursor(sort, keys[-1][:-1])) if keys else (None, None)
    return Page(page, first, last, has_before, has_after, scanned_to)


def page_of(reader: Connection, ids: Sequence[int], query: Query | None = None) -> pd.DataFrame:
    """The display rows of these ids, in this order, with why each matched the query."""
    frame = rows.display(reader, ids)
    return frame if query is None or query.is_blank else reasons.explain(reader, frame, query)


def count(reader: Connection, wanted: ConversationFilter, cap: int | None = None) -> Count:
    """How many conversations the filter finds; with a `cap`, counting ends there and `is_exact` is False."""
    query = parse(wanted.search)
    if query.phrases:
        return _count_phrases(reader, wanted, query, cap)
    plans = _plans(reader, wanted, alternatives(reader, query), NEWEST)
    n = counted(reader, plans, None if cap is None else cap + 1)
    return Count(n) if cap is None or n <= cap else Count(cap, is_exact=False)


def find_ids(reader: Connection, wanted: ConversationFilter) -> list[int]:
    """The ids of all wanted conversations, ascending: what "all that match" freezes."""
    query = parse(wanted.search)
    if query.phrases:
        keys, _ = _keys(reader, wanted, query, NEWEST, Slice(limit=2**40), None)
        return sorted(key[-1] for key in keys)
    plans = _plans(reader, wanted, alternatives(reader, query), NEWEST)
    return sorted({id_ for plan in plans for id_ in reader.execute(plan.matching(None)).scalars()})


def _plans(reader: Connection, wanted: ConversationFilter, found: Sequence[Alternative], sort: Sort) -> list[Plan]:
    return [Plan(reader, wanted, alternative, sort) for alternative in found]


def _keys(
    reader: Connection, wanted: ConversationFilter, query: Query, sort: Sort, slice_: Slice, scans: int | None
) -> tuple[list[Key], str | None]:
    found = alternatives(reader, query)
    if not query.phrases:
        return merged(_plans(reader, wanted, found, sort), slice_), None
    results = [_verified(reader, wanted, alternative, sort, slice_, scans) for alternative in found]
    descending = sort.descending != slice_.is_backward
    reached = [to for _, to in results if to is not None]
    keys = sorted({key for listed, _ in results for key in listed}, reverse=descending)
    if not reached:
        return keys[: slice_.limit], None
    # What lies beyond the nearest place that one of the alternatives has not looked at may not be all there is.
    border = max(reached) if descending else min(reached)
    keys = [key for key in keys if (key >= border if descending else key <= border)]
    if len(keys) >= slice_.limit:
        return keys[: slice_.limit], None
    return keys, cursor(sort, border[:-1])


def _verified(
    reader: Connection, wanted: ConversationFilter, alternative: Alternative, sort: Sort, slice_: Slice, scans: int | None
) -> tuple[list[Key], Key | None]:
    """The slice of one alternative, its phrases read in the texts; and the last candidate looked at, unless it was the last of all."""
    plan = Plan(reader, wanted, alternative, sort)
    if not alternative.phrases:
        return plan.keys(slice_), None
    found: list[Key] = []
    step = replace(slice_, limit=SCAN)
    while True:
        candidates = plan.keys(step)
        holding = reasons.holding(reader, [key[-1] for key in candidates], alternative.phrases)
        found += [key for key in candidates if key[-1] in holding]
        if len(found) >= slice_.limit or len(candidates) < step.limit:
            return found[: slice_.limit], None
        scans = None if scans is None else scans - 1
        if scans == 0:
            return found, candidates[-1]
        at = cursor(sort, candidates[-1][:-1])
        step = replace(step, before=at, is_last=False) if slice_.is_backward else replace(step, after=at, at=None)


def _count_phrases(reader: Connection, wanted: ConversationFilter, query: Query, cap: int | None) -> Count:
    keys, reached = _keys(reader, wanted, query, NEWEST, Slice(limit=2**40 if cap is None else cap + 1), None if cap is None else 1)
    if cap is not None and len(keys) > cap:
        return Count(cap, is_exact=False)
    return Count(len(keys), is_exact=reached is None)


def tab_counts(reader: Connection, wanted: ConversationFilter, cap: int | None = None) -> dict[str, Count]:
    """The count of every tab under the rest of the filter."""
    tabs: dict[str, Any] = {tab: replace(wanted, tab=tab) for tab in ("all", "hot", "recents", "archived")}
    return {tab: count(reader, one, cap) for tab, one in tabs.items()}
