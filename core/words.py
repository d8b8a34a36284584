"""The one way text is folded and split into words, for both engines and for the query."""

import re
import unicodedata
from functools import lru_cache

WORD_LENGTH = 255
"""A longer word counts by its first 255 letters, in text and query (PostgreSQL refuses lexemes above 2,046 bytes)."""

_UNSEEN = {"Cc", "Cs"}
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_ASCII = {n: chr(n).lower() if chr(n).isalnum() else " " for n in range(128)}
"""Folded letters and digits; all else is a blank."""


def fold(text: str) -> str:
    """Case and accents removed, symbols and blanks kept: casefold, NFKD, combining marks dropped.

    Folding twice changes nothing more.
    """
    if text.isascii():
        return text.lower()
    return "".join(map(_fold_character, text))


def clean(text: str) -> str:
    """The text without what no database keeps and nobody sees: control characters but tab and line feed, halves of
    characters; line ends as one.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return (
        text
        if text.isprintable()
        else "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in _UNSEEN)
    )


def straight(text: str) -> str:
    """The text without the unseen characters that turn the direction of writing: shown, they let one name, link or file
    pass for another. Scripts that run from right to left do without them.

    Source: Unicode Standard Annex 9, explicit directional embeddings, overrides and isolates.
    """
    return text if text.isascii() else _TURNING.sub("", text)


def line(text: str) -> str:
    """A name as it is kept: one line, nothing unseen in it, runs of blanks as one."""
    return " ".join(straight(clean(text)).split())


def words(text: str) -> list[str]:
    """Runs of letters and digits of the folded text, in order, repeats kept."""
    folded = text if text.isascii() else fold(text)
    if folded.isascii():
        found = folded.translate(_ASCII).split()
        return found if len(folded) <= WORD_LENGTH else [word[:WORD_LENGTH] for word in found]
    return [word[:WORD_LENGTH] for word in "".join(c if c.isalnum() else " " for c in folded).split()]


def document(text: str | None) -> str:
    """A text that, split at the ASCII characters that are no letters or digits, gives `words(text)`.

    ASCII capitals may stay: the text index takes them for small letters.
    """
    if not text or (len(text) <= WORD_LENGTH and text.isascii()):
        return text or ""
    return " ".join(words(text))


@lru_cache(maxsize=8192)
def _fold_character(character: str) -> str:
    # NFKD can bring capitals back (mathematical letters), casefold composed letters; two rounds settle both.
    folded = character
    for _ in range(2):
        folded = unicodedata.normalize("NFKD", folded).casefold()
    folded = unicodedata.normalize("NFKD", folded)
    return "".join(c for c in folded if not unicodedata.category(c).startswith("M"))
