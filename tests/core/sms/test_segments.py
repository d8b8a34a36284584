"""Segments of a text: an oracle that packs bits, and the places where one more letter costs a segment."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import sms
from core.sms.segments import BASIC, EXTENSION

GSM_TEXT = st.text(st.sampled_from(sorted(BASIC | EXTENSION)), max_size=700)
ANY_TEXT = st.one_of(GSM_TEXT, st.text(max_size=300), st.text(st.sampled_from("ab€😀é中"), max_size=300))


def units(part: str, encoding: str) -> int:
    """Counted in another way: encoded."""
    if encoding == "UCS-2":
        return len(part.encode("utf-16-be", "surrogatepass")) // 2
    return len(part) + sum(part.count(character) for character in EXTENSION)


@given(ANY_TEXT)
def test_the_parts_together_are_the_text_and_each_fits(text: str) -> None:
    counted, parts = sms.count(text), sms.split(text)
    assert "".join(parts) == text
    assert counted.segments == len(parts)
    room = {"GSM-7": (160, 153), "UCS-2": (70, 67)}[counted.encoding][len(parts) > 1]
    sizes = [units(part, counted.encoding) for part in parts]
    assert all(0 < size <= room for size in sizes)
    assert sum(sizes) == counted.units
    assert counted.left == room - (sizes[-1] if sizes else 0)


@given(ANY_TEXT)
def test_no_part_could_take_the_next_character(text: str) -> None:
    counted, parts = sms.count(text), sms.split(text)
    alone, room = {"GSM-7": (160, 153), "UCS-2": (70, 67)}[counted.encoding]
    assert len(parts) < 2 or counted.units > alone
    for part, following in itertools.pairwise(parts):
        assert units(part + following[0], counted.encoding) > room


@given(ANY_TEXT)
def test_the_encoding_is_that_of_every_character(text: str) -> None:
    counted = sms.count(text)
    assert set(counted.forced_by) == set(text) - BASIC - EXTENSION
    assert (counted.encoding == "UCS-2") == bool(counted.forced_by)


@pytest.mark.parametrize(
    ("character", "boundaries"),
    [
        ("a", {1: 1, 159: 1, 160: 1, 161: 2, 305: 2, 306: 2, 307: 3}),
        ("中", {1: 1, 69: 1, 70: 1, 71: 2, 133: 2, 134: 2, 135: 3}),
        ("€", {80: 1, 81: 2, 152: 2, 153: 3}),  # 76 pairs of septets to a part: none is split
        ("😀", {35: 1, 36: 2, 66: 2, 67: 3}),  # 33 pairs of code units to a part
    ],
)
def test_one_more_character_costs_a_segment_at_the_known_places(character: str, boundaries: dict[int, int]) -> None:
    for n, segments in boundaries.items():
        assert sms.count(character * n).segments == segments, n


def test_the_alphabet_has_its_127_characters_and_ten_more() -> None:
    assert len(BASIC) == 127
    assert len(EXTENSION) == 10


def test_the_characters_that_force_unicode_are_named_in_order() -> None:
    assert sms.count("Hi “Ann” – ok”").forced_by == ("“", "”", "–")
    assert sms.count("").segments == 0
