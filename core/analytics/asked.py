"""What a manager asks a measure for: a period in a zone, filters, a breakdown."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from core import clock
from core.errors import Invalid

DAY = 86_400
BREAKDOWNS = ("owner", "source", "tag", "workflow", "template", "pipeline", "stage")
STEPS = ("day", "week", "month")
SMALL = 20
"""Figures that rest on fewer rows than this are marked as such."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a measure is asked for; `start` and `end` are enough.

    The period lies between UTC seconds, `end` not in it. `zone`: where days, weeks (from Monday) and months begin.
    `owner_id` 0: unassigned; `source` "": none. `by`: one of BREAKDOWNS where the measure has it. `at`: the second
    before which everything counts (the state of the pipeline, the cut-off of a cohort); None: now. `step`: one of
    STEPS; blank: as fits the period.
    """

    start: int
    end: int
    zone: str = "UTC"
    pipeline_id: int | None = None
    owner_id: int | None = None
    tag_id: int | None = None
    source: str | None = None
    by: str = ""
    at: int | None = None
    step: str = ""

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise Invalid("The period ends before it begins. Choose a later end.")
        if self.by not in ("", *BREAKDOWNS):
            raise Invalid(f"A breakdown is one of {', '.join(BREAKDOWNS)}.")
        if self.step not in ("", *STEPS):
            raise Invalid(f"A step is one of {', '.join(STEPS)}.")
        zone_of(self.zone)

    @property
    def days(self) -> int:
        """Civil days of the period in its zone, begun ones included."""
        last = day_of(self.end - 1, self.zone)
        return (last - day_of(self.start, self.zone)).days + 1

    @property
    def steps(self) -> str:
        """The step of a course over time: what was asked for, else day up to 31 days, week up to half a year, month."""
        return self.step or ("day" if self.days <= 31 else "week" if self.days <= 184 else "month")


def previous(asked: Asked) -> Asked:
    """The period of equal length in civil days that ends where this one begins."""
    first = day_of(asked.start, asked.zone) - timedelta(days=asked.days)
    return replace(asked, start=begin_of(first, asked.zone), end=asked.start, at=asked.start if asked.at else None)


def between(first: date, last: date, zone: str = "UTC") -> tuple[int, int]:
    """The bounds of a period from its first to its last civil day, both in it."""
    return begin_of(first, zone), begin_of(last + timedelta(days=1), zone)


def zone_of(name: str) -> ZoneInfo:
    """The time zone of this name.

    Raises: Invalid.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise Invalid(f"There is no time zone “{name}”. Write it like America/New_York.") from error


def day_of(at: int, zone: str) -> date:
    """The civil day of a UTC second."""
    return datetime.fromtimestamp(at, zone_of(zone)).date()


def begin_of(day: date, zone: str) -> int:
    """The UTC second in which a civil day begins."""
    return int(datetime(day.year, day.month, day.day, tzinfo=zone_of(zone)).timestamp())


@lru_cache(maxsize=256)
def _offsets(start: int, end: int, zone: str) -> list[tuple[int, int]]:
    """(from which second, seconds ahead of UTC) in this zone, the first from before `start` on."""
    there = zone_of(zone)

    def offset(at: int) -> int:
        ahead = datetime.fromtimestamp(at, UTC).astimezone(there).utcoffset() or timedelta()
        return int(ahead.total_seconds())

    found = [(start, offset(start))]
    for at in range(start, end + DAY, DAY):
        if offset(at + DAY) == found[-1][1]:
            continue
        low, high = at, at + DAY
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if offset(middle) == found[-1][1] else (low, middle)
        found.append((high, offset(high)))
    return found


def localized(statement: str, asked: Asked) -> str:
    """The statement with `local(column)` as seconds of the civil time there, and `step_of(column)` as the first day of
    its day, week or month there.
    """
    day = r"(DATE '1970-01-01' + (local(\1) // 86400)::INTEGER)"
    made = {
        "day": day,
        "week": rf"({day} - ((local(\1) // 86400 + 3) % 7)::INTEGER)",
        "month": rf"date_trunc('month', {day})::DATE",
    }
    statement = re.sub(r"\bstep_of\(([\w.]+)\)", made[asked.steps], statement)
    return re.sub(r"\blocal\(([\w.]+)\)", lambda found: _local(found[1], asked), statement)


def _local(column: str, asked: Asked) -> str:
    first = min(asked.start, previous(asked).start)
    changes = _offsets(first, max(asked.end, clock.now()), asked.zone)
    offset = str(changes[0][1])
    if len(changes) > 1:
        tests = " ".join(f"WHEN {column} >= {at} THEN {ahead}" for at, ahead in reversed(changes[1:]))
        offset = f"CASE {tests} ELSE {offset} END"
    return f"({column} + {offset})"
