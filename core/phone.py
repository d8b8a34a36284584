"""One phone number: any spelling to E.164, and back to what people read."""

import re
import unicodedata
from functools import cache, lru_cache
from typing import NamedTuple

import phonenumbers
from phonenumbers import timezone
from phonenumbers.phonenumberutil import COUNTRY_CODE_TO_REGION_CODE

from core.errors import Invalid

MISSING = "phone is missing"
LETTERS = "letters, not a phone number"
SEVERAL = "more than one number in the cell"
SCIENTIFIC = "phone is in scientific notation, digits are lost"
NOT_A_NUMBER = "not a phone number"

NANP_REGIONS = frozenset(COUNTRY_CODE_TO_REGION_CODE[1])
_NANP_KINDS = (
    "fixed_line",
    "mobile",
    "toll_free",
    "premium_rate",
    "personal_number",
    "voip",
    "uan",
    "pager",
    "voicemail",
)
_PLAIN = re.compile(r"(?:\+?1[-. ]?)?\(?([2-9]\d\d)\)?[-. ]{0,2}([2-9]\d\d)[-. ]?(\d{4})", re.ASCII)

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_EXTENSION = re.compile(r"(?:[;,\s]*(?:extension|ext|x|#)[.:=]?\s*)(\d{1,7})$", re.IGNORECASE)
_SPREADSHEET = re.compile(r"[+-]?\d+(?:[.,]\d+)?e[+-]?\d+", re.IGNORECASE)
_DECIMALS = re.compile(r"(\d{7,})\.\d{1,2}")
_BETWEEN = re.compile(r"[/;,|~&\n\r\uff5e]|::+|\b(?:or|and)\b", re.IGNORECASE)
_WRITTEN = re.compile(r"[\d\s+()\[\]./\-\u2010-\u2015\u2212\u3000\u30fc\uff08\uff09\uff0b\uff0d-\uff0f\uff3b\uff3d]+")


class Phone(NamedTuple):
    """A number that may be dialled; `note` says what was left out of the spelling, if anything was."""

    e164: str
    is_valid: bool
    note: str = ""


def parse(raw: str, region: str) -> Phone:
    """The number a person wrote; `region` (such as US) is assumed where no country code is written.

    Accepted when it is possible at full length; `is_valid` is False when it lies outside the allocated ranges.
    Raises: Invalid with one of the reasons above.
    Source: libphonenumber, which the short way for plain +1 spellings equals.
    """
    return _parse_any(raw, region) if (found := plain(raw, region)) is None else Phone(*found)


def plain(raw: str, region: str) -> tuple[str, bool] | None:
    """The short way alone, for loops over millions: E.164 and whether it is valid; None when `parse` must look."""
    found = _PLAIN.fullmatch(raw)
    if found is None or (region not in NANP_REGIONS and raw[0] != "+"):
        return None
    area, exchange, line = found.groups()
    return f"+1{area}{exchange}{line}", _is_valid_nanp(area, exchange, line[0])


def national(e164: str) -> str:
    """The number as people read it: (734) 555-0132 for +1, else the international form."""
    if len(e164) == 12 and e164.startswith("+1"):
        return f"({e164[2:5]}) {e164[5:8]}-{e164[8:]}"
    try:
        number = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return e164
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def digits(text: str) -> str:
    """The decimal digits of a text in order, of whatever script, as 0 to 9."""
    return "".join(str(unicodedata.decimal(c)) for c in text if c.isdecimal())


def zones(e164: str) -> tuple[str, ...]:
    """The time zones the number may be in, best known first; none when it is unallocated.

    Source: libphonenumber's prefix table.
    """
    return _zones_nanp(e164[2:9]) if len(e164) == 12 and e164.startswith("+1") else _zones_any(e164)


def is_geographical(e164: str) -> bool:
    """Whether the number is bound to a place; toll-free ones are not.

    Source: libphonenumber.
    """
    try:
        return bool(phonenumbers.is_number_geographical(phonenumbers.parse(e164, None)))
    except phonenumbers.NumberParseException:
        return False


def _parse_any(raw: str, region: str) -> Phone:
    text = _INVISIBLE.sub("", raw).strip().removeprefix("'")
    if not text:
        raise Invalid(MISSING)
    if _SPREADSHEET.fullmatch(text):
        raise Invalid(SCIENTIFIC)
    text = re.sub(r"^tel:\s*", "", text, flags=re.IGNORECASE)
    text, note = _without_extension(text)
    if text.endswith(".0") and text[:-2].isdecimal():
        text, note = text[:-2], "“.0” dropped"
    _refuse_what_is_no_number(text)
    try:
        number = phonenumbers.parse(re.sub(r"\s", " ", text), region)
    except phonenumbers.NumberParseException as error:
        raise Invalid(NOT_A_NUMBER) from error
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        raise Invalid(NOT_A_NUMBER)
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return Phone(e164, phonenumbers.is_valid_number(number), note)


def _without_extension(text: str) -> tuple[str, str]:
    found = _EXTENSION.search(text)
    # "12 x 5" and "#7345550132" have no number before the mark; they stay whole and are refused as they are.
    if found and len(digits(text[: found.start()])) >= 7:
        return text[: found.start()], f"extension {found[1]} dropped"
    return text, ""


def _refuse_what_is_no_number(text: str) -> None:
    """libphonenumber would glue the digits of "7345550132 / 0133" together and read a number out of "734-555-CALL"."""
    first, *others = _BETWEEN.split(text)
    if len(digits(first)) >= 7 and any(digits(other) for other in others):
        raise Invalid(SEVERAL)
    if any(c.isalpha() for c in text):
        raise Invalid(LETTERS)
    if _DECIMALS.search(text) or not _WRITTEN.fullmatch(text):
        raise Invalid(NOT_A_NUMBER)


@lru_cache(maxsize=1 << 16)
def _is_valid_nanp(area: str, exchange: str, next_digit: str) -> bool:
    # No +1 range is cut finer than its first seven digits; the test on generated numbers would show one.
    return _nanp_ranges(*_NANP_KINDS).fullmatch(f"{area}{exchange}{next_digit}000") is not None


@cache
def _nanp_ranges(*kinds: str) -> re.Pattern[str]:
    """The allocated +1 ranges of these kinds, as libphonenumber has them, in one pattern."""
    patterns: dict[str, None] = {}
    for region in COUNTRY_CODE_TO_REGION_CODE[1]:
        metadata = phonenumbers.PhoneMetadata.metadata_for_region(region)
        for kind in kinds:
            pattern = getattr(getattr(metadata, kind), "national_number_pattern", None)
            if pattern:
                patterns[pattern] = None
    return re.compile("|".join(patterns))


@lru_cache(maxsize=1 << 16)
def _zones_nanp(first_seven: str) -> tuple[str, ...]:
    if not _nanp_ranges("fixed_line", "mobile").fullmatch(first_seven + "000"):
        return _zones_any(f"+1{first_seven}000")
    number = phonenumbers.PhoneNumber(country_code=1, national_number=int(first_seven + "000"))
    return tuple(timezone.time_zones_for_geographical_number(number))


def _zones_any(e164: str) -> tuple[str, ...]:
    try:
        found = timezone.time_zones_for_number(phonenumbers.parse(e164, None))
    except phonenumbers.NumberParseException:
        return ()
    return tuple(zone for zone in found if zone != timezone.UNKNOWN_TIMEZONE)
