"""What a person types, taken apart."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.conversations.query import Query, Term, clean, contains, parse, phrase_terms
from core.words import fold, words


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("", Query()),
        ("   ", Query()),
        ("\x00", Query()),
        ("hello", Query((Term("hello", True),))),
        ("a", Query((Term("a"),))),
        ("Hello  WORLD", Query((Term("hello"), Term("world", True)))),
        ("world hello world", Query((Term("hello"), Term("world", True)))),
        ('"thank you"', Query((), ("thank you",))),
        ('refund "thank  You!" now', Query((Term("refund"), Term("now", True)), ("thank you!",))),
        ('refund "thank you"', Query((Term("refund"),), ("thank you",))),
        ("%", Query((), ("%",))),
        ('""', Query((), ('""',))),
        ("\\", Query((), ("\\",))),
        ("hel*", Query((Term("hel", True),))),
        ("NEAR(a b)", Query((Term("near"), Term("a"), Term("b")))),
        ("+1 (202) 555-0132", Query((Term("1"), Term("202"), Term("555"), Term("0132", True)), (), "12025550132")),
        (
            "+44 (0)20 7946 0958",
            Query((*map(Term, ("44", "0", "20", "7946")), Term("0958", True)), (), "442079460958"),
        ),
        ("12", Query((Term("12", True),))),
        ("👩‍👩‍👧", Query((), ("👩‍👩‍👧",))),
    ],
)
def test_typed_text_becomes_words_phrases_and_digits(typed: str, query: Query) -> None:
    assert parse(typed) == query


def test_a_phrase_begins_where_a_word_begins_and_may_end_inside_one() -> None:
    assert contains("Thank  you, Ann", clean("thank you"))
    assert contains("hello world", clean("hello wor"))
    assert not contains("othello world", clean("hello"))
    assert contains("othello, hello", clean("hello"))
    assert contains("50% off", clean("% off"))


@given(st.text(), st.text())
def test_every_text_that_holds_a_phrase_has_the_words_the_index_is_asked_for(around: str, phrase: str) -> None:
    said = f"{around} {phrase} {around}"
    cleaned = clean(phrase)
    if cleaned and contains(said, cleaned):
        held = words(said)
        assert all(any(term.matches(word) for word in held) for term in phrase_terms(cleaned))


@settings(deadline=None)
@given(st.text(), st.text(min_size=1, max_size=3), st.booleans())
def test_a_term_is_found_where_a_word_of_the_text_is_the_term(text: str, asked: str, is_prefix: bool) -> None:
    said = f"{text}{asked} {text} {asked * 300}"
    for word in words(f"{asked} {asked * 300} {text}"):
        term = Term(word, is_prefix)
        at = term.place(fold(said))
        assert (at >= 0) == any(term.matches(held) for held in words(said))
        if at >= 0:
            before, found = fold(said)[:at], words(fold(said)[at:])[0]
            assert term.matches(found)
            assert not before[-1:].isalnum()
