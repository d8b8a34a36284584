"""The texts the demo is made of, read once: places, names, things, and what people say."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import accumulate, chain
from pathlib import Path
from zoneinfo import ZoneInfo

FOLDER = Path(__file__).parent / "texts"
JANUARY = datetime(2026, 1, 15, tzinfo=UTC)

_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Place:
    """An area code with a city it serves; `offset`: seconds from UTC in winter."""

    code: str
    state: str
    zone: str
    offset: int
    city: str
    zip_code: str


@dataclass(frozen=True)
class Turn:
    """One thing to say: `speaker` is in, out or auto; `lines` are ready for the % operator."""

    name: str
    speaker: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Planted:
    """Words at known frequencies: `below[i]` of the messages hold one of `words[:i + 1]`."""

    words: tuple[str, ...]
    shares: tuple[float, ...]
    below: tuple[float, ...]
    lines: tuple[tuple[str, ...], ...]


def sections(name: str) -> dict[str, list[str]]:
    """The lines of a text file under their [headings], in order."""
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("[") and line.endswith("]"):
            lines = found.setdefault(line[1:-1], [])
        elif line and not line.startswith("#"):
            lines.append(line)
    return found


def ready(line: str) -> str:
    """A line with {slots} as the % operator takes it."""
    return _SLOT.sub(r"%(\1)s", line.replace("%", "%%"))


@cache
def places() -> dict[str, list[Place]]:
    """Area code → the cities it serves."""
    found: dict[str, list[Place]] = {}
    for line in (FOLDER / "places.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        codes, state, zone, cities = (part.strip() for part in line.split("|"))
        away = JANUARY.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()
        for code in codes.split():
            pairs = [city.strip().rsplit(" ", 1) for city in cities.split(",")]
            found[code] = [
                Place(code, state, zone, int(away.total_seconds()), city, zip_code) for city, zip_code in pairs
            ]
    return found


@cache
def names() -> tuple[list[float], list[tuple[list[str], list[str]]]]:
    """Cumulative shares of the origins, and the first and last names of each."""
    shares, groups = [], []
    for heading, lines in sections("names.txt").items():
        shares.append(float(heading.removeprefix("share ")))
        listed = [line.split(":", 1)[1].split() for line in lines]
        groups.append(
            (
                listed[0],
                [name.replace("-", " ") if name[0].islower() or name.startswith("De-") else name for name in listed[1]],
            )
        )
    return [total / sum(shares) for total in accumulate(shares)], groups


@cache
def things() -> dict[str, list[str]]:
    """Cars, carriers, jobs and so on; the common ones first. Streets are put together from their two halves."""
    found = sections("things.txt")
    for one_line in ("pets", "streets first", "streets second", "streets kind"):
        found[one_line] = list(chain.from_iterable(line.split() for line in found[one_line]))
    return found


@cache
def turns() -> dict[str, Turn]:
    """Everything that may be said, by the turn's name."""
    found = {}
    for heading, lines in sections("lines.txt").items():
        speaker, name = heading.split()
        found[name] = Turn(name, speaker, tuple(ready(line) for line in lines))
    return found


@cache
def planted() -> Planted:
    """The words planted in a share of all messages."""
    rows = [(heading.split(), lines) for heading, lines in sections("planted.txt").items()]
    shares = tuple(float(share) / 100 for (share, _), _ in rows)
    words = tuple(word for (_, word), _ in rows)
    return Planted(words, shares, tuple(accumulate(shares)), tuple(tuple(map(ready, lines)) for _, lines in rows))


ARCHIVED_WORD = "dormant"
"""Stands only in conversations that are archived."""
