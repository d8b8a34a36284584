"""What a text from a contact asks for: to be left alone, to be texted again, or who we are.

Source: Twilio's and the FCC's lists of words, 47 CFR 64.1200(a)(10); a word counts only when it is the whole text, so
that "We must STOP this bill" opts nobody out. What else a reasonable person would take for an opt-out is in `refusals`.
"""

from typing import Literal

from core.messages import refusals
from core.messages.spelling import letters, plain

OUT = frozenset(
    {"stop", "stopall", "stop all", "quit", "end", "revoke", "opt out", "optout", "cancel", "unsubscribe"}
)  # fmt: skip
IN = frozenset({"start", "unstop"})
HELP = frozenset({"help", "info", "ayuda"})
YES = "yes"
"""Opts in only right after the confirmation of an opt-out: in a sales chat it means anything."""

Wish = Literal["out", "in", "yes", "help", "phrase", ""]


def wish(body: str) -> Wish:
    """`phrase`: it sounds like an opt-out, for a person to decide; all others: the whole text is such a word."""
    said = plain(body)
    if _once(said) in OUT or letters(said) in OUT:
        return "out"
    if said in IN:
        return "in"
    if said in HELP:
        return "help"
    if said == YES:
        return "yes"
    return "phrase" if _is_phrase(said) or refusals.is_sign(body) else ""


def _is_phrase(said: str) -> bool:
    """A refusal, or with a slip of the finger one, or the word."""
    meant = refusals.mend(said)
    return refusals.is_refusal(said) or _once(meant) in OUT or refusals.is_refusal(meant)


def _once(said: str) -> str:
    """A word that is said again and again, once."""
    words = said.split()
    return words[0] if len(set(words)) == 1 else said
