"""How conversations go: which turns follow each other, and how long after one another."""

from dataclasses import dataclass
from functools import cache
from math import exp
from random import Random

from core.demo import library
from core.demo.library import Turn

HOUR, DAY = 3_600, 86_400

# A turn's mark says how long after the one before: none = minutes, ~ hours, + days, * weeks, # months.
QUALIFY = {
    "auto": "ask_vehicle tell_vehicle ask_drivers tell_drivers",
    "home": "ask_home tell_home",
    "life": "ask_life tell_life",
}
SERVICE = (
    "#ask_idcard ~idcard",
    "#ask_claim claim claim_reply +claim_close",
    "#ask_payment ~payment payment_reply",
    "#ask_change ~change change_reply",
    "#refer ~refer_reply",
    "#chat chat_reply",
)
RENEWAL = "#renewal renewal_reply +renewal_done"
EXCHANGES_OF_THE_TALKATIVE = 220
TALKATIVE_EVERY = 20_011
"""One conversation in so many goes on and on, because real data has those too."""


@dataclass(frozen=True)
class Story:
    """`share` of conversations; chances that one is archived once it is old, and hot; deals on average."""

    name: str
    share: float
    archived: float
    hot: float
    deals: float


STORIES = (
    Story("silent", 0.23, 0.31, 0.0, 0.3),
    Story("not_interested", 0.13, 0.41, 0.0, 0.6),
    Story("stop", 0.05, 0.45, 0.0, 0.5),
    Story("wrong_number", 0.03, 0.85, 0.0, 0.1),
    Story("lost", 0.2, 0.24, 0.012, 1.3),
    Story("open", 0.18, 0.08, 0.075, 1.35),
    Story("sold", 0.18, 0.02, 0.03, 1.85),
)


@cache
def parsed(script: str) -> tuple[tuple[str, Turn], ...]:
    """A script as (mark, turn) pairs."""
    known = library.turns()
    pairs = []
    for word in script.split():
        mark = word[0] if word[0] in "~+*#" else ""
        pairs.append((mark, known[word.removeprefix(mark)]))
    return tuple(pairs)


def choose(rnd: Random) -> Story:
    """A story by its share."""
    at = rnd.random()
    for story in STORIES:
        at -= story.share
        if at < 0:
            return story
    return STORIES[-1]


def script(rnd: Random, story: Story, line: str, number: int) -> tuple[tuple[str, Turn], ...]:
    """The turns of the conversation in place `number`, before time cuts them off."""
    parts = SCRIPTS[story.name](rnd, line)
    if number % TALKATIVE_EVERY == 11:
        parts = [*_bought(rnd, line), *rnd.choices(SERVICE, k=EXCHANGES_OF_THE_TALKATIVE)]
        pairs = [pair for part in parts for pair in parsed(part)]
        return tuple(("~" if mark == "#" else mark, turn) for mark, turn in pairs)
    return tuple(pair for part in parts for pair in parsed(part))


def gap(rnd: Random, mark: str) -> int:
    """Seconds that pass before a turn."""
    return int(_GAPS[mark][int(rnd.random() * 1_024)] * (0.7 + 0.6 * rnd.random()))


def awake(rnd: Random, at: int, offset: int) -> int:
    """The same moment, or the next morning where it would be night; `offset`: seconds from UTC."""
    second = (at + offset) % DAY
    if second < 8 * HOUR:
        return at + 8 * HOUR - second + int(rnd.random() * HOUR)
    if second > 21 * HOUR:
        return at + 32 * HOUR - second + int(rnd.random() * HOUR)
    return at


def _silent(rnd: Random, line: str) -> list[str]:
    return ["hello"]


def _not_interested(rnd: Random, line: str) -> list[str]:
    parts = ["hello ~no_thanks understood"]
    if rnd.random() < 0.4:
        parts.append("#check_back ~check_back_no")
    return parts


def _stop(rnd: Random, line: str) -> list[str]:
    parts = [
        "hello ~stop stop_confirm"
        if rnd.random() < 0.7
        else "hello yes_hello ask_vehicle ~follow_up +stop stop_confirm"
    ]
    if rnd.random() < 0.06:
        parts.append("+start start_confirm")
    return parts


def _wrong_number(rnd: Random, line: str) -> list[str]:
    return ["hello ~wrong_number sorry_wrong"]


def _asked(rnd: Random, line: str) -> list[str]:
    parts = ["hello ~yes_hello", QUALIFY[line]]
    if line == "auto" and rnd.random() < 0.35:
        parts.append(QUALIFY["home"])
    if rnd.random() < 0.1:
        parts.append("chat chat_reply")
    return parts


def _offered(rnd: Random, line: str) -> list[str]:
    parts = [*_asked(rnd, line), "~numbers react_bad counter"]
    parts += ["+follow_up ~follow_up_reply"] * int(rnd.random() * 2.4)
    if rnd.random() < 0.4:
        parts.append(
            "appointment appointment_yes +reminder"
            if rnd.random() < 0.6
            else "appointment ~appointment_no appointment appointment_yes"
        )
    return parts


def _lost(rnd: Random, line: str) -> list[str]:
    if rnd.random() < 0.35:  # they just stop answering
        return [*_asked(rnd, line), "~numbers +follow_up *follow_up"]
    parts = [*_offered(rnd, line), "counter_no +follow_up went_elsewhere farewell"]
    if rnd.random() < 0.3:
        parts.append(
            "#check_back ~check_back_no" if rnd.random() < 0.6 else "#check_back ~check_back_yes numbers react_bad"
        )
    return parts


def _open(rnd: Random, line: str) -> list[str]:
    parts = [*_offered(rnd, line), "*follow_up ~follow_up_reply"]
    if rnd.random() < 0.5:
        parts.append("#check_back ~check_back_yes numbers react_good")
    return parts


def _bought(rnd: Random, line: str) -> list[str]:
    parts = _offered(rnd, line) if rnd.random() < 0.4 else [*_asked(rnd, line), "~numbers react_good"]
    return [*parts, "counter_yes ~paperwork ~paperwork_reply +welcome welcome_reply"]


def _sold(rnd: Random, line: str) -> list[str]:
    parts = _bought(rnd, line)
    while rnd.random() < 0.6:
        parts.append(RENEWAL if rnd.random() < 0.25 else rnd.choice(SERVICE))
    return parts


SCRIPTS = {
    "silent": _silent,
    "not_interested": _not_interested,
    "stop": _stop,
    "wrong_number": _wrong_number,
    "lost": _lost,
    "open": _open,
    "sold": _sold,
}


def _lognormal(seconds: float, spread: float) -> list[float]:
    drawn = Random(seconds)  # noqa: S311  # believable, not secret
    return [5 + seconds * exp(drawn.gauss(0, spread)) for _ in range(1_024)]


_GAPS = {
    "": _lognormal(4 * 60, 1.3),
    "~": _lognormal(2 * HOUR, 1.0),
    "+": _lognormal(2 * DAY, 0.6),
    "*": _lognormal(12 * DAY, 0.5),
    "#": _lognormal(95 * DAY, 0.6),
}
