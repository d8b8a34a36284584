"""Amounts of money as people write them, in cents."""

import re

from core.errors import Invalid

LARGEST_CENTS = 10**14
NOT_AN_AMOUNT = "is not an amount"

_SYMBOLS = {"USD": "$", "CAD": "$", "AUD": "$", "NZD": "$", "EUR": "€", "GBP": "£"}
_AMOUNT = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?", re.ASCII)


def cents(text: str, currency: str) -> int | None:
    """An amount of `currency` in cents, exactly; None when blank. More than two decimals are refused, not rounded.

    Raises: Invalid.
    """
    text = text.strip()
    if text.isdecimal() and len(text) <= 12 and text.isascii():
        return int(text) * 100
    if not text:
        return None
    bare = text.removeprefix(currency).removesuffix(currency).strip().removeprefix(_SYMBOLS.get(currency, "")).strip()
    found = _AMOUNT.fullmatch(bare)
    if not found:
        raise Invalid(NOT_AN_AMOUNT)
    part = (found[2] or "").rstrip("0")
    if len(part) > 2:
        raise Invalid(f"{NOT_AN_AMOUNT} in cents: more than two decimals")
    amount = int(found[1].replace(",", "")) * 100 + int(part.ljust(2, "0"))
    if amount > LARGEST_CENTS:
        raise Invalid(f"{NOT_AN_AMOUNT} that can be kept exactly: above {LARGEST_CENTS // 100:,}")
    return amount
