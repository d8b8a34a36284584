"""What a text from a contact asks for: to be left alone, or to be texted again.

Source: Twilio's and the FCC's lists of words; a word counts only when it is the whole text, so that "We must STOP this
bill" opts nobody out.
"""

import re
import unicodedata
from typing import Literal

OUT = frozenset(
    {"stop", "stopall", "stop all", "quit", "end", "revoke", "opt out", "optout", "cancel", "unsubscribe"}
)  # fmt: skip
IN = frozenset({"start", "unstop"})
YES = "yes"
"""Opts in only right after the confirmation of an opt-out: in a sales chat it means anything."""

_PHRASES = re.compile(
    r"\b(?:stop (?:texting|messaging|contacting|sending|bothering)"
    r"|(?:dont|do not|never) (?:text|message|contact|send)"
    r"|(?:take|remove) (?:me|my (?:name|number|phone))|wrong (?:number|person)|leave me alone|lose (?:my|this) number"
    r"|opt me out|unsub\w*|no m[aá]s)\b|^(?:please |pls |plz )stop\b|^stop \w+(?: \w+)?$"
)

Wish = Literal["out", "in", "yes", "phrase", ""]


def wish(body: str) -> Wish:
    """`out` and `in`: the whole text is such a word; `phrase`: it sounds like an opt-out, for a person to decide."""
    said = _plain(body)
    if said in OUT:
        return "out"
    if said in IN:
        return "in"
    if said == YES:
        return "yes"
    return "phrase" if _PHRASES.search(said) else ""


def _plain(body: str) -> str:
    """Letters and digits alone, folded, with single blanks: case, punctuation and emoji do not count."""
    folded = unicodedata.normalize("NFKC", body).casefold().replace("’", "").replace("'", "")
    return " ".join("".join(c if c.isalnum() else " " for c in folded if unicodedata.category(c) != "Cf").split())
