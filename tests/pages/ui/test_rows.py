"""A row of the grid is text and marks; matched words are marked, hostile text stays text."""

import json
from typing import Any

import pandas as pd
import pytest

from core.conversations import query
from core.conversations.upkeep import activity_key
from pages.ui import rows
from pages.ui.places import Here, here

AT = 1_767_355_200
PLAIN: dict[str, Any] = {
    "id": 7,
    "activity_key": activity_key(AT, 7),
    "is_archived": 0,
    "is_hot": 0,
    "is_opted_out": 0,
    "is_due": 0,
    "follow_up_at": None,
    "unread_count": 0,
    "last_direction": "in",
    "phone": "+12125550107",
    "first_name": "José",
    "last_name": "Peña",
    "amount_cents": None,
    "snippet": "Is the café\nopen?",
    "stage": None,
    "owner": None,
    "tags": (),
}


def drawn(search: str = "", **more: object) -> dict[str, Any]:
    frame = pd.DataFrame([{**PLAIN, **more}])
    found: dict[str, Any] = rows.for_grid(frame, search, here()).to_dict("records")[0]
    return found


def test_a_row_says_who_when_and_what() -> None:
    row = drawn()
    assert (row["id"], row["title"], row["initials"]) == ("7", "José Peña", "JP")
    assert json.loads(row["phone"]) == [["(212) 555-0107", 0]]
    assert json.loads(row["snippet"]) == [["Is the café open?", 0]]
    assert row["activity"] == AT
    assert row["exact"] == "Friday, 2 January 2026, 07:00 EST"


def test_a_conversation_that_was_never_active_has_no_time() -> None:
    row = drawn(activity_key=activity_key(0, 7))
    assert (row["activity"], row["exact"], row["day"]) == (0, "", "")


def test_without_a_name_the_phone_stands_for_it() -> None:
    row = drawn(first_name="", last_name="")
    assert (row["title"], row["initials"]) == ("(212) 555-0107", "#")


def test_a_follow_up_is_marked_as_planned_or_due() -> None:
    assert drawn(follow_up_at=AT)["marks"] == "planned"
    assert drawn(follow_up_at=AT, is_due=1)["marks"] == "due"


def test_nothing_in_a_row_turns_the_direction_of_writing() -> None:
    row = drawn(first_name="Ann\u202ennA", tags=(("new\u2066", 1, 0),), snippet="\u202d5551", owner="Bob\u202c")
    assert not [name for name, value in row.items() if set(str(value)) & set("\u202c\u202d\u202e\u2066")]
    assert row["title"] == "AnnnnA Peña"


def test_no_quote_is_no_amount_and_zero_is_zero() -> None:
    assert json.loads(drawn(amount_cents=None)["amount"]) == [["", 0]]
    assert json.loads(drawn(amount_cents=0)["amount"]) == [["$0", 0]]
    assert json.loads(drawn(amount_cents=123_450)["amount"]) == [["$1,234.50", 0]]


def test_marks_are_those_of_the_row() -> None:
    row = drawn(is_hot=1, is_archived=1, unread_count=3)
    assert (row["marks"], row["unread"]) == ("hot archived", "3 unread")


def test_a_search_shows_the_sentence_and_where_it_stands() -> None:
    row = drawn("cafe", matched="note", sentence="Owns a Café.")
    assert row["why"] == "note"
    assert json.loads(row["snippet"]) == [["Owns a ", 0], ["Café", 1], [".", 0]]


def test_digits_of_a_search_mark_the_phone() -> None:
    row = drawn("555-0107", matched="phone", sentence="+12125550107")
    assert json.loads(row["phone"]) == [["(212) 555-0107", 1]]
    assert json.loads(row["snippet"]) == [["Is the café open?", 0]]


@pytest.mark.parametrize(
    ("search", "marked"),
    [("HON", ["Honda"]), ("the honda", ["the", "Honda"]), ('"the honda"', ["the", "Honda"]), ("nothing", [])],
)
def test_marked_words_are_those_that_match(search: str, marked: list[str]) -> None:
    spans = rows.marked("Sell the Honda, not the_other", query.parse(search))
    assert [text for text, hit in spans if hit][: len(marked)] == marked
    assert "".join(text for text, _ in spans) == "Sell the Honda, not the_other"


def test_accents_written_apart_stay_with_their_word() -> None:
    assert rows.marked("un cafe\u0301 noir", query.parse("café"))[1] == ("cafe\u0301", 1)


def test_hostile_text_stays_text() -> None:
    evil = "<img src=x onerror=alert(1)> ::JSCODE::alert(1)::JSCODE::"
    row = drawn(first_name=evil, tags=((evil, 3, 1),))
    assert row["title"].startswith("<img")
    assert json.loads(row["tags"]) == [[evil, 3]]


def test_an_empty_page_has_the_same_columns() -> None:
    empty = rows.for_grid(pd.DataFrame(columns=list(PLAIN)), "", here())
    assert list(empty.columns) == list(rows.FIELDS)


def test_foreign_phones_carry_their_country() -> None:
    german = Here(here().zone, "DE", "EUR")
    assert here().national("+442079460123") == "+44 20 7946 0123"
    assert german.national("+12125550107") == "+1 212-555-0107"
