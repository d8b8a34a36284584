"""Phones: every spelling to E.164, the same as libphonenumber says, and nothing taken that is no number."""

import random

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import phone
from core.errors import Invalid

SPELLINGS = [
    "+1{a}{b}{c}",
    "({a}) {b}-{c}",
    "{a}-{b}-{c}",
    "{a}.{b}.{c}",
    "1-{a}-{b}-{c}",
    "{a}{b}{c}",
    "1{a}{b}{c}",
    "+1 {a} {b} {c}",
]
REASONS = {phone.MISSING, phone.LETTERS, phone.SEVERAL, phone.SCIENTIFIC, phone.NOT_A_NUMBER}


def generated(count: int) -> list[str]:
    random.seed(7)
    numbers = []
    for i in range(count):
        area, exchange = f"{random.randrange(1000):03}", f"{random.randrange(1000):03}"
        numbers.append(SPELLINGS[i % len(SPELLINGS)].format(a=area, b=exchange, c=f"{random.randrange(10_000):04}"))
    return numbers


def by_library(raw: str, region: str) -> tuple[str, bool] | None:
    try:
        number = phonenumbers.parse(raw, region)
    except phonenumbers.NumberParseException:
        return None
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return None
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return e164, phonenumbers.is_valid_number(number)


def said(raw: str) -> phone.Phone | str:
    try:
        return phone.parse(raw, "US")
    except Invalid as error:
        return str(error)


def test_the_short_way_equals_libphonenumber_on_100_000_numbers() -> None:
    short = 0
    for raw in generated(100_000):
        found = phone.plain(raw, "US")
        if found is not None:
            short += 1
            assert found == by_library(raw, "US"), raw
    assert short > 50_000


@pytest.mark.parametrize("region", ["US", "CA", "BB", "GB", "DE"])
def test_the_short_way_equals_libphonenumber_in_other_regions(region: str) -> None:
    for raw in generated(2_000):
        found = phone.plain(raw, region)
        assert found is None or found == by_library(raw, region), raw


@pytest.mark.parametrize("prefix", [246521, 246522, 876606])  # ranges cut finer than the exchange
def test_ranges_cut_finer_than_the_exchange_are_told_apart(prefix: int) -> None:
    for rest in range(0, 10_000, 97):
        raw = f"+1{prefix}{rest:04}"
        assert phone.parse(raw, "US")[:2] == by_library(raw, "US")


@pytest.mark.parametrize(
    ("raw", "e164"),
    [
        ("(734) 555-0132", "+17345550132"),
        ("tel:+1-734-555-0132", "+17345550132"),
        ("\u00a0734\u2011555\u20110132\u00a0", "+17345550132"),
        ("\u200e+17345550132\u200e", "+17345550132"),
        ("７３４５５５０１３２", "+17345550132"),
        ("01117345550132", "+17345550132"),
        ("'+17345550132", "+17345550132"),
        ("+1-734-555-0132-", "+17345550132"),
        ("+44 (0)20 7946 0018", "+442079460018"),
    ],
)
def test_a_number_is_taken_in_every_spelling(raw: str, e164: str) -> None:
    assert phone.parse(raw, "US") == (e164, True, "")


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("", phone.MISSING),
        (" \u200b ", phone.MISSING),
        ("unknown", phone.LETTERS),
        ("734-555-CALL", phone.LETTERS),
        ("Cell: 734-555-0132", phone.LETTERS),
        ("noah@example.com", phone.LETTERS),
        ("734 555 0132 / 734 555 0133", phone.SEVERAL),
        ("734 555 0132 / 0133", phone.SEVERAL),
        ("+17345550132 ::: +17345550133", phone.SEVERAL),
        ("734 555 0132\n734 555 0133", phone.SEVERAL),
        ("734 555 0132 or 734 555 0133", phone.SEVERAL),
        ("2.12556E+09", phone.SCIENTIFIC),
        ("+17345550132.0", phone.NOT_A_NUMBER),
        ("+44207946001.0", phone.NOT_A_NUMBER),
        ("734-555", phone.NOT_A_NUMBER),
        ("73455501321234", phone.NOT_A_NUMBER),
        ("+", phone.NOT_A_NUMBER),
        ('="7345550132"', phone.NOT_A_NUMBER),
        ("$7345550132", phone.NOT_A_NUMBER),
        ("#5", phone.NOT_A_NUMBER),
    ],
)
def test_what_is_no_number_is_refused_with_the_reason(raw: str, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        phone.parse(raw, "US")
    assert str(refused.value) == reason


@pytest.mark.parametrize(
    ("raw", "note"),
    [
        ("734-555-0132 x89", "extension 89 dropped"),
        ("734-555-0132 ext. 5", "extension 5 dropped"),
        ("tel:+1-734-555-0132;ext=5", "extension 5 dropped"),
        ("17345550132.0", "“.0” dropped"),
    ],
)
def test_what_is_left_out_of_a_number_is_told(raw: str, note: str) -> None:
    assert phone.parse(raw, "US") == ("+17345550132", True, note)


def test_a_number_outside_the_allocated_ranges_is_taken_as_unverified() -> None:
    assert phone.parse("+44 7700 900123", "US") == ("+447700900123", False, "")
    assert phone.parse("999-999-9999", "US") == ("+19999999999", False, "")


@given(st.text(alphabet=st.one_of(st.sampled_from("0123456789+()-./ ,;xX~#'\n\u200e\u00a0"), st.characters())))
def test_any_text_is_a_number_or_refused_with_a_known_reason(raw: str) -> None:
    found = said(raw)
    if isinstance(found, str):
        assert found in REASONS
    else:
        assert found.e164[0] == "+"
        assert found.e164[1:].isdecimal()
        assert said(found.e164) == found._replace(note="")


def test_a_number_is_shown_as_people_read_it() -> None:
    assert phone.national("+17345550132") == "(734) 555-0132"
    assert phone.national("+442079460018") == "+44 20 7946 0018"
    assert phone.national("") == ""


def test_digits_of_every_script_are_found() -> None:
    assert phone.digits("(734) ５５５-٠١٣٢") == "7345550132"


def test_time_zones_equal_libphonenumber() -> None:
    for raw in ["+12085550132", "+17345550132", "+18005550199", "+442079460018", "+61412345678", "+19995550132"]:
        expected = phonenumbers.timezone.time_zones_for_number(phonenumbers.parse(raw, None))
        assert phone.zones(raw) == tuple(zone for zone in expected if zone != "Etc/Unknown")
    assert phone.zones("+19995550132") == ()


def test_time_zones_of_generated_numbers_equal_libphonenumber() -> None:
    for raw in generated(3_000):
        if raw.startswith("+1") and " " not in raw:
            expected = phonenumbers.timezone.time_zones_for_number(phonenumbers.parse(raw, None))
            assert phone.zones(raw) == tuple(zone for zone in expected if zone != "Etc/Unknown"), raw
