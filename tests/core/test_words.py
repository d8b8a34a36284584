"""Folding and splitting, by example and by law."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.words import WORD_LENGTH, document, fold, words


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Żółć", ["zołc"]),
        ("STRASSE straße", ["strasse", "strasse"]),
        ("it's 100% under_score", ["it", "s", "100", "under", "score"]),
        ("𝐡𝐞𝐥𝐥𝐨 Ⅷ", ["hello", "viii"]),
        ("E\u0301cole", ["ecole"]),
        ("田中 美咲", ["田中", "美咲"]),
        ("😂 % _ *", []),
        ("", []),
    ],
)
def test_words_are_folded_runs_of_letters_and_digits(typed: str, found: list[str]) -> None:
    assert words(typed) == found


def test_a_word_counts_by_its_beginning_when_it_is_very_long() -> None:
    assert words("x" * 400) == ["x" * WORD_LENGTH]


@given(st.text())
def test_folding_twice_changes_nothing_more(typed: str) -> None:
    assert fold(fold(typed)) == fold(typed)


@given(st.text())
def test_what_the_index_is_given_splits_into_the_same_words(typed: str) -> None:
    """The index splits at ASCII characters that are no letter or digit, and takes ASCII capitals for small letters."""
    given_text = document(typed)
    split = "".join(c if not c.isascii() or c.isalnum() else " " for c in given_text).split()
    assert [word.lower() if word.isascii() else word for word in split] == words(typed)
