"""The sender before every answer a provider can give, and before none."""

import threading

import pytest

from core.database import Store
from core.messages import UNDO_SECONDS, Incoming, Report, Text, consent, inbound, report
from core.messages.claims import claim
from core.messages.outbox import put
from core.messages.provider import Answer, Held, Outgoing
from core.messages.sender import Sender
from core.people import SYSTEM
from tests.conftest import ALICE, NOON, Clock
from tests.core.messages import world
from tests.core.messages.world import PACE, Scripted, drain, messages, phone, row, wide, write


@pytest.fixture
def written(store: Store, ids: list[int], fixed_clock: Clock) -> int:
    """A text that is due."""
    made = write(store, ids[0], "Hello")
    fixed_clock.advance(UNDO_SECONDS)
    return made


def test_an_unclear_answer_is_asked_for_and_never_sent_twice(store: Store, written: int, fixed_clock: Clock) -> None:
    provider = Scripted(Answer("unclear"))
    drain(store, provider)
    assert (row(store, written).state, messages(store, 1)[0].status) == ("unknown", "unknown")
    provider.held = [Held("SM7", "Hello", str(written))]
    fixed_clock.advance(PACE.look)
    drain(store, provider)
    assert (row(store, written).state, row(store, written).external_id) == ("sent", "SM7")
    assert messages(store, 1)[0].status == "sent"
    assert len(provider.told) == 1


def test_what_the_provider_does_not_have_is_left_to_a_person(store: Store, written: int, fixed_clock: Clock) -> None:
    provider = Scripted(Answer("unclear"))
    drain(store, provider)
    begun = fixed_clock.now
    while row(store, written).state == "unknown":
        fixed_clock.advance(5)
        drain(store, provider)
    assert fixed_clock.now - begun <= PACE.give_up + 10
    assert len(provider.told) == 1
    assert (row(store, written).state, row(store, written).error_code) == ("failed", "unclear")
    assert messages(store, 1)[0].status == "unclear"


def test_while_nobody_can_be_asked_nothing_is_given_up(store: Store, written: int, fixed_clock: Clock) -> None:
    provider = Scripted(Answer("unclear"))
    drain(store, provider)
    provider.held = None
    for _ in range(50):
        fixed_clock.advance(60)
        drain(store, provider)
    assert row(store, written).state == "unknown"
    provider.held = [Held("SM7", "Hello")]
    fixed_clock.advance(PACE.give_up)
    drain(store, provider)
    assert row(store, written).state == "sent"


def test_a_sender_that_died_is_asked_after_and_not_repeated(store: Store, written: int, fixed_clock: Clock) -> None:
    assert len(store.write(SYSTEM, claim, PACE).going) == 1
    provider = Scripted()
    assert drain(store, provider) == 0
    fixed_clock.advance(PACE.lease)
    drain(store, provider)
    assert (provider.told, row(store, written).state) == ([], "unknown")


def test_a_sender_that_overslept_its_lease_calls_nobody(store: Store, written: int, fixed_clock: Clock) -> None:
    claimed = store.write(SYSTEM, claim, PACE).going
    assert len(claimed) == 1
    fixed_clock.advance(PACE.lease)
    provider = Scripted()
    Sender(store, provider, PACE)._hand_over(claimed)
    assert provider.told == []


def test_a_provider_that_is_busy_is_asked_later(store: Store, written: int, fixed_clock: Clock) -> None:
    provider = Scripted(Answer("later", wait=30), Answer("later", wait=1))
    drain(store, provider)
    assert (row(store, written).state, messages(store, 1)[0].status) == ("scheduled", "waiting")
    fixed_clock.advance(29)
    assert drain(store, provider) == 0
    fixed_clock.advance(1)
    drain(store, provider)
    fixed_clock.advance(10)
    drain(store, provider)
    assert [text.key for text in provider.told] == [written] * 3
    assert [each.status for each in messages(store, 1)] == ["sent"]
    assert row(store, written).attempts == 3


def test_an_opt_out_while_the_provider_is_busy_ends_it(store: Store, written: int, fixed_clock: Clock) -> None:
    drain(store, Scripted(Answer("later", wait=30)))
    store.write(ALICE, consent.record_opt_out, 1, "by phone")
    fixed_clock.advance(60)
    assert drain(store, Scripted()) == 0
    assert [each.status for each in messages(store, 1)] == ["blocked_opt_out"]


def test_the_provider_saying_that_they_opted_out_is_an_opt_out(store: Store, written: int) -> None:
    drain(store, Scripted(Answer("refused", code="21610", reason="unsubscribed")))
    assert wide(store, 1).is_opted_out == 1
    assert messages(store, 1)[0].status == "failed"


def test_texts_to_one_contact_go_in_order_and_one_at_a_time(store: Store, ids: list[int], fixed_clock: Clock) -> None:
    first, second, other = write(store, ids[0], "a"), write(store, ids[0], "b"), write(store, ids[1], "c")
    fixed_clock.advance(UNDO_SECONDS)
    claimed = [store.write(SYSTEM, claim, PACE).going for _ in range(3)]
    assert [[each.id for each in going] for going in claimed] == [[first], [other], []]
    assert row(store, second).state == "scheduled"


