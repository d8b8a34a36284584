"""Hundreds of answers written by hand, and thousands of ways to write them: nothing that means stop is missed."""

import random
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from core.messages import refusals
from core.messages.keywords import wish

PHRASES = [
    tuple(line.split("\t"))
    for line in Path(__file__).with_name("wishes.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
"""Kind and text."""

MEANT = {"stop": "out", "refuse": "phrase", "wrong": "phrase", "harmless": "", "in": "in", "yes": "yes", "help": "help"}
SAY_STOP = ("stop", "refuse", "wrong")
VARIANTS = 5_000
FALSE_HITS = 0.02
"""Of harmless texts, the share that may be taken for a refusal and costs somebody a look."""

BLANKS = (" ", "  ", "\u00a0", "\t", "\n", " \u200b", "\u2003")
MARKS = (".", "!", "!!!", "…", ",", " -", "*", "~", ")", " :)")
EMOJI = ("🙏", "😡", "👍🏽", "❤️", " 😀", "🤷‍♀️")
LOOKALIKES = str.maketrans("aeopcxiyABEKMHOPCTX", "аеорсхіуАВЕКМНОРСТХ")
KEYS = dict(zip("qwertyuiopasdfghjklzxcvbnm", "wertyuiopisdfghjklkxcvbnmn", strict=True))


def _in_words(change: Callable[[str, random.Random], str]) -> Callable[[str, random.Random], str]:
    """One word of four or more letters is changed; none, where there is none."""

    def apply(text: str, chance: random.Random) -> str:
        words = text.split(" ")
        long = [n for n, word in enumerate(words) if len(word) >= 4 and word.isascii() and word.isalpha()]
        if long:
            at = chance.choice(long)
            words[at] = change(words[at], chance)
        return " ".join(words)

    return apply


def _slip(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word) - 1)
    ways = (
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        word[:at] + word[at + 1 :],
        word[:at] + word[at] + word[at:],
        word[:at] + KEYS[word[at].lower()] + word[at + 1 :],
    )
    return chance.choice(ways)


def _full_width(text: str, _chance: random.Random) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def _random_case(text: str, chance: random.Random) -> str:
    return "".join(chance.choice((c.upper(), c.lower())) if len(c.upper()) == 1 else c for c in text)


WRITINGS: dict[str, Callable[[str, random.Random], str]] = {
    "case": _random_case,
    "blanks": lambda text, chance: chance.choice(BLANKS) + chance.choice(BLANKS).join(text.split(" ")),
    "marks": lambda text, chance: text + chance.choice(MARKS),
    "emoji": lambda text, chance: chance.choice(EMOJI) + text + chance.choice(EMOJI),
    "full width": _full_width,
    "look-alikes": lambda text, _chance: text.translate(LOOKALIKES),
    "a slip": _in_words(_slip),
    "two letters more": _in_words(lambda word, chance: word[:-1] + word[-1] * chance.randrange(2, 5)),
}


def variants() -> list[tuple[str, str, str, str]]:
    """Kind, way of writing, text as written by hand, text as written now; always the same ones."""
    chance = random.Random(5)
    found = []
    for n in range(VARIANTS):
        kind, text = PHRASES[n % len(PHRASES)]
        way = list(WRITINGS)[n // len(PHRASES) % len(WRITINGS)]
        found.append((kind, way, text, WRITINGS[way](text, chance)))
    return found


def test_there_are_enough_phrases_of_each_kind() -> None:
    counted = Counter(kind for kind, _ in PHRASES)
    assert len(PHRASES) == len(set(PHRASES))
    assert set(counted) == set(MEANT)
    assert sum(counted[kind] for kind in SAY_STOP) >= 200
    assert counted["harmless"] >= 100


@pytest.mark.parametrize(("kind", "text"), PHRASES)
def test_each_phrase_is_understood(kind: str, text: str) -> None:
    assert wish(text) == MEANT[kind]


def test_no_writing_of_what_means_stop_is_missed(capsys: pytest.CaptureFixture[str]) -> None:
    tried = variants()
    missed = [each for each in tried if each[0] in SAY_STOP and wish(each[3]) not in ("out", "phrase")]
    harmless = [each for each in tried if each[0] not in SAY_STOP]
    hits = [each for each in harmless if wish(each[3]) in ("out", "phrase")]
    stops = len(tried) - len(harmless)
    said = f"{stops:,} writings of stop: recall {1 - len(missed) / stops:.2%}"
    with capsys.disabled():
        sys.stdout.write(f"\n{said}; {len(harmless):,} others: {len(hits)} taken for one\n")
    assert missed == []
    assert [each for each in hits if wish(each[3]) == "out"] == []
    assert len(hits) / len(harmless) < FALSE_HITS, hits


def test_the_word_of_the_rules_acts_at_once_in_every_writing() -> None:
    exact = [each for each in variants() if each[0] == "stop" and each[1] not in ("a slip", "two letters more")]
    assert [each for each in exact if wish(each[3]) != "out"] == []


def test_without_the_mending_of_slips_some_are_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusals, "mend", lambda said: said)
    assert [each for each in variants() if each[0] in SAY_STOP and not wish(each[3])]
