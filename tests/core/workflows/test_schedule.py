"""Waits in civil time: against an oracle that walks from minute to minute, over every night on which clocks change."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core import workflows
from core.database import Store
from core.errors import NotFound
from core.workflows import Rules, Step
from core.workflows.schedule import waited
from tests.conftest import ALICE, NOON, Clock
from tests.core.messages import world

ZONES = ("America/New_York", "America/Los_Angeles", "Pacific/Honolulu", "America/St_Johns", "Australia/Lord_Howe")
DAY = 86_400


def until(weekday: int | None, minute: int) -> Step:
    return Step("wait", params={"weekday": weekday, "minute": minute})


def walked(zone: str, weekday: int | None, minute: int, after: int) -> int:
    """The first minute after `after` whose clock shows the hour for the first time that day; where the day's clock
    passes it over, as long after the gap begins as the hour lies after the gap's beginning.
    """
    before = after - after % 60 - 4 * 3_600  # so that a gap just passed is seen
    place, at = ZoneInfo(zone), datetime.fromtimestamp(before, UTC)
    shown: set[datetime] = set()
    for back in range(180, 0, -1):  # what the clock has shown just before
        shown.add((at - timedelta(minutes=back)).astimezone(place).replace(tzinfo=None))
    last = (at - timedelta(minutes=1)).astimezone(place).replace(tzinfo=None)
    while True:
        now = at.astimezone(place).replace(tzinfo=None)
        wanted = datetime.combine(now.date(), datetime.min.time()) + timedelta(minutes=minute)
        fits = weekday is None or wanted.weekday() == weekday
        is_passed_over = fits and last < wanted < now and wanted not in shown
        found = int(at.timestamp())
        if is_passed_over:
            found += int((wanted - (last + timedelta(minutes=1))).total_seconds())
        if found > after and (is_passed_over or (fits and now == wanted and now not in shown)):
            return found
        shown.add(now)
        last, at = now, at + timedelta(minutes=1)


CHANGES = (
    datetime(2026, 3, 8, 6, tzinfo=UTC), datetime(2026, 11, 1, 5, tzinfo=UTC), datetime(2026, 4, 4, 14, tzinfo=UTC),
    datetime(2026, 10, 3, 14, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    weekday=st.sampled_from([None, 0, 5, 6]),
    minute=st.one_of(st.integers(0, 1_439), st.integers(55, 185)),
    begun=st.tuples(st.sampled_from(CHANGES), st.integers(-DAY, DAY)),
)
@example("America/St_Johns", None, 150, (CHANGES[0], -1))
def test_a_wait_for_an_hour_ends_when_the_clock_there_shows_it(
    zone: str, weekday: int | None, minute: int, begun: tuple[datetime, int]
) -> None:
    at = int(begun[0].timestamp()) + begun[1]
    assert waited(until(weekday, minute), [zone], at) == walked(zone, weekday, minute, at)


def test_a_missing_hour_moves_forward_and_a_doubled_one_counts_once() -> None:
    zone = ZoneInfo("America/New_York")
    half_past_two, half_past_one = until(None, 150), until(None, 90)
    evening = int(datetime(2026, 3, 7, 20, tzinfo=zone).timestamp())
    found = datetime.fromtimestamp(waited(half_past_two, [zone.key], evening), zone)
    assert (found.day, found.hour, found.minute) == (8, 3, 30)
    first = waited(half_past_one, [zone.key], int(datetime(2026, 10, 31, 20, tzinfo=zone).timestamp()))
    assert datetime.fromtimestamp(first, zone).utcoffset() == timedelta(hours=-4)
    again = datetime.fromtimestamp(waited(half_past_one, [zone.key], first), zone)
    assert (again.day, again.hour, again.minute) == (2, 1, 30)


def test_where_the_place_is_not_certain_the_hour_has_come_in_every_zone() -> None:
    nine = until(None, 540)
    east, west = (waited(nine, [zone], NOON) for zone in ("America/New_York", "America/Los_Angeles"))
    assert waited(nine, ["America/New_York", "America/Los_Angeles"], NOON) == max(east, west)


def test_a_preview_shows_the_dates_at_the_place_of_a_contact(store: Store, fixed_clock: Clock) -> None:
    (id_,) = store.write(ALICE, world.contacts, 1)  # a phone of Michigan: noon in Greenwich is seven in the morning
    steps = (Step("send", "a"), Step("wait", wait_seconds=2 * DAY), Step("send", "b"), until(0, 600), Step("hot"))
    with store.read() as reader:
        found = workflows.simulate(reader, steps, Rules(opens=600, closes=1_080), id_, NOON)
        with pytest.raises(NotFound):
            workflows.simulate(reader, steps, Rules(), 99, NOON)
    zone = ZoneInfo("America/Detroit")
    shown = [(each.step.kind, f"{datetime.fromtimestamp(each.at or 0, zone):%a %d %H:%M}") for each in found]
    assert shown == [
        ("send", "Fri 02 10:00"), ("wait", "Sun 04 10:00"), ("send", "Sun 04 10:00"), ("wait", "Mon 05 10:00"),
        ("hot", "Mon 05 10:00"),
    ]  # fmt: skip
    assert found[0].held_from == NOON
    assert found[2].held_from is None
