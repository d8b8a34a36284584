"""Business days: no Saturday, no Sunday, no federal holiday of the US.

Source: 5 U.S.C. 6103; a holiday on a Saturday is kept on the Friday before, one on a Sunday on the Monday after.
"""

from datetime import date, timedelta
from functools import cache

MONDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = 0, 3, 4, 5, 6

_FIXED = ((1, 1), (6, 19), (7, 4), (11, 11), (12, 25))
_NTH = ((1, MONDAY, 3), (2, MONDAY, 3), (9, MONDAY, 1), (10, MONDAY, 2), (11, THURSDAY, 4))
"""Month, weekday and which of them in the month."""


def after(day: date, n: int) -> date:
    """The `n`-th business day after a day."""
    while n:
        day += timedelta(days=1)
        n -= is_business_day(day)
    return day


def is_business_day(day: date) -> bool:
    # New Year's Day may be kept on the last day of the year before.
    return day.weekday() < SATURDAY and day not in _holidays(day.year) and day not in _holidays(day.year + 1)


@cache
def _holidays(year: int) -> frozenset[date]:
    """As they are kept."""
    last_of_may = date(year, 5, 31)
    memorial = last_of_may - timedelta(days=last_of_may.weekday())
    fixed = {_kept(date(year, month, day)) for month, day in _FIXED}
    return frozenset(fixed | {memorial} | {_nth(year, *rule) for rule in _NTH})


def _kept(day: date) -> date:
    return day + timedelta(days={SATURDAY: -1, SUNDAY: 1}.get(day.weekday(), 0))


def _nth(year: int, month: int, weekday: int, n: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (n - 1))
