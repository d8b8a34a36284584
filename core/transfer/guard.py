"""Cells that a spreadsheet would run as formulas: an apostrophe in front on the way out, and off on the way in."""

import re

_RISKY = re.compile(r"'* *[=+\-@\t\r\n\0＝＋－＠]")
_GUARDED = re.compile(r"''* *[=+\-@\t\r\n\0＝＋－＠]")
_E164 = re.compile(r"\+[0-9]{7,15}")


def guard(text: str) -> str:
    """The text as it may stand in a file of ours; a whole E.164 number is harmless and stays."""
    return "'" + text if _RISKY.match(text) and not _E164.fullmatch(text) else text


def unguard(text: str) -> str:
    """What `guard` was given. Only for files that we wrote: elsewhere an apostrophe is what somebody typed."""
    return text[1:] if _GUARDED.match(text) else text
