"""What a made-up lead answers to a text, so that the demo is alive; the same text gets the same answer."""

import hashlib
import re

_ANSWERS = (
    (r"\b(stop|unsubscribe)\b", ()),
    (r"\b(when|time|call|today|tomorrow|week|appointment|schedule)\b", (
        "Tomorrow after 4 would be good", "I'm free this afternoon", "Can you call me around noon?",
        "Thursday works for me",
    )),
    (r"\b(quote|price|rate|premium|cost|\$)", (
        "That sounds better than what I pay now", "What would it be with a higher deductible?",
        "Hmm, my current one is cheaper", "Can you send me the details?",
    )),
    (r"\?", (
        "Yes please", "Not sure yet, let me check with my wife", "Yes, both cars", "No, just the one",
        "I think so, why?",
    )),
    (r"", ("Ok thanks!", "Great, thank you", "Got it", "Thanks, talk soon 👍", "Who is this again?")),
)  # fmt: skip

_REFUSALS = ("STOP", "Please take me off your list", "Wrong number, don't text me again")

SILENT, REFUSING = 4, 16
"""One of so many texts is not answered, and one of so many answers refuses."""


def answer(body: str, salt: str) -> tuple[str, float] | None:
    """The answer, and after how many seconds it comes; None: silence. `salt`: whose text it is."""
    drawn = hashlib.sha256(f"{salt}\0{body}".encode()).digest()
    if drawn[0] % SILENT == 0:
        return None
    if drawn[3] % REFUSING == 0:
        return _REFUSALS[drawn[1] % len(_REFUSALS)], 4 + drawn[2] % 6
    lines = next(lines for pattern, lines in _ANSWERS if re.search(pattern, body, re.IGNORECASE))
    return (lines[drawn[1] % len(lines)], 4 + drawn[2] % 6) if lines else None
