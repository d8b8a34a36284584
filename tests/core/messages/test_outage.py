"""A provider that is out for an hour, then busy: it is left alone, nothing is lost or doubled, no cap is passed."""

import random
from collections import Counter
from typing import Any

import pytest

from core import setup
from core.database import Store
from core.messages import breaker
from core.messages.breaker import Breaker
from core.messages.claims import is_due
from core.messages.provider import Answer, Held, Outgoing, Unreachable
from core.messages.sender import NOBODY, Sender
from tests.conftest import ALICE, Clock
from tests.core.messages import world
from tests.core.messages.test_rates import FIRST, MORNING, queue
from tests.core.messages.world import PACE, row

FULL, CI = (3_600, 900), (900, 180)
"""Seconds of the outage, and of the storm after it."""

A_DAY = 400


class Troubled:
    """Well for half a minute, then out, then busy, well again. `taken`: what it has."""

    def __init__(self, clock: Clock, out: int, storm: int) -> None:
        self.clock, self.out, self.storm = clock, out, storm
        self.begin = clock.now + 30
        self.drawn = random.Random(7)
        self.taken: list[tuple[int, Outgoing]] = []
        self.calls: Counter[str] = Counter()

    def phase(self) -> str:
        passed = self.clock.now - self.begin
        if 0 <= passed < self.out:
            return "out"
        return "busy" if self.out <= passed < self.out + self.storm else "well"

    def is_ready(self) -> bool:
        return True

    def send(self, text: Outgoing) -> Answer:
        phase = self.phase()
        self.calls[phase] += 1
        if phase == "busy":
            return Answer("later", wait=self.drawn.randint(1, 20))
        if phase == "out":
            if self.drawn.random() < 0.3:  # the answer was lost, not the text
                self.taken.append((self.clock.now, text))
            return Answer("unclear")
        self.taken.append((self.clock.now, text))
        return Answer("accepted", f"SM{text.key}")

    def find(self, to: str, since: int) -> list[Held]:
        if self.phase() == "out":
            self.calls["asked"] += 1
            raise Unreachable
        assert to == NOBODY or since
        return [Held(f"SM{text.key}", text.body) for at, text in self.taken if text.to == to and at >= since]


def is_open(store: Store) -> bool:
    with store.read() as reader:
        return is_due(reader, 1 << 40)


@pytest.mark.timeout(1_800)
def test_an_hour_of_outage_and_a_storm_lose_and_double_nothing(store: Store, fixed_clock: Clock, is_full: bool) -> None:
    out, storm = FULL if is_full else CI
    fixed_clock.now = MORNING
    ids = store.write(ALICE, world.people, 120)
    store.write(ALICE, setup.choose, {"sender_number": FIRST, "segments_per_day": str(A_DAY)})
    queued = queue(store, ids)
    provider = Troubled(fixed_clock, out, storm)
    senders: list[Any] = [Sender(store, provider, PACE) for _ in range(4)]
    while is_open(store):
        for each in senders:
            while each.step():
                pass
        fixed_clock.advance(1)
    assert set(Counter(text.key for _, text in provider.taken).values()) == {1}
    fates = {id_: row(store, id_) for id_ in queued}
    assert Counter(each.state for each in fates.values()).keys() <= {"sent", "failed"}
    had = {text.key for _, text in provider.taken}
    for id_, each in fates.items():
        # Known to be sent exactly when it was taken; else a person is told that it may not have been.
        assert (each.state == "sent") == (id_ in had), each
        assert each.state == "sent" or each.error_code == "unclear"
    assert max(Counter(at for at, _ in provider.taken).values()) == 1
    # Left alone: few texts are put at risk, and few calls are made in vain.
    assert provider.calls["out"] <= 4 * (breaker.FAILURES + 2)
    assert provider.calls["asked"] <= 4 * (8 + out / breaker.LONGEST)
    assert provider.calls["busy"] <= 4 * 40


def test_who_was_out_is_asked_before_it_is_given_a_text(store: Store, ids: list[int], fixed_clock: Clock) -> None:
    fixed_clock.now = MORNING
    provider = Troubled(fixed_clock, *FULL)
    provider.begin = fixed_clock.now
    sender = Sender(store, provider, PACE)
    for _ in range(breaker.FAILURES):
        sender._breaker.failed()
    fixed_clock.advance(60)
    world.write(store, ids[0], due_at=fixed_clock.now)
    assert not sender.step()
    assert provider.calls == Counter(asked=1)
    fixed_clock.now = provider.begin + sum(FULL)
    assert sender.step()
    assert len(provider.taken) == 1


def test_it_is_left_alone_ever_longer_and_at_once_again_when_it_is_back(fixed_clock: Clock) -> None:
    one = Breaker()
    for _ in range(breaker.FAILURES - 1):
        one.failed()
    assert (one.wait, one.is_careful) == (0, False)
    waits = []
    for _ in range(10):
        one.failed()
        waits.append(one.wait)
        fixed_clock.advance(one.wait)
    assert one.is_careful
    assert all(low <= wait <= 1.5 * low for wait, low in zip(waits, [5, 10, 20, 40, 80, 160, *[300] * 4], strict=True))
    one.succeeded()
    one.failed()
    assert (one.wait, one.is_careful) == (0, False)


@pytest.mark.parametrize("seconds", [1, 30, 600])
def test_a_pause_is_as_long_as_asked_for_and_differs(fixed_clock: Clock, seconds: int) -> None:
    waits = set()
    for _ in range(40):
        one = Breaker()
        one.paused(seconds)
        waits.add(one.wait)
    assert min(waits) >= seconds
    assert max(waits) <= 1.25 * seconds + 1
    assert seconds == 1 or len(waits) > 1
