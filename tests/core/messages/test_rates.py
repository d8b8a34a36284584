"""No second of a number and no day over its cap, whoever sends; and people's texts before those that wait in a line."""

import threading
from collections import Counter
from typing import Any

import pytest

from core import setup
from core.database import Store, Work
from core.messages import Text, numbers
from core.messages.claims import claim
from core.messages.outbox import put_all
from core.messages.provider import Answer, Outgoing
from core.messages.rates import DAY_USED, IN_LINE
from core.messages.sender import Sender
from core.people import SYSTEM
from tests.conftest import ALICE, NOON, Clock
from tests.core.messages import world
from tests.core.messages.world import PACE, Scripted, drain, row

MORNING = NOON + 4 * 3_600
FIRST, SECOND = "+12125550100", "+12125550101"
WORKERS = 4


class Timed(Scripted):
    """Keeps when each text came."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.clock = clock
        self.at: list[tuple[int, Outgoing]] = []

    def send(self, text: Outgoing) -> Answer:
        self.at.append((self.clock.now, text))
        return super().send(text)


def choose(store: Store, **values: Any) -> None:
    store.write(ALICE, setup.choose, values)


def queue(store: Store, contact_ids: list[int], body: str = "Hello", origin: str = "workflow") -> list[int]:
    """A text to each, due now."""

    def put(work: Work) -> list[int]:
        texts = [Text(id_, body, work.now, origin) for id_ in contact_ids]
        return [int(each.row_id or 0) for each in put_all(work, work.record("test.write"), texts)]

    return store.write(SYSTEM, put)


def all_at_once(store: Store, provider: Any) -> None:
    """Several senders do what is to be done in this second."""
    workers = [threading.Thread(target=drain, args=(store, provider)) for _ in range(WORKERS)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()


def spread(sent: list[tuple[int, int, int]]) -> Counter[int]:
    """Segments by second: those of a text that holds more than a second takes are counted where they are waited for."""
    used: Counter[int] = Counter()
    for at, segments, per_second in sent:
        for n in range(segments):
            used[at + (n // per_second if segments > per_second else 0)] += 1
    return used


def test_four_senders_keep_below_the_cap_of_every_second(store: Store, fixed_clock: Clock, is_full: bool) -> None:
    seconds = 3_600 if is_full else 60
    fixed_clock.now = MORNING
    ids = store.write(ALICE, world.people, 6 * seconds)
    rates = {FIRST: 2, SECOND: 3}
    second = [store.write(ALICE, numbers.add, phone, "", rate) for phone, rate in rates.items()][1]
    choose(store, sender_number=FIRST)
    answered = ids[: 3 * seconds]
    store.write(SYSTEM, lambda work: world.answer_from(work, answered, second))
    queue(store, ids[::3], "Hello")
    queue(store, ids[1::3], "Hello " * 30)  # two segments
    queue(store, ids[2::3], "Hello " * 90)  # four: more than either number sends in a second
    provider = Timed(fixed_clock)
    for _ in range(seconds):
        all_at_once(store, provider)
        fixed_clock.advance(1)
    for phone, rate in rates.items():
        sent = [(at, world.segments(text.body), rate) for at, text in provider.at if text.sender == phone]
        assert max(spread(sent).values()) <= rate
        assert sum(segments for _, segments, _ in sent) >= 0.7 * rate * seconds  # it is not slow either
    assert len({text.key for _, text in provider.at}) == len(provider.at)


def test_no_day_is_over_its_cap(store: Store, fixed_clock: Clock) -> None:
    fixed_clock.now = MORNING
    ids = store.write(ALICE, world.people, 25)
    choose(store, segments_per_day="10", time_zone="America/New_York")
    queued = queue(store, ids)
    provider = Timed(fixed_clock)
    all_at_once(store, provider)
    assert len(provider.told) == 10
    waiting = [row(store, id_) for id_ in queued if row(store, id_).state == "scheduled"]
    midnight = NOON + 17 * 3_600
    assert {(each.reason, each.due_at) for each in waiting} == {(DAY_USED, midnight)}
    days = 0
    while len(provider.told) < len(ids):
        fixed_clock.now = MORNING + 86_400 * (days := days + 1)
        all_at_once(store, provider)
        assert len(provider.told) == min(25, 10 * (days + 1))


def test_what_a_full_day_put_off_goes_by_day_and_not_at_midnight(store: Store, fixed_clock: Clock) -> None:
    fixed_clock.now = MORNING
    ids = store.write(ALICE, world.people, 2)
    choose(store, segments_per_day="1", time_zone="America/New_York")
    queue(store, ids[:1])
    by_hand = world.write(store, ids[1], "From a person", due_at=fixed_clock.now)
    drain(store, Scripted())
    put_off = row(store, by_hand)
    assert (put_off.reason, put_off.due_at) == (DAY_USED, NOON + 26 * 3_600)  # nine in the morning, in Detroit


def test_a_persons_text_goes_before_those_in_the_line(store: Store, fixed_clock: Clock) -> None:
    fixed_clock.now = MORNING
    ids = store.write(ALICE, world.people, 40)
    choose(store, sender_number=FIRST)
    queue(store, ids[:39])
    provider = Timed(fixed_clock)
    drain(store, provider)
    by_hand = world.write(store, ids[39], "From a person", due_at=fixed_clock.now)
    for _ in range(3):
        fixed_clock.advance(1)
        drain(store, provider)
    assert by_hand in [text.key for text in provider.told[:4]]


def test_a_line_says_when_each_goes_and_keeps_the_order(store: Store, fixed_clock: Clock) -> None:
    fixed_clock.now = MORNING
    ids = store.write(ALICE, world.people, 20)
    choose(store, sender_number=FIRST)
    queued = queue(store, ids)
    provider = Timed(fixed_clock)
    drain(store, provider)
    rows = [row(store, id_) for id_ in queued[1:]]
    assert [each.due_at - fixed_clock.now for each in rows] == list(range(1, 20))
    assert {each.reason for each in rows} == {IN_LINE}
    for _ in rows:
        fixed_clock.advance(1)
        drain(store, provider)
    assert [(at, text.key) for at, text in provider.at] == [(MORNING + n, id_) for n, id_ in enumerate(queued)]


def test_of_two_texts_to_one_contact_the_first_goes_first(store: Store, fixed_clock: Clock) -> None:
    fixed_clock.now = MORNING
    ids = store.write(ALICE, world.people, 2)
    choose(store, sender_number=FIRST)
    queue(store, [ids[0]], "before")
    first, second = (queue(store, [ids[1]], body)[0] for body in ("first", "second"))
    provider = Timed(fixed_clock)
    while len(provider.told) < 3:
        drain(store, provider)
        fixed_clock.advance(1)
    assert [text.key for text in provider.told[1:]] == [first, second]


@pytest.mark.parametrize("number", ["", FIRST])
def test_without_a_number_there_is_no_cap_of_a_second(store: Store, fixed_clock: Clock, number: str) -> None:
    fixed_clock.now = MORNING
    ids = store.write(ALICE, world.people, 8)
    choose(store, sender_number=number)
    queue(store, ids)
    going = store.write(SYSTEM, claim, PACE, 20).going
    assert (len(going), {each.outgoing.sender for each in going}) == (1 if number else 8, {number})


def test_a_sender_number_of_the_settings_is_among_the_numbers(store: Store, fixed_clock: Clock) -> None:
    fixed_clock.now = MORNING
    ids = store.write(ALICE, world.people, 1)
    choose(store, sender_number=FIRST)
    (queued,) = queue(store, ids)
    Sender(store, Scripted(), PACE).step()
    with store.read() as reader:
        (number,) = numbers.find(reader)
    assert (number.phone, number.id) == (FIRST, row(store, queued).sender_id)
