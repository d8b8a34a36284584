"""One cell: amounts, directions, tags and names, each checked by its one rule."""

import csv
from collections.abc import Sequence
from functools import lru_cache

from core.errors import Invalid

LONGEST_NAME = 200
"""Letters of a first or last name, as in the forms; more is no name."""

QUOTED = '";'
"""Between tags: semicolons, but for those inside a tag that stands in quotes, as exports of ours write them."""

DIRECTIONS = {
    "in": "in", "inbound": "in", "incoming": "in", "received": "in",
    "out": "out", "outbound": "out", "outgoing": "out", "sent": "out",
    "outbound-api": "out", "outbound-reply": "out", "outbound-call": "out",
}  # fmt: skip
NOT_AN_OUTCOME = "is not open, won or lost"
OUTCOMES = {"open": "open", "won": "won", "lost": "lost", "abandoned": "lost"}


def direction(text: str, words: dict[str, str]) -> str:
    """in or out.

    Raises: Invalid; an unknown word is never taken for either.
    """
    found = words.get(text) or words.get(text.strip().lower())
    if not found:
        raise Invalid("direction is missing or unknown")
    return found


def outcome(text: str) -> str:
    """open, won or lost, or blank when nothing is said.

    Raises: Invalid.
    """
    word = text.strip().lower()
    if word and word not in OUTCOMES:
        raise Invalid(NOT_AN_OUTCOME)
    return OUTCOMES.get(word, "")


@lru_cache(maxsize=1 << 14)
def tags(text: str, separator: str) -> tuple[str, ...]:
    """The tags of a cell in order, each once. No `separator`: semicolons, else commas. Google's "* groups" are none."""
    if separator == QUOTED:
        return tuple(dict.fromkeys(filter(None, map(str.strip, next(csv.reader([text], delimiter=";"), [])))))
    if not separator:
        separator = ";" if ";" in text else ","
    found = [tag.strip() for tag in text.split(separator)]
    return tuple(dict.fromkeys(tag for tag in found if tag and not (separator == ":::" and tag.startswith("*"))))


def tags_cell(names: Sequence[str]) -> str:
    """The tags as one cell, which `tags` reads again with QUOTED between them."""
    quoted = [f'"{name.replace(chr(34), chr(34) * 2)}"' if ";" in name or '"' in name else name for name in names]
    return ";".join(quoted)


def split_name(text: str) -> tuple[str, str]:
    """First and last name of a full one: the last word is the last name, unless a comma puts it first."""
    last, comma, first = text.partition(",")
    if comma:
        return first.strip(), last.strip()
    first, _, last = text.strip().rpartition(" ")
    return (first.strip(), last) if first else (last, "")


def opportunities(text: str) -> list[tuple[str, str, str]]:
    """HighLevel's list of deals: outcome, pipeline and stage of each; the last word is taken for the stage.

    Raises: Invalid.
    """
    found = []
    for entry in filter(None, (part.strip() for part in text.split(", "))):
        word, _, rest = entry.partition(" ")
        pipeline, _, stage = rest.rpartition(" ")
        if word not in OUTCOMES or not pipeline:
            raise Invalid("not a list of “won PIPELINE STAGE”; its deals are left out")
        found.append((OUTCOMES[word], pipeline, stage))
    return found
