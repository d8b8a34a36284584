"""The address says where the person is, and whatever else stands in it is left out."""

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.conversations import ConversationFilter
from pages.ui import url
from pages.ui.places import here
from pages.ui.url import Place

DAY = here().start_of(here().local(1_767_355_200).date())
ids = st.lists(st.integers(0, 10**15), max_size=4).map(tuple)
maybe = st.none() | st.booleans()
text = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=40)
noons = st.integers(-3000, 3000).map(lambda n: DAY + n * 86_400 + 43_200)
days = st.none() | noons.map(lambda at: here().start_of(here().local(at).date()))
filters = st.builds(
    ConversationFilter,
    tab=st.sampled_from(["all", "hot", "recents", "archived"]),
    include_archived=st.booleans(),
    search=text | st.just(""),
    tags=ids,
    tags_mode=st.sampled_from(["any", "all", "none"]),
    stages=ids,
    pipeline_id=st.none() | st.integers(0, 10**15),
    owner_mode=st.sampled_from(["anyone", "mine", "unassigned", "these"]),
    owners=ids,
    sources=st.lists(text, max_size=3).map(tuple),
    unread=maybe,
    last_direction=st.sampled_from([None, "in", "out"]),
    active_from=days,
    active_to=days,
    amount_from=st.none() | st.integers(0, 10**12),
    amount_to=st.none() | st.integers(0, 10**12),
    opted_out=maybe,
    has_deal=maybe,
    has_open_deal=maybe,
    in_workflow=maybe,
)
places = st.builds(
    Place,
    wanted=filters,
    by=st.sampled_from(["activity", "name", "amount"]),
    descending=st.booleans(),
    size=st.sampled_from(url.SIZES),
    after=st.sampled_from(["", "123456"]),
    before=st.sampled_from(["", "9"]),
    is_last=st.booleans(),
    row=st.none() | st.integers(0, 10**6),
    opened=st.none() | st.integers(0, 10**15),
    queue=st.sampled_from(["", "a1b2"]),
)


@given(places)
def test_a_pasted_link_leads_to_the_same_place(place: Place) -> None:
    assert url.read(parse_qs(url.query(place), keep_blank_values=True)) == (place, [])


def test_the_usual_place_has_an_empty_address() -> None:
    assert url.write(Place()) == {}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("tab", "everything"),
        ("tag", "1 OR 1=1"),
        ("tag", "١٢"),
        ("stage", "-1"),
        ("size", "100000"),
        ("sort", "phone"),
        ("from", "yesterday"),
        ("from", "0001-01-01"),
        ("to", "9999-12-31"),
        ("min", "1e9"),
        ("min", "1.234"),
        ("unread", "yes"),
        ("c", "99999999999999999999"),
        ("q", "x" * 301),
        ("at", "soon"),
        ("admin", "1"),
    ],
)
def test_what_cannot_be_used_is_left_out_and_named(name: str, value: str) -> None:
    assert url.read({name: [value]}) == (Place(), [name])


parameters = st.sampled_from([*url.FILTER, *url.PLACE])


@given(st.dictionaries(parameters, st.lists(st.text(max_size=12), min_size=1, max_size=3)))
def test_no_address_breaks_the_page(params: dict[str, list[str]]) -> None:
    place, ignored = url.read(params)
    assert set(ignored) <= set(params)
    assert place.slice.limit in url.SIZES
    assert url.read(parse_qs(url.query(place), keep_blank_values=True))[0] == place


def test_amounts_in_the_address_are_whole_units_or_cents() -> None:
    place, _ = url.read({"min": ["100"], "max": ["250.5"]})
    assert (place.wanted.amount_from, place.wanted.amount_to) == (10_000, 25_050)


def test_another_filter_begins_at_the_first_page() -> None:
    far = Place(after="77", row=4000, opened=5)
    moved: Any = far.showing(unread=True)
    assert (moved.after, moved.row, moved.opened) == ("", 0, 5)


def test_a_saved_view_keeps_neither_page_nor_open_conversation() -> None:
    assert url.listed(replace(Place(), after="77", row=50, opened=5)) == Place()


def test_a_jump_downwards_begins_with_the_whole_day() -> None:
    wanted = Place(at="2026-01-02").slice.at
    assert isinstance(wanted, int)
    assert wanted >> 20 == here().start_of(here().local(1_767_355_200).date()) + 86_400
