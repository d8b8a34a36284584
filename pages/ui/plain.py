"""Text from data where Streamlit would read markup: labels, toasts, titles."""

import re

from core.words import straight

_SIGNS = re.compile(r"([\\`*_{}\[\]()<>#+!|~:$&-])")


def plain(text: str) -> str:
    """The same text, with every sign that could be markup written as itself; line breaks become blanks."""
    return _SIGNS.sub(r"\\\1", " ".join(straight(text).split()))


def many(n: int, noun: str) -> str:
    """Such as “1 conversation” or “1,204 conversations”."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"
