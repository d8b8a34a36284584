"""From which second, and until which, a text may go by itself: pure, in UTC, from the civil time of each zone.

Source: 47 CFR 64.1200(c)(1), 8:00 to 21:00 at the called party's place, and the rows of `sending_window`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

HORIZON = 31 * 86_400
"""Seconds ahead that are looked at: where nothing opens until then, it counts as never."""

Span = tuple[int, int]


@dataclass(frozen=True)
class Bound:
    """Hours that bind. `place`: a state of the US, blank for everywhere; `days`: of the week, Monday is 0, as in
    0123456; `opens`, `closes`: minutes of the day, closed all day when they are equal; `valid_from` (included) and
    `valid_until` (excluded): ISO dates at the contact's place, blank for no end.
    """

    place: str
    days: str
    opens: int
    closes: int
    valid_from: str = ""
    valid_until: str = ""


class Hours:
    """The windows in force, and the usual one; made once and asked many times, by one thread at a time."""

    def __init__(self, bounds: Iterable[Bound], usual: Span) -> None:
        self._bounds = [*bounds, Bound("", "0123456", *usual)]
        self._spans: dict[tuple[str, int, Span | None], Span | None] = {}

    def opening(self, zones: Sequence[str], state: str, at: int, own: Span | None = None) -> int | None:
        """The first second from `at` on (UTC) at which every zone is inside every window that binds.

        `state`: whose hours bind beside those of everywhere; several are parted by blanks, blank for none. `own`:
        minutes of a workflow's own window. None: no zone is known, or it never opens.
        """
        end = at + HORIZON
        while zones and at < end:
            latest = max(self._opens(zone, state, at, own) for zone in zones)
            if latest == at:
                return at
            at = latest
        return None

    def closing(self, zones: Sequence[str], state: str, at: int, own: Span | None = None) -> int:
        """The first second after `at` at which it is lawful no longer; `at` itself when it is not lawful then."""
        if self.opening(zones, state, at, own) != at:
            return at
        spans = [(zone, day, self._span(state, day, own)) for zone in zones for day in [_day(zone, at)]]
        return min(_closes(zone, day, span[1]) for zone, day, span in spans if span)

    def _opens(self, zone: str, state: str, at: int, own: Span | None) -> int:
        """The first second in this zone, or the beginning of its next day when this day opens no more."""
        day = _day(zone, at)
        span = self._span(state, day, own)
        if span is not None and at < _closes(zone, day, span[1]):
            return max(at, _begins(zone, day, span[0]))
        return _begins(zone, day + 1, 0)

    def _span(self, state: str, day: int, own: Span | None) -> Span | None:
        """The minutes of the day that all windows leave open."""
        key = state, day, own
        if key not in self._spans:
            self._spans[key] = self._common(("", *state.split()), date.fromordinal(day), own)
        return self._spans[key]

    def _common(self, places: Sequence[str], day: date, own: Span | None) -> Span | None:
        weekday, iso = str(day.weekday()), day.isoformat()
        spans = [own] if own is not None else []
        for each in self._bounds:
            is_valid = each.valid_from <= iso and (not each.valid_until or iso < each.valid_until)
            if each.place in places and weekday in each.days and is_valid:
                spans.append((each.opens, each.closes))
        opens, closes = max(span[0] for span in spans), min(span[1] for span in spans)
        return (opens, closes) if opens < closes else None


def _day(zone: str, at: int) -> int:
    """The day at this second in the zone, as an ordinal."""
    return datetime.fromtimestamp(at, ZoneInfo(zone)).toordinal()


def _begins(zone: str, day: int, minute: int) -> int:
    """The second of a minute of the day; where clocks change over it, the later of the two."""
    return max(_moments(zone, day, minute))


def _closes(zone: str, day: int, minute: int) -> int:
    """The second of a minute of the day; where clocks change over it, the earlier of the two."""
    return min(_moments(zone, day, minute))


@lru_cache(maxsize=1 << 16)
def _moments(zone: str, day: int, minute: int) -> tuple[int, int]:
    at = datetime.fromordinal(day) + timedelta(minutes=minute)
    first, second = (at.replace(tzinfo=ZoneInfo(zone), fold=fold).timestamp() for fold in (0, 1))
    return int(first), int(second)
