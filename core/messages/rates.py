"""How fast texts may go: segments a second from each number, segments a day from all; the buckets lie in the database.

A number's bucket says until when it is busy, in milliseconds: a text is let go when it fits into the second at hand, or
when nothing else does, and keeps the number busy for as long as its segments take. A day's bucket counts its segments.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, insert, select, update

from core.database import Work
from core.database.tables import rate_bucket
from core.messages.numbers import Number

SECOND = 1_000
DAY_USED = "The day's segments are used up."
IN_LINE = "Its number has others before it."
LATE = 60
"""Seconds after which a text in the line has lost its place: what it waited for did not happen."""

r = rate_bucket.c


def day_key(now: int, zone: str) -> str:
    """The bucket of the day that it is in this zone."""
    return f"day {datetime.fromtimestamp(now, ZoneInfo(zone)).date()}"


def number_key(number: Number) -> str:
    """The bucket of a number."""
    return f"number {number.id}"


def line_key(number: Number) -> str:
    """Until when those that wait for the number will keep it busy."""
    return f"line {number.id}"


class Rates:
    """The buckets a claim takes from; its transaction holds them until it ends, and `save` writes them back."""

    def __init__(self, work: Work, numbers: Iterable[Number], zone: str, most_a_day: int) -> None:
        """`most_a_day`: segments of a day in this zone; 0: any number of them."""
        self._work = work
        self._zone = zone
        self._most = most_a_day
        self._day = day_key(work.now, zone)
        keys = {key for each in numbers for key in (number_key(each), line_key(each))}
        self._held = self._load(sorted({*keys, self._day}))
        self._before = dict(self._held)

    def take(self, number: Number | None, segments: int) -> bool:
        """Whether a text of so many segments may go now from this number; then it is counted."""
        if self._is_used_up(segments):
            return False
        if number is not None:
            now, key = self._work.now * SECOND, number_key(number)
            begin = max(self._held[key], now)
            end = begin + segments * SECOND // number.segments_per_second
            if begin > now and end > now + SECOND:
                return False
            self._held[key] = end
        self._held[self._day] += segments
        return True

    def wait(self, number: Number | None, segments: int, *, has_waited: bool) -> tuple[int, str]:
        """When a text that could not be taken is looked at again (UTC epoch seconds), and why then.

        Without `has_waited` it gets a place behind all that wait for the number; else the number's next moment.
        """
        if number is None or self._is_used_up(segments):
            return self._tomorrow(), DAY_USED
        free = max(self._held[number_key(number)], (self._work.now + 1) * SECOND)
        if has_waited:
            return -(-free // SECOND), IN_LINE
        begin = max(self._held[line_key(number)], free)
        self._held[line_key(number)] = begin + segments * SECOND // number.segments_per_second
        return -(-begin // SECOND), IN_LINE

    def save(self) -> None:
        """Write down what was taken."""
        changed = [{"of": key, "now": used} for key, used in self._held.items() if used != self._before[key]]
        if changed:
            of_key = update(rate_bucket).where(r.key == bindparam("of")).values(used=bindparam("now"))
            self._work.conn.execute(of_key, changed)

    def _is_used_up(self, segments: int) -> bool:
        used = self._held[self._day]
        return bool(self._most) and used > 0 and used + segments > self._most

    def _tomorrow(self) -> int:
        zone = ZoneInfo(self._zone)
        day = datetime.fromtimestamp(self._work.now, zone).date() + timedelta(days=1)
        return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp())

    def _load(self, keys: list[str]) -> dict[str, int]:
        wanted = select(r.key, r.used).where(r.key.in_(keys)).order_by(r.key).with_for_update()
        held = {row.key: int(row.used) for row in self._work.conn.execute(wanted)}
        missing = [{"key": key, "used": 0} for key in keys if key not in held]
        if missing:  # when another makes it in the same moment, the whole is tried again
            self._work.conn.execute(insert(rate_bucket), missing)
        return {key: held.get(key, 0) for key in keys}
