"""One e-mail address: whether it is written as one can be; nothing is looked up."""

import re

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

from core.errors import Invalid

_SPECIAL = "|".join(name for name in SPECIAL_USE_DOMAIN_NAMES if "." not in name)
_PLAIN = re.compile(
    rf"[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+(?!(?:{_SPECIAL})$)[a-z]{{2,}}",
    re.IGNORECASE | re.ASCII,
)


def is_plain(text: str) -> bool:
    """The short way alone, for loops over millions; False means that `check` must look."""
    return len(text) <= 64 and _PLAIN.fullmatch(text) is not None


def check(text: str) -> None:
    """Whether the address is written as one can be; nothing is looked up.

    Raises: Invalid. Source: email-validator, which the short way for plain addresses equals.
    """
    if is_plain(text):
        return
    try:
        validate_email(text, check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError as error:
        raise Invalid("not an e-mail address") from error
