"""Which words opt out and in, and which only sound like it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.messages.keywords import IN, OUT, wish

WORDS = sorted(OUT | IN)


@pytest.mark.parametrize(
    "body",
    ["STOP", " stop ", "Stop.", "stop!!", "S­TOP", "\u200bstop", "ＳＴＯＰ", "stop 🛑", "“Stop”", "Stop All",
     "OPT-OUT", "Unsubscribe\n"],
)  # fmt: skip
def test_the_word_alone_opts_out_however_it_is_written(body: str) -> None:
    assert wish(body) == "out"


@pytest.mark.parametrize(
    "body",
    ["We must STOP this bill", "I can't stop thinking about that premium and what it costs", "the end of the month",
     "Did you cancel my old policy?", "quit my job last week", "", "???", "👍", "start with the car",
     "opt for the first"],
)  # fmt: skip
def test_a_word_inside_a_sentence_is_no_wish(body: str) -> None:
    assert wish(body) == ""


@pytest.mark.parametrize(
    "body",
    ["please stop texting me", "Stop please", "stop it", "Wrong number, remove me", "don't text me", "DO NOT CONTACT",
     "take me off your list", "no mas", "unsubscibe", "leave me alone", "Don’t message me again"],
)  # fmt: skip
def test_what_sounds_like_an_opt_out_is_for_a_person_to_decide(body: str) -> None:
    assert wish(body) == "phrase"


@pytest.mark.parametrize(("body", "said"), [("START", "in"), ("unstop", "in"), ("Yes!", "yes"), ("yes please", "")])
def test_ways_back(body: str, said: str) -> None:
    assert wish(body) == said


@given(st.sampled_from(WORDS), st.text("abcdefghijklmnopqrstuvwxyz", min_size=3), st.booleans())
def test_a_word_with_another_beside_it_never_opts_out_by_itself(word: str, other: str, before: bool) -> None:
    said = f"{other} {word}" if before else f"{word} {other}"
    assert wish(said) in ({"out"} if said in OUT or other == word else {"", "phrase"})


@given(st.sampled_from(sorted(OUT)), st.text(" .,!?*-_\t\n\u200b\ufe0f😀", max_size=5), st.booleans())
def test_signs_around_it_change_nothing(word: str, signs: str, upper: bool) -> None:
    assert wish(signs + (word.upper() if upper else word) + signs) == "out"


@given(st.text())
def test_any_text_has_an_answer(body: str) -> None:
    assert wish(body) in {"out", "in", "yes", "help", "phrase", ""}
