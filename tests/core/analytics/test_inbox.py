"""The mirror's answers are the database's answers, for every filter, order and page."""

import itertools
import random
from dataclasses import replace

import pytest
from sqlalchemy import update

from core import conversations
from core.access import Actor
from core.analytics import inbox, listing
from core.analytics.mirror import Mirror
from core.conversations import Choices, ConversationFilter, Slice, Sort
from core.conversations.filters import TABS
from core.database import Store, Work
from core.database.tables import conversation
from tests.conftest import Clock
from tests.core.analytics import verbs
from tests.core.analytics.conftest import load
from tests.core.conversations import oracle, wishes, world

SORTS = [Sort(by, descending) for by in ("activity", "name", "amount") for descending in (True, False)]  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def shared_world(shared_store: Store) -> Store:
    world.fill_at_noon(shared_store, 300, 1)
    return shared_store


@pytest.fixture(scope="module")
def loaded(shared_world: Store) -> Mirror:
    """Of a world that the tests only read."""
    return load(shared_world)


@pytest.fixture
def still(shared_world: Store, fixed_clock: Clock) -> Store:
    """That world."""
    return shared_world


@pytest.fixture
def loaded_by_bits(still: Store, bits: None) -> Mirror:
    """Of that world, with tags and stages that have a bit, and with those that have none."""
    return load(still)


def _wishes(store: Store, n: int, seed: int) -> tuple[Choices, list[ConversationFilter]]:
    rng = random.Random(seed)
    with store.read() as reader:
        known, choices = oracle.everything(reader), conversations.choices(reader)
    return choices, [replace(wishes.wish(rng, known, choices, parts=4), search="") for _ in range(n)]


def test_every_wish_is_counted_and_listed_as_the_database_does(
    still: Store, loaded_by_bits: Mirror, is_full: bool
) -> None:
    _, wanted_ones = _wishes(still, 1000 if is_full else 50, 5)
    rng = random.Random(6)
    with still.read() as reader:
        for wanted in wanted_ones:
            sort = rng.choice(SORTS)
            expected = list(conversations.find(reader, wanted, sort, Slice(limit=400)).rows["id"])
            assert inbox.page_ids(loaded_by_bits, wanted, sort, Slice(limit=400)) == expected, (wanted, sort)
            assert inbox.count(loaded_by_bits, wanted) == len(expected), wanted
            tabs = {tab: found.n for tab, found in conversations.tab_counts(reader, wanted).items()}
            assert inbox.tab_counts(loaded_by_bits, wanted) == tabs, wanted


def test_a_facet_is_the_count_that_choosing_it_would_give(still: Store, loaded_by_bits: Mirror, is_full: bool) -> None:
    choices, wanted_ones = _wishes(still, 200 if is_full else 6, 7)
    with still.read() as reader:
        for wanted in wanted_ones:
            found = inbox.facets(loaded_by_bits, wanted)
            tried = {
                "tags": {id_: wanted.without("tags") for id_, *_ in choices.tags},
                "stages": {id_: wanted.without("stages") for id_, *_ in choices.stages},
                "owners": {id_: wanted.without("owner_mode") for id_ in (None, *[one[0] for one in choices.owners])},
                "sources": {name: wanted.without("sources") for name in ("", *choices.sources)},
            }
            expected = {
                kind: {key: conversations.count(reader, _choose(rest, kind, key)).n for key, rest in rests.items()}
                for kind, rests in tried.items()
            }
            assert found == {kind: {key: n for key, n in ns.items() if n} for kind, ns in expected.items()}, wanted


def _choose(rest: ConversationFilter, kind: str, key: int | str | None) -> ConversationFilter:
    if kind == "owners":
        return replace(rest, owner_mode="unassigned" if key is None else "these", owners=(key,) if key else ())
    return replace(rest, **{kind: (key,)} | ({"tags_mode": "any"} if kind == "tags" else {}))


def test_pages_and_ranks_are_the_databases_on_the_way_there_and_back(still: Store, loaded: Mirror) -> None:
    wanted_ones = (ConversationFilter(), ConversationFilter(tab="recents", tags=(1, 2, 3)))
    with still.read() as reader:
        for sort, wanted in itertools.product(SORTS, wanted_ones):
            walks = [Slice(40), Slice(40, is_last=True)]
            while walks:
                slice_ = walks.pop()
                page = conversations.find(reader, wanted, sort, slice_)
                ids = list(page.rows["id"])
                assert inbox.page_ids(loaded, wanted, sort, slice_) == ids
                whole = inbox.page_ids(loaded, wanted, sort, Slice(400)) or []
                assert inbox.rank(loaded, wanted, sort, page.first or "") == whole.index(ids[0])
                if slice_.is_backward and page.has_before:
                    walks.append(Slice(40, before=page.first))
                if not slice_.is_backward and page.has_after:
                    walks.append(Slice(40, after=page.last))


