"""Encoding and segments of a text: what it costs, and what the network splits it into."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

LONGEST = 1_600
"""Letters of one text, ten segments of GSM-7. Source: the providers' own limit."""

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("\f^{}\\[~]|€")
"""Two septets each: escape and character. Source of both sets: 3GPP TS 23.038, section 6.2.1."""

GSM, UNICODE = (160, 153), (70, 67)
"""Units of a text that stands alone, and of a part of a longer one, whose header takes the rest."""


@dataclass(frozen=True)
class Count:
    """What a text costs. `units`: septets (GSM-7) or UTF-16 code units (UCS-2); `left`: units that still fit into the
    last segment; `forced_by`: the characters that force Unicode, in order, each once.
    """

    encoding: Literal["GSM-7", "UCS-2"]
    units: int
    segments: int
    left: int
    forced_by: tuple[str, ...] = ()


def count(text: str) -> Count:
    """Segments of the text; none for an empty one."""
    forced_by = tuple(dict.fromkeys(character for character in text if _septets(character) == 0))
    units = sum(_costs(text, bool(forced_by)))
    parts = split(text)
    alone, part = UNICODE if forced_by else GSM
    used = sum(_costs(parts[-1], bool(forced_by))) if parts else 0
    left = (part if len(parts) > 1 else alone) - used
    return Count("UCS-2" if forced_by else "GSM-7", units, len(parts), left, forced_by)


def split(text: str) -> list[str]:
    """The parts the network carries, in order. No part begins in the middle of a character that counts two."""
    is_unicode = any(_septets(character) == 0 for character in text)
    costs = list(_costs(text, is_unicode))
    alone, part = UNICODE if is_unicode else GSM
    if sum(costs) <= alone:
        return [text] if text else []
    parts, begin, used = [], 0, 0
    for place, cost in enumerate(costs):
        if used + cost > part:
            parts.append(text[begin:place])
            begin, used = place, 0
        used += cost
    return [*parts, text[begin:]]


def _costs(text: str, is_unicode: bool) -> Iterator[int]:
    return map(_code_units if is_unicode else _septets, text)


def _septets(character: str) -> int:
    """0: not in the alphabet."""
    return 1 if character in BASIC else 2 if character in EXTENSION else 0


def _code_units(character: str) -> int:
    return 2 if ord(character) > 0xFFFF else 1
