"""The list against brute force, page by page and edge by edge."""

import random
from dataclasses import replace

import pytest
from sqlalchemy import Connection

from core import conversations, custom
from core.conversations import ConversationFilter, Slice, Sort, matching, phrases, plan
from core.database import Store
from tests.conftest import ALICE, Clock
from tests.core.conversations import oracle, own, wishes, world

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
    shared_store.write(ALICE, own.fill, 1)
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
            if rng.random() < 0.4:
                sort = own.order(rng, choices)
                wanted = replace(wanted, custom=own.asked(rng, choices, sort) if rng.random() < 0.5 else ())
            expected = oracle.find(known, wanted, sort)
            limit = rng.choice((5, 30, 400))
            page = conversations.find(reader, wanted, sort, Slice(limit), budget=None)
            assert list(page.rows["id"]) == expected[:limit], (wanted, sort)
            assert conversations.count(reader, wanted).n == len(expected), wanted
            assert conversations.find_ids(reader, wanted) == sorted(expected), wanted
            some = rng.sample([one.row["id"] for one in known], 40)
            assert conversations.among(reader, wanted, some) == set(some) & set(expected), wanted


@pytest.mark.parametrize("by", ["activity", "name", "amount", *own.VALUES, "empty"])
@pytest.mark.parametrize("descending", [True, False])
def test_pages_forwards_and_backwards_are_the_whole_list_in_order(filled: Store, by: str, descending: bool) -> None:
    rng = random.Random(4)
    with filled.read() as reader:
        known = oracle.everything(reader)
        ids = {field.name: field.id for field in custom.find(reader)}
        sort = Sort(custom.key(ids[by]) if by in ids else by, descending)
        of_own = [ConversationFilter(custom=(f"{ids['number']}:from:20", f"{ids['text']}:none"), include_archived=True)]
        for wanted in (*WANTED, *of_own):
            expected = oracle.find(known, wanted, sort)
            size = rng.randint(3, 40)
            assert _forwards(reader, wanted, sort, size) == expected, wanted
            assert _backwards(reader, wanted, sort, size) == expected, wanted


@pytest.mark.parametrize("kind", own.JUMPS)
@pytest.mark.parametrize("descending", [True, False])
def test_the_list_begins_at_a_value_of_the_field_by_which_it_is_sorted(
    filled: Store, kind: str, descending: bool
) -> None:
    with filled.read() as reader:
        known = oracle.everything(reader)
        ids = {field.name: field.id for field in custom.find(reader)}
        sort = Sort(custom.key(ids[kind]), descending)
        for wanted in (ConversationFilter(), ConversationFilter(custom=(f"{ids[kind]}:none",))):
            whole = oracle.find(known, wanted, sort)
            for typed in own.JUMPS[kind]:
                expected = own.starting_at(known, whole, sort, kind, typed)
                page = conversations.find(reader, wanted, sort, Slice(400, at=typed))
                assert list(page.rows["id"]) == expected, typed
                page = conversations.find(reader, wanted, sort, Slice(7, at=typed))
                following = conversations.find(reader, wanted, sort, Slice(400, after=page.last))
                assert [*page.rows["id"], *following.rows["id"]] == expected, typed


def test_what_the_field_cannot_hold_is_no_place_to_begin_at(filled: Store) -> None:
    with filled.read() as reader:
        ids = {field.name: field.id for field in custom.find(reader)}
        for by, typed in (("number", "large"), ("number", " "), ("date", "soon"), (None, "x")):
            sort = Sort(custom.key(ids[by] if by else 999_999))
            page = conversations.find(reader, ConversationFilter(), sort, Slice(5, at=typed))
            first = conversations.find(reader, ConversationFilter(), sort, Slice(5))
            assert list(page.rows["id"]) == list(first.rows["id"])
            assert not page.has_before


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
