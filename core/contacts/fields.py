"""The fields of a contact that people edit: their names on screen, and the one rule of each, in words."""

import re
from collections.abc import Callable
from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core import mail, times
from core.errors import Invalid
from core.words import line

LONGEST = 200
"""Letters of a value."""

FIELDS = {
    "first_name": "First name",
    "last_name": "Last name",
    "email": "E-mail",
    "date_of_birth": "Date of birth",
    "zip_code": "Zip code",
    "city": "City",
    "state": "State",
    "source": "Source",
    "owner": "Owner",
    "time_zone": "Time zone",
}
"""Names and labels in the order of a form. `owner`: the user's id as text; all others as they are read. The phone is
none of them: it says who the contact is.
"""

_ZIP = re.compile(r"[0-9A-Za-z]+(?:[ -][0-9A-Za-z]+)*")
_WHY = {
    times.SHORT_YEAR: "Write the year with four digits, such as {year}-{month:02}-{day:02}.",
    times.IN_FUTURE: "This day lies in the future.",
    times.TOO_EARLY: "This day lies before 1900.",
    times.NO_SUCH_DAY: "There is no such day.",
}
_EXAMPLE = {"year": 1985, "month": 4, "day": 23}


def check(name: str, text: str, order: str, today: date) -> str:
    """The value as it is kept, blank for none; dates as ISO days. `order` (mdy or dmy) says how 02/10/1985 is meant.

    Raises: Invalid with a sentence for the person who typed it.
    """
    value = line(text)
    if len(value) > LONGEST:
        raise Invalid(f"{FIELDS[name]}: at most {LONGEST} letters, these are {len(value):,}.")
    if not value:
        return ""
    if name == "date_of_birth":
        return day(value, order, today)
    return _RULES[name](value) if name in _RULES else value


def day(value: str, order: str, today: date) -> str:
    """A day of a life, as an ISO day.

    Raises: Invalid.
    """
    try:
        return times.birth_date(value, order, today)
    except Invalid as error:
        why = _WHY.get(str(error).split(" (")[0], "This is no date. Write it like {year}-{month:02}-{day:02}.")
        raise Invalid(why.format(**_EXAMPLE)) from error


def _email(value: str) -> str:
    try:
        mail.check(value)
    except Invalid as error:
        raise Invalid("This is no e-mail address. Write it like name@example.com.") from error
    return value


def _zip_code(value: str) -> str:
    if len(value) > 12 or not _ZIP.fullmatch(value):
        raise Invalid("A zip code has up to 12 letters and digits, such as 02139 or 02139-4307.")
    return value


def _time_zone(value: str) -> str:
    try:
        return ZoneInfo(value).key
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Invalid("There is no such time zone. Write it like America/New_York.") from error


_RULES: dict[str, Callable[[str], str]] = {"email": _email, "zip_code": _zip_code, "time_zone": _time_zone}
