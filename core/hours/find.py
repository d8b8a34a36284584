"""The windows as they are kept, and where contacts are."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Select, and_, case, func, null, select

from core import setup, zones
from core.database import engines
from core.database.tables import contact, sending_window
from core.hours.lawful import Bound, Hours

w = sending_window.c

DERIVED = ("phone", "zip code", "state")
"""Sources of a stored zone that say no more than the columns they come from; any other was chosen."""


@dataclass(frozen=True)
class Window(Bound):
    """A window as listed. `source`: the rule it comes from."""

    id: int = 0
    source: str = ""
    is_retired: bool = False


class Place(NamedTuple):
    """Where a contact may be. `zones`: all of them bind; `state`: of the US, several parted by blanks."""

    zones: tuple[str, ...]
    state: str


def windows(reader: Connection, include_retired: bool = True) -> list[Window]:
    """Those of everywhere first, then by state; of a place by days and first validity."""
    columns = (w.place, w.days, w.opens, w.closes, w.valid_from, w.valid_until, w.id, w.source, w.is_retired)
    wanted = select(*columns).order_by(w.place, w.days, w.valid_from, w.id)
    rows = reader.execute(wanted if include_retired else wanted.where(w.is_retired == 0))
    return [Window(*row[:8], bool(row.is_retired)) for row in rows]


def load(reader: Connection) -> Hours:
    """The windows in force, with the usual hours of the settings; cheap to keep for a batch, not for ever."""
    return Hours(windows(reader, include_retired=False), setup.load(reader).sending_minutes)


def places(reader: Connection, contact_ids: Sequence[int]) -> dict[int, Place]:
    """Where these contacts are: a zone that was chosen wins; else all that phone, zip code and state allow.

    No zones: nothing is known, as of a toll-free number. Who does not exist is left out.
    """
    p = contact.c
    wanted = select(p.id, p.phone, p.zip_code, p.state, p.time_zone, p.time_zone_source)
    rows = reader.execute(wanted.where(p.id.in_(engines.id_set(reader, contact_ids))))
    return {
        id_: _place(_range(number), zip_code.strip()[:5], state, None if source in DERIVED else zone)
        for id_, number, zip_code, state, zone, source in rows
    }


def warnings(reader: Connection, contact_id: int, now: int) -> list[str]:
    """What to tell a person who is about to write outside the hours of sending: which time it is there.

    None where nobody knows.
    """
    place = places(reader, [contact_id]).get(contact_id)
    if place is None or load(reader).opening(place.zones, place.state, now) in (None, now):
        return []
    there = dict.fromkeys(datetime.fromtimestamp(now, ZoneInfo(zone)).strftime("%-H:%M") for zone in place.zones)
    return [f"It is {' or '.join(there)} where they are, outside the hours of sending."]


def gathered(reader: Connection, contact_ids: Select[Any]) -> Counter[Place]:
    """How many of the selected contacts are where; counted by what tells it, for they may be a million."""
    p = contact.c
    is_long = and_(func.length(p.phone) == 12, p.phone.startswith("+1", autoescape=True))
    number = case((is_long, func.substr(p.phone, 1, 9)), else_=p.phone)
    chosen = case((p.time_zone_source.in_(DERIVED), null()), else_=p.time_zone)
    told = (number, func.substr(func.trim(p.zip_code), 1, 5), p.state, chosen)
    found: Counter[Place] = Counter()
    for start, *told_too, n in reader.execute(select(*told, func.count()).where(p.id.in_(contact_ids)).group_by(*told)):
        full = start + "000" if len(start) == 9 and start.startswith("+1") else start
        found[_place(full, *told_too)] += n
    return found


def _range(number: str) -> str:
    """A number of the same place: no range of +1 is cut finer than by its first seven digits."""
    return number[:9] + "000" if len(number) == 12 and number.startswith("+1") else number


@lru_cache(maxsize=1 << 16)
def _place(number: str, zip_code: str, state: str, chosen: str | None) -> Place:
    found = (chosen,) if chosen else tuple(zone.name for zone in zones.candidates(number, zip_code, state))
    return Place(found, " ".join(zones.states(number, zip_code, state)))
