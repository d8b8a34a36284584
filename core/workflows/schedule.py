"""When the steps of a workflow come: waits in civil time at the contact's place, texts at their lawful hours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from core import hours
from core.errors import NotFound
from core.workflows.rules import Rules
from core.workflows.steps import Step


@dataclass(frozen=True)
class Planned:
    """A step and when it comes, UTC epoch seconds; None: nobody can tell, for no time zone of the contact is known.
    `held_from`: when a text would come if its hour were lawful; None where that makes no difference.
    """

    position: int
    step: Step
    at: int | None
    held_from: int | None = None


def waited(step: Step, zones: Sequence[str], begun: int) -> int:
    """The second at which a wait step that begins at `begun` is over. Where the place is not certain, it is when the
    hour has come in every zone.

    A missing hour moves forward by what is missing, a doubled one counts where it comes first.
    """
    if step.wait_seconds is not None:
        return begun + step.wait_seconds
    day, minute = step.params["weekday"], step.params["minute"]
    return max(_comes(zone, day, minute, begun) for zone in zones)


def _comes(zone: str, weekday: int | None, minute: int, after: int) -> int:
    """The first second after `after` at which it is this minute of such a day in the zone."""
    today = datetime.fromtimestamp(after, ZoneInfo(zone)).toordinal()
    days = (day for day in range(today, today + 9) if weekday is None or (day + 6) % 7 == weekday)
    return next(at for day in days if (at := _moment(zone, day, minute)) > after)


@lru_cache(maxsize=1 << 14)
def _moment(zone: str, day: int, minute: int) -> int:
    civil = datetime.fromordinal(day) + timedelta(minutes=minute)
    return int(civil.replace(tzinfo=ZoneInfo(zone)).timestamp())  # fold 0: the first; in a gap, after it


def simulate(reader: Connection, steps: Sequence[Step], rules: Rules, contact_id: int, now: int) -> list[Planned]:
    """The steps as they would come if the contact were enrolled now and never answered, in order.

    Raises: NotFound.
    """
    place = hours.places(reader, [contact_id]).get(contact_id)
    if place is None:
        raise NotFound("This contact does not exist (any more).")
    lawful = hours.load(reader)
    at: int | None = now
    planned: list[Planned] = []
    for position, step in enumerate(steps):
        if step.kind == "wait" and at is not None:
            at = waited(step, place.zones, at) if place.zones or step.wait_seconds is not None else None
        elif step.kind == "send" and at is not None:
            goes = lawful.opening(place.zones, place.state, at, rules.own)
            planned.append(Planned(position, step, goes, None if goes == at else at))
            at = goes
            continue
        planned.append(Planned(position, step, at))
    return planned
