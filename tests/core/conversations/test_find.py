"""The list against brute force, page by page and edge by edge."""

import random

import pytest
from sqlalchemy import Connection

from core import conversations
from core.conversations import ConversationFilter, Slice, Sort, matching, phrases, plan
from core.database import Store
from tests.conftest import Clock
from tests.core.conversations import oracle, wishes, world

TINY = (
    (plan, "GATHER", 5),
    (plan, "GATHER_TEXT", 12),
    (plan, "GATHER_BESIDE_TEXT", 4),
    (plan, "GATHER_BEFORE_SET", 3),
    (plan, "SET", 20),
    (plan, "SET_OF_TEXT", 40),
    (phrases, "FIRST_STEP", 3),
    (phrases, "LAST_STEP", 9),
    (matching, "BRANCHING", 0),
)
WANTED = (
    ConversationFilter(),
    ConversationFilter(tab="recents"),
    ConversationFilter(tags=(2, 3)),
    ConversationFilter(search="quote"),
    ConversationFilter(search='"ok. x"'),
    ConversationFilter(search="refund 555"),
)


@pytest.fixture(scope="module")
def shared_world(shared_store: Store) -> Store:
    world.fill_at_noon(shared_store, 300, 1)
    return shared_store


@pytest.fixture
def filled(shared_world: Store, fixed_clock: Clock) -> Store:
    """Three hundred conversations, which these tests only read."""
    return shared_world


@pytest.mark.parametrize("thresholds", ["as they are", "tiny"])
def test_a_thousand_wishes_find_what_brute_force_finds(
    filled: Store, is_full: bool, thresholds: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if thresholds == "tiny":  # a small world then takes the roads of a large one
        for module, name, value in TINY:
            monkeypatch.setattr(module, name, value)
    rng = random.Random(20)
    with filled.read() as reader:
        known = oracle.everything(reader)
        choices = conversations.choices(reader)
        for _ in range(1000 if is_full else 50):
            wanted, sort = wishes.wish(rng, known, choices), wishes.order(rng)
            expected = oracle.find(known, wanted, sort)
            limit = rng.choice((5, 30, 400))
            page = conversations.find(reader, wanted, sort, Slice(limit), budget=None)
            assert list(page.rows["id"]) == expected[:limit], (wanted, sort)
            assert conversations.count(reader, wanted).n == len(expected), wanted
            assert conversations.find_ids(reader, wanted) == sorted(expected), wanted
            some = rng.sample([one.row["id"] for one in known], 40)
            assert conversations.among(reader, wanted, some) == set(some) & set(expected), wanted


@pytest.mark.parametrize("by", ["activity", "name", "amount"])
@pytest.mark.parametrize("descending", [True, False])
def test_pages_forwards_and_backwards_are_the_whole_list_in_order(filled: Store, by: str, descending: bool) -> None:
    sort = Sort(by, descending)  # type: ignore[arg-type]
    rng = random.Random(4)
    with filled.read() as reader:
        known = oracle.everything(reader)
        for wanted in WANTED:
            expected = oracle.find(known, wanted, sort)
            size = rng.randint(3, 40)
            assert _forwards(reader, wanted, sort, size) == expected, wanted
            assert _backwards(reader, wanted, sort, size) == expected, wanted


@pytest.mark.parametrize("slice_", [Slice(5, after="999999999"), Slice(5, before="999999999")])
def test_the_list_begins_anew_when_the_conversation_of_a_link_is_gone(filled: Store, slice_: Slice) -> None:
    with filled.read() as reader:
        page = conversations.find(reader, ConversationFilter(), Sort("name", False), slice_)
        first = conversations.find(reader, ConversationFilter(), Sort("name", False), Slice(5))
    assert list(page.rows["id"]) == list(first.rows["id"])
    assert not page.has_before
    assert page.has_after


def test_who_would_see_an_empty_page_is_looked_for_further(filled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phrases, "FIRST_STEP", 1)
    wanted, sort = ConversationFilter(search="$"), Sort("name", True)
    with filled.read() as reader:
        hits = _forwards(reader, wanted, sort, 100)
        first = _forwards(reader, ConversationFilter(), sort, 100).index(hits[0])
        assert first
        for patience in (1, first + 1):
            monkeypatch.setattr(phrases, "PATIENCE", patience)
            page = conversations.find(reader, wanted, sort, Slice(50), budget=1)
            assert list(page.rows["id"]) == hits[: patience > 1]
            assert page.has_after


def _forwards(reader: Connection, wanted: ConversationFilter, sort: Sort, size: int) -> list[int]:
    ids: list[int] = []
    slice_ = Slice(size)
    while True:
        page = conversations.find(reader, wanted, sort, slice_, budget=None)
        assert page.has_before == bool(ids)
        ids += list(page.rows["id"])
        if not page.has_after:
            return ids
        slice_ = Slice(size, after=page.last)


def _backwards(reader: Connection, wanted: ConversationFilter, sort: Sort, size: int) -> list[int]:
    ids: list[int] = []
    slice_ = Slice(size, is_last=True)
    while True:
        page = conversations.find(reader, wanted, sort, slice_, budget=None)
        ids = list(page.rows["id"]) + ids
        if not page.has_before:
            return ids
        slice_ = Slice(size, before=page.first)
