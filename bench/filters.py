"""Mixes of filters with exact counts, all tab counts and all facets: from the database and from the mirror."""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection

from bench.data import Set, say
from bench.measure import once, runs, timing
from bench.report import Row
from core import conversations
from core.analytics import inbox
from core.analytics.mirror import Mirror
from core.conversations import TABS, Choices, ConversationFilter, Slice, Sort

DAY = 86_400
MIXES = 120
PATIENCE_SECONDS = 600
ORDERS = (Sort("activity"), Sort("name", False), Sort("amount"))


def mixes(reader: Connection, end: int, seed: int = 5) -> list[ConversationFilter]:
    """Filters of one to four parts, drawn from everything that can be asked."""
    drawn = random.Random(seed)
    known = conversations.choices(reader)
    return [_mix(drawn, known, end) for _ in range(MIXES)]


def _mix(drawn: random.Random, known: Choices, end: int) -> ConversationFilter:
    start = end - drawn.randrange(10, 700) * DAY
    parts: list[dict[str, Any]] = [
        {
            "tags": tuple(drawn.sample([t[0] for t in known.tags], drawn.choice((1, 1, 2, 3)))),
            "tags_mode": drawn.choice(("any", "all", "none")),
        },
        {"stages": tuple(drawn.sample([s[0] for s in known.stages], drawn.choice((1, 2))))},
        {"pipeline_id": drawn.choice(known.pipelines)[0]},
        {"owner_mode": "these", "owners": (drawn.choice(known.owners)[0],)},
        {"owner_mode": "unassigned"},
        {"sources": (drawn.choice(known.sources),)},
        {"unread": True},
        {"last_direction": drawn.choice(("in", "out"))},
        {"active_from": start, "active_to": start + drawn.choice((7, 30, 120)) * DAY},
        {"amount_from": drawn.randrange(20_000, 200_000), "amount_to": drawn.randrange(200_000, 400_000)},
        {"opted_out": drawn.random() < 0.5},
        {"has_deal": drawn.random() < 0.5},
        {"in_workflow": drawn.random() < 0.5},
    ]
    chosen: dict[str, Any] = {"tab": drawn.choice(TABS)}
    for part in drawn.sample(parts, drawn.choice((1, 2, 2, 3, 4))):
        chosen |= part
    return ConversationFilter(**chosen)


def filters(data: Set, mirror: Mirror, end: int) -> Iterator[Row]:
    """Pages of mixes, their exact counts, tab counts and facets."""
    with data.store.read() as reader:
        wanted = mixes(reader, end)
        yield from _from_sql(reader, wanted)
        yield from _from_mirror(reader, mirror, wanted)


@contextmanager
def mirrored(data: Set) -> Iterator[tuple[Mirror, Row]]:
    """A loaded mirror, and what loading it took."""
    mirror = Mirror.start(data.store)
    try:
        yield mirror, Row("mirror", "full load", timing([_wait(mirror) * 1_000]), "mirror")
    finally:
        mirror.stop()


def _wait(mirror: Mirror) -> float:
    say("loading the mirror")
    begun = time.monotonic()
    while mirror.status.state != "ready":
        if time.monotonic() - begun > PATIENCE_SECONDS:
            raise TimeoutError(f"The mirror is {mirror.status}")
        time.sleep(0.01)
    return time.monotonic() - begun


def _from_sql(reader: Connection, wanted: list[ConversationFilter]) -> Iterator[Row]:
    pages, counts = [], []
    for place, mix in enumerate(wanted):
        order = ORDERS[place % len(ORDERS)]
        conversations.find(reader, mix, order)
        pages.append(once(lambda mix=mix, order=order: conversations.find(reader, mix, order)))
        counts.append(once(lambda mix=mix: conversations.count(reader, mix)))
    yield Row("filters", f"page of a mix of filters, SQL ({len(wanted)} mixes)", timing(pages))
    yield Row("filters", "its exact count, SQL", timing(counts))
    tabs = runs(lambda: conversations.tab_counts(reader, ConversationFilter()), 10)
    yield Row("filters", "all tab counts, SQL", timing(tabs))


def _from_mirror(reader: Connection, mirror: Mirror, wanted: list[ConversationFilter]) -> Iterator[Row]:
    counts, both, tabs, facets = [], [], [], []
    for place, mix in enumerate(wanted):
        order = ORDERS[place % len(ORDERS)]
        n = inbox.count(mirror, mix)
        assert n == conversations.count(reader, mix).n, f"mirror and SQL disagree about {mix}"
        counts.append(once(lambda mix=mix: inbox.count(mirror, mix)))
        both.append(once(lambda mix=mix, order=order: _page_and_count(reader, mirror, mix, order)))
        tabs.append(once(lambda mix=mix: inbox.tab_counts(mirror, mix)))
        facets.append(once(lambda mix=mix: inbox.facets(mirror, mix)))
    yield Row("filters", "exact count of a mix, mirror", timing(counts, "each equal to the count in SQL"), "mix")
    yield Row("filters", "page and exact count of a mix, mirror", timing(both), "mix")
    yield Row("filters", "all tab counts under a mix, mirror", timing(tabs), "mix")
    yield Row("filters", "all facets under a mix, mirror", timing(facets), "mix")


def _page_and_count(reader: Connection, mirror: Mirror, mix: ConversationFilter, order: Sort) -> None:
    ids = inbox.page_ids(mirror, mix, order, Slice()) or []
    conversations.page_of(reader, ids)
    inbox.count(mirror, mix)
