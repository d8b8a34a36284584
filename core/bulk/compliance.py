"""What the preview of enrolling says beside its counts: hours, time zones, phones, how the starts are spread out."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select

from core import hours, setup
from core.bulk.kind import ONE, ZERO, Call
from core.database import engines
from core.database.tables import contact, conversation

c, p = conversation.c, contact.c
HOUR = 3_600


def notes(call: Call) -> list[str]:
    """In sentences; every count is of those selected who may be texted."""
    among = c.id.in_(engines.id_set(call.conn, call.ids))
    counted = select(
        func.count().filter(c.enrollment_count > ZERO),
        func.count().filter(c.is_archived == ONE),
        func.count().filter(p.is_phone_valid == ZERO),
    ).join(contact, p.id == c.id)
    others, archived, unverified = call.conn.execute(counted.where(among)).one()
    said = [f"{others:,} of these are in a workflow already."] if others else []
    said += [f"{archived:,} of these are archived and stay so."] if archived else []
    said += [f"{unverified:,} of these have a phone that may not exist."] if unverified else []
    return [*said, *_quiet(call, among), *_spread(call)]


def _quiet(call: Call, among: ColumnElement[bool]) -> list[str]:
    """When the first text is due, who is asleep then, and who is nobody knows where."""
    lawful, first_at = hours.load(call.conn), call.now + call.facts["wait"]
    may = select(c.id).where(among, c.is_opted_out == ZERO)
    opens = [
        (lawful.opening(place.zones, place.state, first_at, call.facts["rules"].own), n)
        for place, n in hours.gathered(call.conn, may).items()
    ]
    unknown = sum(n for at, n in opens if at is None)
    later = sorted((at, n) for at, n in opens if at is not None and at > first_at)
    said = [f"{unknown:,} of these are in no known time zone: their texts wait until one is known."] if unknown else []
    if later:
        zone = ZoneInfo(setup.load(call.conn).time_zone)
        begins, ends = (f"{datetime.fromtimestamp(at, zone):%a %d %b, %H:%M}" for at in (later[0][0], later[-1][0]))
        to = "" if begins == ends else f" to {ends}"
        quiet = sum(n for _, n in later)
        said.append(
            f"{quiet:,} of these are in quiet hours then: their first text waits until {begins}{to} ({zone.key})."
        )
    return said


def _spread(call: Call) -> list[str]:
    rate = call.facts["rules"].starts_per_hour
    if not rate:
        return []
    begins = max(call.now, call.facts["paced_until"])
    zone = ZoneInfo(setup.load(call.conn).time_zone)
    last = datetime.fromtimestamp(begins + len(call.ids) * HOUR // rate, zone)
    return [f"{rate:,} of these begin in an hour, so the last by {last:%a %d %b, %H:%M} ({zone.key})."]
