"""Text from data where Streamlit would read markup: labels, toasts, titles."""

import re

from core.words import straight

_SIGNS = re.compile(r"([\\`*_{}\[\]()<>#+!|~:$&-])")

_DRAWN = re.compile(r":(?=material[/_]|streamlit:)|(?<!\S)[<>~-](?=(?:->|[->=])(?!\S))")
"""What Streamlit draws as an icon or an arrow even where its signs are written as themselves."""

JOINER = "\u2060"
"""Unseen, without width; it parts what `_DRAWN` finds."""


def plain(text: str) -> str:
    """The same text, with every sign that could be markup written as itself; line breaks become blanks."""
    return _SIGNS.sub(r"\\\1", _DRAWN.sub(rf"\g<0>{JOINER}", " ".join(straight(text).split())))


def many(n: int, noun: str) -> str:
    """Such as “1 conversation” or “1,204 conversations”."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"
