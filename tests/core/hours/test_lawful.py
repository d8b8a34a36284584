"""No text goes by itself at an unlawful minute, in any zone of any area code; the oracle knows only the rules' text."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import phonenumbers
import pytest
from phonenumbers.tzdata import TIMEZONE_DATA

from core import hours, phone
from core.database import Store
from core.hours import Hours, lawful
from tests.conftest import NOON
from tests.core.hours import oracle

DAY = 86_400

SAMPLED = 97
"""Every so many-th quarter hour is tried in a short run: each time of day, each weekday; and all near DST days."""


def area_codes() -> list[str]:
    """The US ones, as libphonenumber has them."""
    metadata = phonenumbers.PhoneMetadata.metadata_for_region("US")
    assert metadata is not None
    ranges = re.compile(metadata.fixed_line.national_number_pattern)
    return [str(n) for n in range(200, 1000) if any(ranges.fullmatch(f"{n}{x}2000") for x in range(200, 1000))]


def zones_of_area_codes() -> list[tuple[str, ...]]:
    """Each set of zones that some number of a US area code may be in, territories included."""
    codes = {*area_codes(), "340", "670", "671", "684", "787", "939"}
    found = {where for prefix, where in TIMEZONE_DATA.items() if prefix[0] == "1" and prefix[1:4] in codes}
    return sorted(found)


@pytest.fixture
def in_force(store: Store) -> Hours:
    """The windows that an installation begins with."""
    with store.read() as reader:
        return hours.load(reader)


def tried(where: tuple[str, ...], is_full: bool) -> Iterator[int]:
    if is_full:
        yield from range(oracle.QUARTERS)
        return
    near = {first + n for zone in where for first in oracle.days_of_change(zone) for n in range(96)}
    yield from sorted(near | set(range(0, oracle.QUARTERS, SAMPLED)))


def wrong(found: Hours, is_full: bool) -> Iterator[tuple[tuple[str, ...], str, int]]:
    """Each zones, state and quarter hour from which the product sends otherwise than the rules allow first."""
    for where in zones_of_area_codes():
        for state in oracle.STATES:
            allowed = np.logical_and.reduce([oracle.is_lawful(zone, state) for zone in where])
            opens, closes = oracle.following(allowed), oracle.following(~allowed)
            for quarter in tried(where, is_full):
                at = oracle.second(quarter)
                opening, closing = found.opening(where, state, at), found.closing(where, state, at)
                # What opens or closes after the two years is nobody's to say.
                expected = (int(opens[quarter]), opening), (int(closes[quarter]), closing)
                if any(n < oracle.QUARTERS and second != oracle.second(n) for n, second in expected):
                    yield where, state, quarter


def test_every_zone_of_every_area_code_is_tried() -> None:
    sets = zones_of_area_codes()
    held = {zone for where in sets for zone in where}
    assert {"America/New_York", "America/Adak", "Pacific/Honolulu", "America/Phoenix", "Pacific/Guam"} <= held
    for code in area_codes():
        for exchange in range(200, 1000, 7):
            where = phone.zones(f"+1{code}{exchange}2000")
            assert not where or where in sets, code


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_nothing_goes_outside_the_hours_at_any_quarter_hour_of_two_years(in_force: Hours, is_full: bool) -> None:
    assert list(wrong(in_force, is_full)) == []


def _next_day_is_24_hours_later(_hours: Hours, patch: pytest.MonkeyPatch) -> None:
    def moments(zone: str, day: int, minute: int) -> tuple[int, int]:
        here = datetime(2026, 1, 1, tzinfo=ZoneInfo(zone))
        at = int(here.timestamp()) + (day - here.toordinal()) * 86_400 + minute * 60
        return at, at

    patch.setattr(lawful, "_moments", moments)


def _the_first_zone_decides(_hours: Hours, patch: pytest.MonkeyPatch) -> None:
    opening = Hours.opening
    patch.setattr(Hours, "opening", lambda self, zones, *rest: opening(self, zones[:1], *rest))


def _without(place: str, days: str) -> Callable[[Hours, pytest.MonkeyPatch], None]:
    def drop(found: Hours, patch: pytest.MonkeyPatch) -> None:
        patch.setattr(found, "_bounds", [each for each in found._bounds if (each.place, each.days) != (place, days)])

    return drop


def _weekdays_are_not_asked(found: Hours, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(found, "_bounds", [replace(each, days="0123456") for each in found._bounds])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "switch_off",
    [_next_day_is_24_hours_later, _the_first_zone_decides, _without("TX", "6"), _without("RI", "56"),
     _weekdays_are_not_asked],
)  # fmt: skip
def test_each_guard_that_is_switched_off_is_found(
    in_force: Hours, switch_off: Callable[[Hours, pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    switch_off(in_force, monkeypatch)
    assert next(wrong(in_force, is_full=False), None)


def test_the_usual_hours_may_be_wider_but_the_federal_bound_holds() -> None:
    found = Hours([lawful.Bound("", "0123456", 480, 1260)], (0, 1440))
    assert found.opening(["UTC"], "", NOON - 6 * 3_600) == NOON - 4 * 3_600
    assert found.closing(["UTC"], "", NOON) == NOON + 9 * 3_600


def test_a_window_binds_only_while_it_is_valid() -> None:
    late = lawful.Bound("TX", "0123456", 720, 1260, valid_from="2026-01-04", valid_until="2026-01-05")
    found = Hours([late], (540, 1200))
    nine = NOON - 3 * 3_600  # of Friday, 2 January
    assert [found.opening(["UTC"], "TX", nine + day * DAY) for day in (1, 2, 3)] == [
        nine + DAY, nine + 2 * DAY + 3 * 3_600, nine + 3 * DAY,
    ]  # fmt: skip
    assert found.opening(["UTC"], "OK", nine + 2 * DAY) == nine + 2 * DAY


def test_a_day_can_be_closed_and_what_never_opens_is_said() -> None:
    no_sunday = Hours([lawful.Bound("TX", "6", 0, 0)], (540, 1200))
    saturday_night = NOON + DAY + 10 * 3_600
    assert no_sunday.opening(["UTC"], "TX", saturday_night) == NOON + 3 * DAY - 3 * 3_600
    assert no_sunday.closing(["UTC"], "TX", saturday_night) == saturday_night
    assert no_sunday.opening(["UTC"], "TX", NOON, (1_210, 1_300)) is None
    assert no_sunday.opening([], "TX", NOON) is None


def test_a_workflows_own_window_only_narrows() -> None:
    found = Hours([], (540, 1200))
    assert found.opening(["UTC"], "", NOON, (13 * 60, 23 * 60)) == NOON + 3_600
    assert found.closing(["UTC"], "", NOON + 3_600, (13 * 60, 23 * 60)) == NOON + 8 * 3_600


def test_two_coasts_leave_ten_hours() -> None:
    found = Hours([lawful.Bound("", "0123456", 480, 1260)], (480, 1260))
    coasts = ["America/New_York", "America/Los_Angeles"]
    opening = found.opening(coasts, "", NOON)
    assert opening == NOON + 4 * 3_600
    assert found.closing(coasts, "", opening) - opening == 10 * 3_600
