"""Cells: e-mail addresses, amounts, directions, tags, names, days and times, each by its one rule."""

from contextlib import suppress
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st

from core import mail, money, times
from core.errors import Invalid
from core.transfer import fields

NEW_YORK = ZoneInfo("America/New_York")
TODAY = date(2026, 1, 2)


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


LABEL = st.text("abcXYZ019-_+.'", min_size=1, max_size=12)
DOMAIN = st.lists(st.text("abcXYZ019-", min_size=1, max_size=10), min_size=1, max_size=4).map(".".join)


@given(LABEL, DOMAIN, st.sampled_from(["com", "test", "local", "io", "c", "invalid", "example", "onion", "arpa", "c1"]))
def test_the_short_way_for_addresses_takes_only_what_the_library_takes(name: str, domain: str, top: str) -> None:
    address = f"{name}@{domain}.{top}"
    if mail.is_plain(address):
        validate_email(address, check_deliverability=False, globally_deliverable=False)
    try:
        validate_email(address, check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError:
        with pytest.raises(Invalid):
            mail.check(address)


def test_plain_addresses_go_the_short_way() -> None:
    assert all(mail.is_plain(a) for a in ["a@b.co", "Ava.Moore+x@mail.example.com", "a_b-c@x-y.org"])
    assert not any(
        mail.is_plain(a) for a in ["a@b", ".a@b.co", "a..b@c.de", "a@b-.de", "a@b.test", "a b@c.de", "a@b.c\n"]
    )


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("", None),
        (" ", None),
        ("0", 0),
        ("4631", 463100),
        ("1234.50", 123450),
        ("1,234.50", 123450),
        ("$1,234.50", 123450),
        ("0.1", 10),
        ("1234.500", 123450),
        ("USD 5", 500),
        ("5 USD", 500),
        ("$ 5", 500),
        ("1000000000000", 10**14),
    ],
)
def test_amounts_are_exact(text: str, cents: int | None) -> None:
    assert money.cents(text, "USD") == cents


@pytest.mark.parametrize(
    "text",
    [
        "-5",
        "12abc",
        "NaN",
        "Infinity",
        "1e3",
        "0.005",
        "1,23",
        "1.234,50",
        "€5",
        "99999999999999999999",
        "1000000000000.01",
        "٣",
        ".",
    ],
)
def test_what_is_no_amount_is_refused_and_never_rounded(text: str) -> None:
    with pytest.raises(Invalid, match="is not an amount"):
        money.cents(text, "USD")


@given(st.integers(0, 10**14))
def test_every_amount_comes_back(cents: int) -> None:
    assert money.cents(f"{cents // 100:,}.{cents % 100:02}", "USD") == cents


def test_directions_are_known_in_any_case_and_never_guessed() -> None:
    known = {
        "inbound": "in",
        "OUTBOUND": "out",
        " outbound ": "out",
        "IN": "in",
        "received": "in",
        "sent": "out",
        "outbound-api": "out",
    }
    assert {text: fields.direction(text, fields.DIRECTIONS) for text in known} == known
    for text in ["", "sideways", "1", "in out"]:
        with pytest.raises(Invalid, match="direction is missing or unknown"):
            fields.direction(text, fields.DIRECTIONS)


def test_tags_are_cut_at_the_separator_each_once() -> None:
    assert fields.tags("a; b ;;a", "") == ("a", "b")
    assert fields.tags("a, b", "") == ("a", "b")
    assert fields.tags("a, b; c", "") == ("a, b", "c")
    assert fields.tags("a, b", ";") == ("a, b",)
    assert fields.tags("* myContacts ::: doctor ::: vip", ":::") == ("doctor", "vip")


def test_full_names_are_split_at_the_last_word() -> None:
    assert fields.split_name("Sophia Nguyen") == ("Sophia", "Nguyen")
    assert fields.split_name("Mary Ann  Smith") == ("Mary Ann", "Smith")
    assert fields.split_name("Brown, Noah") == ("Noah", "Brown")
    assert fields.split_name("Cher") == ("Cher", "")


def test_deals_in_one_cell_are_told_apart() -> None:
    found = fields.opportunities("won GTX Plus Pro Won, open GTX Basic Prospecting")
    assert found == [("won", "GTX Plus Pro", "Won"), ("open", "GTX Basic", "Prospecting")]
    with pytest.raises(Invalid):
        fields.opportunities("won GTX Won, perhaps")


