"""Values of fields as texts whose bytewise order is that of the values, the same for both engines and the mirror."""

import re
from decimal import Decimal

from core.errors import Invalid
from core.words import fold

LONGEST_KEY = 200
"""Letters of a text that count for its order."""

MOST_DIGITS = 30

_NUMBER = re.compile(r"([+-]?)(\d{1,3}(?:,\d{3})+|\d+)?(\.\d+)?", re.ASCII)
_MINUS = str.maketrans("\u2212\u2013", "--")
_TURNED = str.maketrans("0123456789", "9876543210")
_MIDDLE = 500  # no exponent of a number of so few digits comes near


def number(text: str) -> str:
    """A number in its plainest spelling: “1,250.50” is 1250.5.

    Raises: Invalid.
    """
    found = _NUMBER.fullmatch(text.strip().translate(_MINUS))
    digits = "".join(part for part in found.groups()[1:] if part) if found else ""
    if not found or not digits or len(digits) > MOST_DIGITS:
        raise Invalid("This is no number. Write it like 1,250.5.")
    plain = format(Decimal(found[1] + digits.replace(",", "")), "f")
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return "0" if plain in {"-0", ""} else plain


def key(kind: str, value: str) -> str:
    """The sort key of a value of this kind, as `value` is stored."""
    if kind == "number":
        return _of_number(Decimal(value))
    return value if kind == "date" else fold(value)[:LONGEST_KEY]


def _of_number(value: Decimal) -> str:
    if not value:
        return "1"
    sign, digits, exponent = value.normalize().as_tuple()
    whole = f"{len(digits) + int(exponent) + _MIDDLE:03}" + "".join(map(str, digits))
    return "0" + whole.translate(_TURNED) + "~" if sign else "1" + whole  # ~ lies above all digits
