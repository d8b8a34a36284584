"""Days and times as people and programs write them."""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

from core.errors import Invalid

MISSING = "time is missing"
NOT_A_TIME = "not a time"
NO_SUCH_DAY = "no such day"
NOT_A_DATE = "not a date"
SHORT_YEAR = "the year has two digits only"
IN_FUTURE = "in the future"
TOO_EARLY = "before 1900"
BEFORE_1970 = "before 1970"

ORDERS = {"mdy": "month/day/year", "dmy": "day/month/year"}
"""How dates like 02/10/1927 may be meant, and how people are told."""

_LONG_MONTHS = "january february march april may june july august september october november december"
_MONTHS = {name[:size]: n for n, name in enumerate(_LONG_MONTHS.split(), 1) for size in (3, 9)} | {"sept": 9}

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ISO = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d)")
_NUMBERS = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?!\d)")
_MONTH_FIRST = re.compile(r"([A-Za-z]{3,9})\.? (\d{1,2}),? (\d{4})(?!\d)")
_DAY_FIRST = re.compile(r"(\d{1,2})[- ]([A-Za-z]{3,9})\.?,?[- ](\d{4})(?!\d)")
_SHORT = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]'?\d{2}")
_WEEKDAY = re.compile(r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6},? ", re.IGNORECASE)
_CLOCK = re.compile(
    r"(?:T|,? )(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?(?: ?([AaPp])\.?[Mm]\.?)?(?: ?(Z|UTC|GMT|[+-]\d\d:?\d\d))?",
)
_ZERO = re.compile(r"[T ]0?0:00(?::00(?:\.0+)?)?(?:Z|[+-]00:?00)?")


def moment(text: str, zone: ZoneInfo, order: str) -> int:
    """A point in time, in UTC epoch seconds; parts of a second are dropped.

    Without a zone of its own it is read in `zone`, a day alone as its first moment there; where clocks go back, the
    earlier of the two, and a time that clocks skip as the same time before they went forward. Numbers of 10 and 13
    digits are epoch seconds and milliseconds. `order` (mdy or dmy) says how 02/10/2020 is meant.
    Raises: Invalid.
    """
    if len(text) == 20 and text[19] == "Z" and text[4] == text[7] == "-":
        try:
            return _since_1970(datetime.fromisoformat(text))
        except ValueError:
            pass  # the long way says why
    text = text.strip()
    if not text:
        raise Invalid(MISSING)
    if re.fullmatch(r"[0-9]{10}(?:[0-9]{3})?", text):
        return int(text[:10])
    weekday = _WEEKDAY.match(text)
    found, rest = _day(text[weekday.end() :] if weekday else text, order, NOT_A_TIME)
    return _since_1970(_with_clock(found, rest, zone))


@lru_cache(maxsize=1 << 16)
def birth_date(text: str, order: str, today: date) -> str:
    """A day of birth as an ISO day. Never one that could be meant otherwise than `order` (mdy or dmy) says.

    Raises: Invalid.
    """
    found = day(text, order)
    if found > today.isoformat():
        raise Invalid(IN_FUTURE)
    if found < "1900":
        raise Invalid(TOO_EARLY)
    return found


def day(text: str, order: str) -> str:
    """Any day as an ISO day. Never one that could be meant otherwise than `order` (mdy or dmy) says.

    Raises: Invalid.
    """
    text = text.strip()
    if _SHORT.fullmatch(text):
        raise Invalid(SHORT_YEAR)
    found, rest = _day(text, order, NOT_A_DATE)
    if rest and not _ZERO.fullmatch(rest):
        raise Invalid(NOT_A_DATE)
    return found.isoformat()


def _day(text: str, order: str, otherwise: str) -> tuple[date, str]:
    if found := _ISO.match(text):
        parts = found[1], found[3], found[4]
    elif found := _NUMBERS.match(text):
        parts = (found[4], found[1], found[3]) if order == "mdy" else (found[4], found[3], found[1])
    elif (found := _MONTH_FIRST.match(text)) and found[1].lower() in _MONTHS:
        parts = found[3], str(_MONTHS[found[1].lower()]), found[2]
    elif (found := _DAY_FIRST.match(text)) and found[2].lower() in _MONTHS:
        parts = found[3], str(_MONTHS[found[2].lower()]), found[1]
    else:
        raise Invalid(otherwise)
    year, month, day = map(int, parts)
    try:
        return date(year, month, day), text[found.end() :]
    except ValueError as error:
        raise Invalid(f"{NO_SUCH_DAY} (read as {ORDERS[order]})" if found.re is _NUMBERS else NO_SUCH_DAY) from error


def _with_clock(day: date, rest: str, zone: ZoneInfo) -> datetime:
    if not rest:
        return datetime(day.year, day.month, day.day, tzinfo=zone)
    clock = _CLOCK.fullmatch(rest)
    if not clock:
        raise Invalid(NOT_A_TIME)
    hour, half = int(clock[1]), (clock[4] or "").lower()
    if half:
        if not 1 <= hour <= 12:
            raise Invalid(NOT_A_TIME)
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        return datetime(
            day.year, day.month, day.day, hour, int(clock[2]), int(clock[3] or 0), tzinfo=_zone(clock[5]) or zone
        )
    except ValueError as error:
        raise Invalid(NOT_A_TIME) from error


def _zone(text: str | None) -> timezone | None:
    if not text or text in {"Z", "UTC", "GMT"}:
        return UTC if text else None
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    if minutes >= 24 * 60:
        raise Invalid(NOT_A_TIME)
    return timezone(timedelta(minutes=minutes if text[0] == "+" else -minutes))


def _since_1970(found: datetime) -> int:
    since = found - _EPOCH
    if since.days < 0:
        raise Invalid(BEFORE_1970)
    return since.days * 86_400 + since.seconds