def test_of_two_alike_the_second_waits_until_the_first_is_certain(
    store: Store, ids: list[int], fixed_clock: Clock
) -> None:
    write(store, ids[0], "ok"), write(store, ids[0], "ok"), write(store, ids[0], "other")
    fixed_clock.advance(UNDO_SECONDS)
    provider = Scripted(Answer("unclear"))
    drain(store, provider)
    assert [text.body for text in provider.told] == ["ok", "other"]
    provider.held = [Held("SM1", "ok"), Held("SM2", "other")]
    fixed_clock.advance(PACE.look)
    drain(store, provider)
    assert [text.body for text in provider.told] == ["ok", "other", "ok"]


def test_a_text_of_a_workflow_goes_only_while_its_enrollment_lives(
    store: Store, ids: list[int], fixed_clock: Clock
) -> None:
    live, ended = (store.write(SYSTEM, world.enroll, id_, 1) for id_ in ids[:2])
    for id_, enrollment_id in zip(ids, (live, ended), strict=False):
        text = Text(id_, "step", NOON, "workflow", enrollment_id=enrollment_id)
        store.write(SYSTEM, lambda work, text=text: put(work, work.record("test.step"), text))
    store.write(
        SYSTEM, lambda work: work.conn.exec_driver_sql("UPDATE enrollment SET is_live = 0 WHERE contact_id = 2")
    )
    fixed_clock.advance(4 * 3_600)
    provider = Scripted()
    before = wide(store, ids[0]).activity_key
    drain(store, provider)
    assert [text.to for text in provider.told] == [phone(ids[0])]
    assert wide(store, ids[0]).activity_key == before  # what is automatic is no activity
    assert messages(store, ids[0])[0].enrollment_id == live


def test_who_has_opted_out_is_asked_about_again_when_a_text_is_due(store: Store, ids: list[int]) -> None:
    store.write(ALICE, consent.record_opt_out, ids[0], "by phone")
    text = Text(ids[0], "step", NOON, "workflow")
    queued, _ = store.write(SYSTEM, lambda work: put(work, work.record("test.step"), text))
    provider = Scripted()
    drain(store, provider)
    assert (provider.told, row(store, queued).state, messages(store, ids[0])) == ([], "suppressed", [])


STEPS = [("sent", ""), ("delivered", ""), ("undelivered", "30003"), ("failed", "30008")]


@pytest.mark.parametrize("order", [(0, 1), (1, 0), (0, 2, 2), (2, 0), (3, 2, 1), (1, 2, 3, 0)])
def test_reports_in_any_order_and_twice_end_the_same(
    store: Store, written: int, order: tuple[int, ...], fixed_clock: Clock
) -> None:
    drain(store, Scripted())
    for n in (*order, *order):
        status, code = STEPS[n]
        store.write(SYSTEM, report, Report(written, "SM1", status, code))
    best = max(order, key=lambda n: ["sent", "failed", "undelivered", "delivered"].index(STEPS[n][0]))
    assert messages(store, 1)[0].status == STEPS[best][0]


def test_a_report_stands_for_an_answer_that_was_lost(store: Store, written: int, fixed_clock: Clock) -> None:
    class Early(Scripted):
        """Reports before it answers, and the answer is lost."""

        def send(self, text: Outgoing) -> Answer:
            store.write(SYSTEM, report, Report(text.key, "SM9", "delivered"))
            return Answer("unclear")

    drain(store, Early())
    assert (row(store, written).state, row(store, written).external_id) == ("sent", "SM9")
    assert messages(store, 1)[0].status == "delivered"


@pytest.mark.parametrize("word", ["STOP", "Not now, maybe later"])
def test_whoever_answers_between_the_intent_and_the_call_is_not_called(
    store: Store, ids: list[int], fixed_clock: Clock, word: str
) -> None:
    fixed_clock.advance(4 * 3_600)
    text = Text(ids[0], "step", fixed_clock.now, "workflow", enrollment_id=store.write(SYSTEM, world.enroll, ids[0], 1))
    queued, _ = store.write(SYSTEM, lambda work: put(work, work.record("test.step"), text))
    claims = store.write(SYSTEM, claim, PACE)
    number = inbound.phone.parse(phone(ids[0]), "US")
    store.write(SYSTEM, inbound.receive, number, Incoming("IN1", phone(ids[0]), word), [])
    provider = Scripted()
    Sender(store, provider, PACE)._hand_over(claims.going)
    assert provider.told == []
    drain(store, provider)
    assert [each.body for each in provider.told] == ([consent.CONFIRMED] if word == "STOP" else [])
    assert row(store, queued).state == ("suppressed" if word == "STOP" else "cancelled")


def test_no_text_starts_after_a_stop(store: Store, ids: list[int], fixed_clock: Clock) -> None:
    write(store, ids[0], "Hello")
    fixed_clock.advance(UNDO_SECONDS)
    number = inbound.phone.parse(phone(ids[0]), "US")
    store.write(SYSTEM, inbound.receive, number, Incoming("IN1", phone(ids[0]), "STOP"), [])
    provider = Scripted()
    drain(store, provider)
    assert [text.body for text in provider.told] == [consent.CONFIRMED]


def test_what_cannot_be_read_does_not_end_the_sending_of_all(store: Store, written: int) -> None:
    ended = threading.Event()
    tries: list[str] = []

    class Stumbling(Sender):
        def step(self) -> bool:
            tries.append("tried")
            if len(tries) == 1:
                raise ValueError("a rule that cannot be read")
            ended.set()
            return super().step()

    provider = Scripted()
    Stumbling(store, provider, PACE).run(ended)
    assert (len(tries), [each.body for each in provider.told]) == (2, ["Hello"])