def test_a_jump_to_a_value_is_the_databases(still: Store, loaded: Mirror) -> None:
    jumps = [(Sort("name", False), "m"), (Sort("name"), "m"), (Sort("amount"), 25_000), (Sort("amount", False), 25_000)]
    with still.read() as reader:
        for sort, at in jumps:
            page = conversations.find(reader, ConversationFilter(), sort, Slice(60, at=at))
            assert inbox.page_ids(loaded, ConversationFilter(), sort, Slice(60, at=at)) == list(page.rows["id"])


def test_a_cursor_whose_row_is_gone_starts_over_and_damage_is_left_to_the_database(loaded: Mirror) -> None:
    by_name = Sort("name", descending=False)
    first = inbox.page_ids(loaded, ConversationFilter(), by_name, Slice(5))
    assert inbox.page_ids(loaded, ConversationFilter(), by_name, Slice(5, after="999999")) == first
    assert inbox.rank(loaded, ConversationFilter(), by_name, "999999") is None
    assert inbox.page_ids(loaded, ConversationFilter(), by_name, Slice(5, after="1; DROP TABLE")) is None
    assert inbox.rank(loaded, ConversationFilter(), by_name, "-1") is None


ODD_NAMES = (
    "",
    "a",
    "a b",
    "ab",
    "Z",
    "z",
    "ä",
    "é",
    "e\u0301",
    "ß",
    "ﬁ",
    "ł",
    "李",
    "田中",
    "😂",
    "\uffff",
    "~",
    "'",
    "%",
)


def _name(work: Work, names: dict[int, str]) -> None:
    for id_, name in names.items():
        work.conn.execute(update(conversation).where(conversation.c.id == id_).values(name_key=name))


def test_odd_names_have_the_same_order_everywhere(filled: Store, alice: Actor, mirror: Mirror) -> None:
    ids = inbox.page_ids(mirror, ConversationFilter(include_archived=True), Sort(), Slice(2 * len(ODD_NAMES))) or []
    filled.write(alice, _name, dict(zip(ids, ODD_NAMES * 2, strict=True)))
    fresh = Mirror(filled)
    fresh.step()
    everything = ConversationFilter(include_archived=True)
    with filled.read() as reader:
        for sort in (Sort("name"), Sort("name", descending=False)):
            expected = list(conversations.find(reader, everything, sort, Slice(400)).rows["id"])
            assert inbox.page_ids(fresh, everything, sort, Slice(400)) == expected


def test_a_search_is_left_to_the_database(loaded: Mirror) -> None:
    wanted = ConversationFilter(search="quote")
    asked = (inbox.count, inbox.tab_counts, inbox.facets)
    assert [question(loaded, wanted) for question in asked] == [None, None, None]  # type: ignore[operator]
    assert inbox.page_ids(loaded, wanted, Sort(), Slice()) is None
    assert inbox.count(loaded, ConversationFilter(search="  ")) is not None


def test_facets_for_a_screen_come_from_a_current_mirror_only(filled: Store, alice: Actor, mirror: Mirror) -> None:
    with filled.read() as reader:
        found = listing.facets(reader, mirror, ConversationFilter())
        assert found == inbox.facets(mirror, ConversationFilter())
        assert listing.facets(reader, None, ConversationFilter()) is None
        assert listing.facets(reader, mirror, ConversationFilter(search="quote")) is None
    filled.write(alice, verbs.mark, verbs.ids(mirror)[:2], is_hot=1)
    with filled.read() as reader:
        assert listing.facets(reader, mirror, ConversationFilter()) is None


def test_text_from_outside_stays_a_value(loaded: Mirror) -> None:
    nasty = ("' OR 1=1 --", "web'); DROP TABLE conversation; --", '"', "?", "\x00")
    assert inbox.count(loaded, ConversationFilter(sources=nasty)) == 0
    assert (inbox.tab_counts(loaded, ConversationFilter()) or {}).keys() == set(TABS)


def test_a_value_too_large_breaks_nothing(loaded: Mirror) -> None:
    assert inbox.count(loaded, ConversationFilter(amount_from=10**50)) in (0, None)
    assert loaded.status.state == "ready"
    assert inbox.count(loaded, ConversationFilter()) is not None
