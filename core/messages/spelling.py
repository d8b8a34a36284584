"""A text as it is meant, however it is written: case, accents, signs, letters that look alike, slips of the finger."""

import re
import unicodedata
from collections.abc import Iterable

from core.words import fold

_CAPITALS = str.maketrans("АВЕКМНОРСТУХІЈЅԚԜΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "abekmhopctyxijsqwabezhikmnoptyx")
_SMALL = str.maketrans("аеорсухіјѕԁһԛԝкмтвнαοριτυχκν", "aeopcyxijsdhqwkmtbhaopituxkv")
_AS_LETTERS = str.maketrans("0134578", "oieastb")
_REPEATED = re.compile(r"(.)\1+")
_MIXED = re.compile(r"\b(?=\w*[a-z])(?=\w*\d)\w+")

SHORTEST = 3
"""Letters of a word; slips in shorter ones cannot be told from other words."""


def plain(body: str) -> str:
    """Letters and digits alone, folded, with single blanks; letters of other alphabets as those that they look like."""
    looks = unicodedata.normalize("NFKC", body).translate(_CAPITALS).translate(_SMALL)
    folded = fold(looks).replace("’", "").replace("'", "").replace("#", " number ")
    seen = "".join(c if c.isalnum() else " " for c in folded if unicodedata.category(c) != "Cf")
    return _MIXED.sub(lambda word: word[0].translate(_AS_LETTERS), " ".join(seen.split()))


def letters(said: str) -> str:
    """Single letters as the word that they spell: “s t o p”; anything else: nothing."""
    parts = said.split()
    return "".join(parts) if len(parts) > 1 and all(len(part) == 1 for part in parts) else ""


class Mender:
    """Takes each word that is one slip away from a `known` word for that word; `real` words are meant as they stand."""

    def __init__(self, known: Iterable[str], real: Iterable[str]) -> None:
        self._kept = frozenset(known) | frozenset(real)
        self._by_first: dict[str, list[str]] = {}
        for each in sorted(known):
            self._by_first.setdefault(each[0], []).append(each)
        self._by_shape = {_squeezed(each): each for each in known}

    def mend(self, said: str) -> str:
        """The plain text, its slips mended."""
        return " ".join(word if word in self._kept else self._nearest(word) for word in said.split())

    def _nearest(self, word: str) -> str:
        near = [each for each in self._by_first.get(word[0], ()) if len(word) >= SHORTEST and is_slip(word, each)]
        same_letters = sorted(near, key=lambda each: sorted(each) != sorted(word))
        return next(iter(same_letters), None) or self._by_shape.get(_squeezed(word), word)


def _squeezed(word: str) -> str:
    return _REPEATED.sub(r"\1", word)


def is_slip(word: str, meant: str) -> bool:
    """Whether one letter was left out, added, mistaken, or changed places with the next; never the first one."""
    if abs(len(word) - len(meant)) > 1 or word[:1] != meant[:1]:
        return False
    at = next((n for n, (a, b) in enumerate(zip(word, meant, strict=False)) if a != b), min(len(word), len(meant)))
    rest, wanted = word[at:], meant[at:]
    swapped = rest[:2] == wanted[1::-1] and len(wanted) > 1
    return rest[1:] == wanted[1:] or rest == wanted[1:] or rest[1:] == wanted or (swapped and rest[2:] == wanted[2:])