def test_an_outcome_is_open_won_lost_or_not_said() -> None:
    assert [fields.outcome(text) for text in ("", "open", "Won ", "LOST", "abandoned")] == [
        "",
        "open",
        "won",
        "lost",
        "lost",
    ]
    with pytest.raises(Invalid, match="is not open, won or lost"):
        fields.outcome("maybe")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2020-05-12T12:25:56Z", "2020-05-12T12:25:56Z"),
        ("2020-05-12T08:25:56-04:00", "2020-05-12T12:25:56Z"),
        ("2020-05-12T08:25:56.987-0400", "2020-05-12T12:25:56Z"),
        ("2020-05-12 12:25:56", "2020-05-12T16:25:56Z"),
        ("2020-05-12 12:25", "2020-05-12T16:25:00Z"),
        ("2020-05-12", "2020-05-12T04:00:00Z"),
        ("05/12/2020", "2020-05-12T04:00:00Z"),
        ("5/12/2020 12:25 PM", "2020-05-12T16:25:00Z"),
        ("5/12/2020, 12:05 AM", "2020-05-12T04:05:00Z"),
        ("May 12 2020 05:32 AM", "2020-05-12T09:32:00Z"),
        ("12 May 2020 12:25:56 UTC", "2020-05-12T12:25:56Z"),
        ("Tue, 12 May 2020 12:25:56 +0000", "2020-05-12T12:25:56Z"),
        ("1589286356", "2020-05-12T12:25:56Z"),
        ("1589286356789", "2020-05-12T12:25:56Z"),
        ("2020-11-01 01:30", "2020-11-01T05:30:00Z"),  # twice on that night: the earlier one
        ("2020-03-08T02:30:00", "2020-03-08T07:30:00Z"),  # skipped on that night: as before the clocks went forward
    ],
)
def test_times_are_read_to_the_second(text: str, moment: str) -> None:
    assert times.moment(text, NEW_YORK, "mdy") == at(moment)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", times.MISSING),
        ("  ", times.MISSING),
        ("yesterday", times.NOT_A_TIME),
        ("2020-02-30T10:00:00Z", times.NO_SUCH_DAY),
        ("2020-02-30", times.NO_SUCH_DAY),
        ("2020-05-12T24:00:00Z", times.NOT_A_TIME),
        ("2016-12-31T23:59:60Z", times.NOT_A_TIME),
        ("1969-12-31T23:59:59Z", times.BEFORE_1970),
        ("2020-05-12 13:00 PM", times.NOT_A_TIME),
        ("32874", times.NOT_A_TIME),
        ("2020-W20-2", times.NOT_A_TIME),
        ("2020-05-12T10:00:00+25:00", times.NOT_A_TIME),
        ("5/12/20 10:00", times.NOT_A_TIME),
    ],
)
def test_what_is_no_time_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(Invalid, match=reason):
        times.moment(text, NEW_YORK, "mdy")


@given(st.text(alphabet="0123456789-/:. TZAPMayjun+,", max_size=30))
def test_any_text_is_a_time_or_refused(text: str) -> None:
    with suppress(Invalid):
        assert times.moment(text, NEW_YORK, "dmy") >= 0


def test_the_order_of_day_and_month_is_the_stated_one_and_no_other() -> None:
    assert times.birth_date("02/10/1927", "mdy", TODAY) == "1927-02-10"
    assert times.birth_date("02/10/1927", "dmy", TODAY) == "1927-10-02"
    with pytest.raises(Invalid, match=r"no such day \(read as month/day/year\)"):
        times.birth_date("15/09/1940", "mdy", TODAY)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("31/06/1996", times.NO_SUCH_DAY),
        ("1990-02-30", times.NO_SUCH_DAY),
        ("1900-02-29", times.NO_SUCH_DAY),
        ("12/20/2049", times.IN_FUTURE),
        ("2026-01-03", times.IN_FUTURE),
        ("09/06/89", times.SHORT_YEAR),
        ("1/1/90", times.SHORT_YEAR),
        ("9431", times.NOT_A_DATE),
        ("1956", times.NOT_A_DATE),
        ("32874", times.NOT_A_DATE),
        ("08/06/19963", times.NOT_A_DATE),
        ("N/A", times.NOT_A_DATE),
        ("1990-04-05T10:00:00Z", times.NOT_A_DATE),
        ("1850-01-01", times.TOO_EARLY),
    ],
)
def test_a_birthday_that_is_in_doubt_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(Invalid, match=reason):
        times.birth_date(text, "mdy", TODAY)


@pytest.mark.parametrize(
    "text",
    [
        "1990-04-05",
        "04/05/1990",
        "4-5-1990",
        "April 5, 1990",
        "Apr 5 1990",
        "05-Apr-1990",
        "5 April 1990",
        "1990-04-05T00:00:00Z",
    ],
)
def test_a_birthday_is_read_in_every_plain_spelling(text: str) -> None:
    assert times.birth_date(text, "mdy", TODAY) == "1990-04-05"
