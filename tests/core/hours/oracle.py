"""Which quarter hours are lawful, written from the text of the rules alone and from nothing of the product.

Federal: no telephone solicitation "before the hour of 8 a.m. or after 9 p.m. (local time at the called party's
location)", 47 CFR 64.1200(c)(1). Usual: 9:00 to 20:00. States: the table of state hours that the product begins with.
"""

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

QUARTER = 900
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
QUARTERS = 2 * 365 * 96
"""Two years: four changes of clocks."""

STATES = ("", "FL", "MD", "MS", "NJ", "OK", "CT", "TX", "RI", "CA")

Flags = npt.NDArray[np.bool_]


def second(quarter: int) -> int:
    return int(BEGIN.timestamp()) + quarter * QUARTER


def following(flags: Flags) -> npt.NDArray[np.int64]:
    """For each quarter hour the first one from it on that is flagged; QUARTERS: none of the two years."""
    here = np.where(flags, np.arange(QUARTERS), QUARTERS)
    return np.minimum.accumulate(here[::-1])[::-1]


@cache
def civil(zone: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Weekday (Monday 0) and minute of the day at each quarter hour, on the clock on the wall."""
    place, quarter = ZoneInfo(zone), timedelta(seconds=QUARTER)
    walls = [(BEGIN + n * quarter).astimezone(place) for n in range(QUARTERS)]
    return np.array([each.weekday() for each in walls]), np.array([each.hour * 60 + each.minute for each in walls])


def is_lawful(zone: str, state: str, earliest: int = 9, latest: int = 20) -> Flags:
    """By quarter hour: everybody's rule, the state's, and the usual hours."""
    weekday, minute = civil(zone)
    sunday, weekend = weekday == 6, weekday >= 5

    def between(first: int, last: int) -> Flags:
        return np.asarray((minute >= first * 60) & (minute < last * 60))

    lawful = between(8, 21) & between(earliest, latest)
    if state in ("FL", "MD", "MS", "NJ", "OK"):
        lawful &= between(8, 20)
    if state == "CT":
        lawful &= between(9, 20)
    if state == "TX":
        lawful &= np.where(sunday, between(12, 21), between(9, 21))
    if state == "RI":
        lawful &= np.where(weekend, between(10, 17), between(9, 18))
    return lawful


@cache
def days_of_change(zone: str) -> tuple[int, ...]:
    """The first quarter hours of the days, in UTC, in which the zone's clocks change, and of their neighbours."""
    place, found = ZoneInfo(zone), set[int]()
    for day in range(QUARTERS // 96):
        at = BEGIN + timedelta(days=day)
        if at.astimezone(place).utcoffset() != (at + timedelta(days=1)).astimezone(place).utcoffset():
            found |= {day - 1, day, day + 1, day + 2}
    return tuple(sorted(96 * day for day in found if 0 <= day < QUARTERS // 96))
