"""What cannot go on is set aside, what is overdue comes one a day, and what has not left is taken back."""

from sqlalchemy import insert, update

from core import tags
from core.database import Store, Work
from core.database.tables import (
    contact,
    enrollment,
    workflow_step,
)
from core.messages import cancel
from core.runner import Runner
from core.runner.carry import RETRY_SECONDS, TRIES
from core.workflows import Rules, Step
from tests.conftest import ALICE, Clock
from tests.core.messages import world as people
from tests.core.messages.world import Scripted, drain
from tests.core.runner.world import (
    A_DAY,
    DAY,
    HELLO,
    HOUR,
    STILL,
    enroll,
    go,
    live_counts,
    made,
    run,
    runs,
    texts,
)


def test_a_field_without_a_value_holds_one_contact_and_sets_them_aside_after_the_last_try(
    store: Store, ids: list[int], provider: Scripted, fixed_clock: Clock
) -> None:
    store.write(ALICE, _unnamed, ids[0])
    enroll(store, made(store, Step("send", "Hello {first_name}")), ids)
    run(store)
    held = runs(store)[0]
    assert (held.state, held.attempts) == ("held", 1)
    assert held.reason == "{first_name} has no value for this contact."
    for seconds in RETRY_SECONDS:
        fixed_clock.advance(seconds)
        run(store)
    failed = runs(store)[0]
    assert (failed.state, failed.attempts, failed.is_live, failed.stop_reason) == ("failed", TRIES, 0, held.reason)
    assert [row.contact_id for row in texts(store)] == ids[1:]
    assert live_counts(store)[ids[0]] == 0


def _unnamed(work: Work, contact_id: int) -> None:
    work.conn.execute(update(contact).where(contact.c.id == contact_id).values(first_name=""))


def test_a_poisoned_enrollment_is_set_aside_after_five_tries_while_the_rest_goes_on(
    store: Store, fixed_clock: Clock
) -> None:
    fixed_clock.advance(9 * HOUR)
    ids = store.write(ALICE, people.contacts, 9)
    id_ = made(store, HELLO, A_DAY, STILL)
    enroll(store, id_, ids)
    store.write(ALICE, _poison, ids[4])
    run(store)
    assert [row.contact_id for row in texts(store)] == [each for each in ids if each != ids[4]]
    poisoned = runs(store)[4]
    assert (poisoned.state, poisoned.attempts) == ("held", 1)
    for seconds in RETRY_SECONDS:
        fixed_clock.advance(seconds)
        run(store)
    poisoned = runs(store)[4]
    assert (poisoned.state, poisoned.attempts, poisoned.is_live) == ("failed", TRIES, 0)
    assert "JSON" in poisoned.stop_reason
    assert not Runner(store).step()


def _poison(work: Work, contact_id: int) -> None:
    """This contact's run is of a version whose steps cannot be read."""
    row = {"workflow_id": 1, "version": 9, "position": 0, "kind": "send", "params": "{not JSON"}
    work.conn.execute(insert(workflow_step).values(**row))
    work.conn.execute(update(enrollment).where(enrollment.c.contact_id == contact_id).values(version=9))


def test_a_step_whose_tag_has_gone_is_tried_again_and_its_group_alone_waits(
    store: Store, ids: list[int], provider: Scripted, fixed_clock: Clock
) -> None:
    tag_id = store.write(ALICE, tags.add, "Warm", 1, 1)
    enroll(store, made(store, HELLO, Step("tag", params={"tag_id": tag_id})), ids)
    store.write(ALICE, tags.retire, tag_id)
    go(store, provider, fixed_clock, 0)
    assert {(row.state, row.position, row.attempts) for row in runs(store)} == {("held", 1, 1)}
    assert "Warm" in runs(store)[0].reason
    store.write(ALICE, tags.revive, tag_id)
    go(store, provider, fixed_clock, HOUR, 60)
    assert {row.state for row in runs(store)} == {"completed"}
    assert len(provider.told) == 3


def test_after_three_days_of_sleep_each_contact_gets_one_overdue_text_a_day(
    store: Store, ids: list[int], provider: Scripted, fixed_clock: Clock
) -> None:
    for n in range(3):
        enroll(store, made(store, A_DAY, Step("send", f"Text {n}"), name=f"w{n}"), ids[:2])
    fixed_clock.advance(4 * DAY)
    sent_at: list[tuple[str, int]] = []
    for _ in range(4):
        run(store)
        drain(store, provider)
        sent_at += [(each.to, fixed_clock.now) for each in provider.told[len(sent_at) :]]
        assert len(sent_at) <= 2 * (1 + (fixed_clock.now - sent_at[0][1]) // DAY)
        fixed_clock.advance(DAY)
    assert len(sent_at) == 6
    assert {row.state for row in runs(store)} == {"completed"}


def test_a_daily_cap_puts_the_next_text_off_until_the_contact_may_have_it(
    store: Store, ids: list[int], provider: Scripted, fixed_clock: Clock
) -> None:
    capped = Rules(daily_cap=2, reenroll="always")
    for n in range(3):
        enroll(store, made(store, Step("send", f"Text {n}"), name=f"w{n}", rules=capped), ids[:1])
    go(store, provider, fixed_clock, 0)
    assert len(provider.told) == 2
    held = next(row for row in runs(store) if row.is_live)
    assert (held.state, held.reason) == ("held", "has had its texts of the day")
    assert held.next_due_at == fixed_clock.now + DAY
    go(store, provider, fixed_clock, DAY)
    assert len(provider.told) == 3


def test_two_runners_take_each_step_once(store: Store, ids: list[int], fixed_clock: Clock) -> None:
    enroll(store, made(store, HELLO), ids)
    first, second = Runner(store, 1), Runner(store, 2)
    while first.step() | second.step():
        pass
    assert [row.contact_id for row in texts(store)] == ids


def test_a_text_taken_back_by_hand_lets_its_run_go_on(
    store: Store, ids: list[int], provider: Scripted, fixed_clock: Clock
) -> None:
    enroll(store, made(store, HELLO, A_DAY, STILL), ids[:1])
    run(store)
    (text,) = texts(store)
    store.write(ALICE, cancel, text.id)
    go(store, provider, fixed_clock, 2 * DAY)
    assert [each.body for each in provider.told] == ["Still there?"]
