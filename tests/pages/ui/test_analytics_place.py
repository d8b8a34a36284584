"""Days, comparisons and the address of the page of analytics."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.ui.analytics_period import Period, presets
from pages.ui.analytics_place import Place, opening, read, write
from pages.ui.analytics_words import change, few, said

DAYS = st.dates(date(1990, 1, 1), date(2100, 1, 1))


def asked(**parts: list[str]) -> Place:
    place, ignored = read(parts)
    assert ignored == []
    return place


@given(DAYS, st.integers(0, 1_000))
def test_the_days_before_are_as_many_and_end_where_these_begin(first: date, length: int) -> None:
    period = Period(first, first + timedelta(days=length))
    before = period.earlier("previous")
    assert before is not None
    assert before.days == period.days
    assert before.last + timedelta(days=1) == period.first


@given(DAYS, st.integers(0, 360))
def test_a_year_before_has_the_same_weekdays(first: date, length: int) -> None:
    period = Period(first, first + timedelta(days=length))
    before = period.earlier("year")
    assert before is not None
    assert before.days == period.days
    assert before.first.weekday() == period.first.weekday()
    assert (period.first - before.first).days == 364


@given(DAYS)
def test_every_period_by_name_ends_today_or_before(today: date) -> None:
    for name, period in presets(today).items():
        assert period.first <= period.last <= today, name


def test_an_address_holds_everything_that_is_asked_for() -> None:
    place = Place("outcomes", date(2026, 1, 1), date(2026, 3, 31), "year", 3, 0, 5, "", "owner")
    opened = opening(place, "flow", {"period": "now", "step": "2026-01-05", "group_id": 7, "column": "won"})
    for each in (place, opened, Place()):
        written = {name: value if isinstance(value, list) else [str(value)] for name, value in write(each).items()}
        assert asked(**written) == each
    assert opened.figure == "won"
    assert opened.cells == {"period": "now", "step": "2026-01-05", "group_id": "7"}


@pytest.mark.parametrize(
    "params",
    [{"from": ["yesterday"]}, {"to": ["9999-01-01"]}, {"owner": ["-1"]}, {"view": ["all"]}, {"by": ["x"]}, {"x": ["1"]},
     {"pipeline": ["1", "2"]}, {"source": ["a\0b"]}],
)  # fmt: skip
def test_what_cannot_be_used_is_left_out_and_named(params: dict[str, list[str]]) -> None:
    place, ignored = read(params)
    assert (place, ignored) == (Place(), list(params))


def test_days_in_the_wrong_order_are_a_period() -> None:
    assert asked(**{"from": ["2026-03-31"], "to": ["2026-01-01"]}).period == Period(date(2026, 1, 1), date(2026, 3, 31))


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [(None, "cents", ""), (0, "cents", "$0"), (320887600, "cents", "$3,208,876"), (1050, "cents", "$10.50"),
     (0.004, "share", "0.4%"), (0.5, "share", "50%"), (1, "share", "100%"), (59, "seconds", "59 s"),
     (90, "seconds", "1.5 min"), (7_200, "seconds", "2 h"), (302_400, "seconds", "3.5 days"), (1320, "deals", "1,320")],
)  # fmt: skip
def test_figures_are_said_in_their_units(value: float | None, unit: str, words: str) -> None:
    assert said(value, unit) == words


def test_a_change_says_what_was_before_and_doubts_few() -> None:
    assert change(120, 100, "deals") == "+20% (was 100)"
    assert change(3, 1, "deals") == "+2 (was 1, few)"
    assert change(5_000, 0, "cents") == "was $0"
    assert change(12_129_130, 10_000_000, "cents") == "+21% (was $100k)"
    assert change(150_000_000, 123_456_789, "cents") == "+22% (was $1.2M)"
    assert change(99_900, 50_049, "cents") == "+100% (was $500)"
    assert change(0.39, 0.5, "share") == "-11 points"
    assert change(7, 7, "deals") == "as before"
    assert change(None, 4, "deals") is None
    assert few("win_rate", "rate", {"won": 3, "lost": 4}) == ", of 7 only"
    assert few("win_rate", "rate", {"won": 30, "lost": 4}) == ""
