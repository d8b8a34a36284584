"""Searches in every tab, newest first, each hit with the sentence that matched."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection

from bench.data import Set
from bench.measure import once, runs, timing
from bench.report import Row
from bench.words import ABSENT, Workload
from core import conversations
from core.conversations import TABS, ConversationFilter
from core.demo.library import ARCHIVED_WORD


def searches(data: Set, workload: Workload) -> Iterator[Row]:
    """Random words, pairs and prefixes; words of known frequency; digits, phrases, and what is not there."""
    with data.store.read() as reader:
        every: list[float] = []
        kinds = {
            "random words, by frequency": workload.frequent,
            "random words, each alike": workload.uniform,
            "pairs of words": workload.pairs,
            "prefixes": workload.prefixes,
        }
        for name, queries in kinds.items():
            taken, note = _all(reader, queries)
            every += taken
            yield Row("search", f"{name}, every tab", timing(taken, note))
        yield Row("search", "all of these", timing(every), "search")
        yield from _planted(reader, workload)
        yield from _special(reader, workload)


def _page(reader: Connection, query: str, tab: str = "all") -> int:
    wanted = ConversationFilter(tab=tab, search=query)  # type: ignore[arg-type]
    return len(conversations.find(reader, wanted).rows)


def _all(reader: Connection, queries: Sequence[str], tabs: Sequence[str] = TABS) -> tuple[list[float], str]:
    """Milliseconds of each query in each tab, after one run to warm up; the slowest is named."""
    taken: list[float] = []
    worst = (0.0, "")
    for query in queries:
        for tab in tabs:
            _page(reader, query, tab)
            taken.append(once(lambda query=query, tab=tab: _page(reader, query, tab)))
            worst = max(worst, (taken[-1], f"{query} in {tab}"))
    return taken, f"slowest: {worst[1]}"


def _planted(reader: Connection, workload: Workload) -> Iterator[Row]:
    for word, share in workload.planted:
        taken = [ms for tab in TABS for ms in runs(lambda tab=tab, word=word: _page(reader, word, tab), 15)]
        name = f"a word in {100 * share:g} % of messages ({word}), every tab"
        yield Row("known words", name, timing(taken), "hard" if share >= 0.3 else "search")
    archived = runs(lambda: _page(reader, ARCHIVED_WORD, "archived"), 15)
    yield Row("known words", f"a word of archived ones only ({ARCHIVED_WORD}), archived", timing(archived), "search")
    assert _page(reader, ARCHIVED_WORD, "all") == 0
    yield Row(
        "known words",
        "the same in all: tab and word exclude each other",
        timing(runs(lambda: _page(reader, ARCHIVED_WORD), 15)),
        "excluding",
    )
    yield Row("known words", "a word that is nowhere", timing(runs(lambda: _page(reader, ABSENT), 15)), "search")
    for word, _ in (workload.planted[0], workload.planted[3]):
        count = runs(lambda word=word: conversations.count(reader, ConversationFilter(search=word)), 10)
        yield Row("known words", f"exact count of {word}, SQL", timing(count))


def _special(reader: Connection, workload: Workload) -> Iterator[Row]:
    taken, note = _all(reader, workload.phones)
    yield Row("search", "parts of phones in many spellings, every tab", timing(taken, note), "search")
    taken, note = _all(reader, ("555", "55501", "000"), ("all", "archived"))
    yield Row("search", "digits that most phones have, or none", timing(taken, note), "search")
    taken, note = _all(reader, workload.phrases, ("all", "archived"))
    yield Row("search", "first page of a phrase", timing(taken, note), "phrase")
