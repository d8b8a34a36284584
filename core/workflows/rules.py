"""The rules of a workflow: what ends it, who may go through it again, and how fast and when its texts go."""

import json
from dataclasses import asdict, dataclass, fields
from typing import Literal

from core.errors import Invalid

DAY = 86_400
MOST_DAYS = 3_660
A_DAY = 24 * 60

REENROLL = {"never": "never", "after_end": "after the end", "always": "always"}
"""Whether who has been through a workflow may be enrolled again, in words."""


@dataclass(frozen=True)
class Rules:
    """`reenroll` after_end: only who came to its end, not who was stopped; `cooldown_days`: since the last run began;
    `max_runs`: 0 any number; `opens`, `closes`: minutes of the day at the contact's place, a window of its own inside
    the lawful one; `starts_per_hour`: 0 at once; `daily_cap`: texts of workflows to one contact in 24 hours, 0 any
    number; `silent_days`: of a redrip, days without activity.
    """

    stop_on_reply: bool = True
    stop_on_won: bool = True
    stop_on_lost: bool = True
    stop_on_archive: bool = False
    reenroll: Literal["never", "after_end", "always"] = "never"
    cooldown_days: int = 0
    max_runs: int = 0
    needs_consent: bool = False
    opens: int | None = None
    closes: int | None = None
    starts_per_hour: int = 0
    daily_cap: int = 0
    silent_days: int = 0

    @property
    def own(self) -> tuple[int, int] | None:
        """The window of its own."""
        return None if self.opens is None or self.closes is None else (self.opens, self.closes)


_NAMES = {each.name for each in fields(Rules)}
_OFF = {"stop_on_reply": False, "stop_on_won": False, "stop_on_lost": False, "reenroll": "always"}
"""What was stored before a rule was known has it off."""


def read(stored: str) -> Rules:
    """Rules as they are stored."""
    known = {name: value for name, value in json.loads(stored or "{}").items() if name in _NAMES}
    return Rules(**{**_OFF, **known})


def as_text(rules: Rules) -> str:
    """How they are stored."""
    return json.dumps(asdict(rules))


def check(rules: Rules, kind: str) -> None:
    """Raises: Invalid, with what to do about it."""
    if rules.reenroll not in REENROLL:
        raise Invalid(f"Enrolling again is {', '.join(REENROLL)}.")
    if kind == "workflow" and rules.silent_days:
        raise Invalid("Only a redrip asks for days of silence. Make it a redrip, or leave them out.")
    for name, most, said in _BOUNDS:
        if not 0 <= getattr(rules, name) <= most:
            raise Invalid(f"{said} lies between 0 and {most:,}.")
    if (rules.opens is None) != (rules.closes is None):
        raise Invalid("A window needs both a beginning and an end.")
    if rules.own is not None and not 0 <= rules.own[0] < rules.own[1] <= A_DAY:
        raise Invalid("The window must begin before it ends, on the same day.")


_BOUNDS = (
    ("cooldown_days", MOST_DAYS, "The days before another run"),
    ("max_runs", 1_000, "The number of runs"),
    ("starts_per_hour", 1_000_000, "The starts per hour"),
    ("daily_cap", 100, "The texts a day"),
    ("silent_days", MOST_DAYS, "The days of silence"),
)
