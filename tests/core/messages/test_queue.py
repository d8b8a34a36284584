"""The outbox as a list: order, pages, filters, what an analyst sees, and how fast numbers send."""

import pytest
from sqlalchemy import update

from core import clock, setup
from core.access import Actor, Right
from core.database import Store
from core.database.tables import outbox
from core.errors import NotAllowed
from core.messages import Text, again, numbers, queue
from core.messages.outbox import put_all
from core.messages.provider import Answer
from core.messages.queue import Line, Wanted
from tests.conftest import ALICE, VERA, Clock
from tests.core.messages import world
from tests.core.messages.world import Scripted, drain


def put(store: Store, ids: list[int], body: str = "Hello", due_in: int = 600, origin: str = "manual") -> list[int]:
    texts = [Text(id_, body, clock.now() + due_in, origin) for id_ in ids]
    made = store.write(ALICE, lambda work: put_all(work, work.record("test.write"), texts))
    return [int(each.row_id or 0) for each in made]


def listed(store: Store, wanted: Wanted, actor: Actor = ALICE) -> list[Line]:
    with store.read() as reader:
        return queue.find(reader, actor, wanted)[0]


@pytest.mark.parametrize(("state", "is_forward"), [("scheduled", True), ("failed", False)])
def test_pages_hold_every_text_once_in_order(store: Store, fixed_clock: Clock, state: str, is_forward: bool) -> None:
    ids = store.write(ALICE, world.people, 23)
    for id_ in ids:
        put(store, [id_], due_in=600 + id_ // 3)
    with store.engine.begin() as connection:
        o = outbox.c
        connection.execute(update(outbox).values(state=state, updated_at=o.due_at))
    found: list[Line] = []
    after = None
    with store.read() as reader:
        while True:
            page, after = queue.find(reader, ALICE, Wanted(state), after, 5)
            found += page
            if after is None:
                break
    keys = [(each.at, each.id) for each in found]
    assert (len(keys), keys) == (23, sorted(keys, reverse=not is_forward))


def test_counts_and_lists_agree_for_every_filter(store: Store, ids: list[int], fixed_clock: Clock) -> None:
    store.write(ALICE, setup.choose, {"sender_number": "+12125550100"})
    first, second = (store.write(ALICE, numbers.add, f"+1212555010{n}", "", 1) for n in (0, 1))
    store.write(ALICE, lambda work: world.answer_from(work, ids[:1], second))
    put(store, ids)
    held = put(store, ids[:2], origin="workflow")
    with store.engine.begin() as connection:
        connection.execute(update(outbox).where(outbox.c.id.in_(held)).values(state="held"))
    for origin in ("", "manual", "workflow"):
        for number in (None, first, second):
            with store.read() as reader:
                counted = queue.counts(reader, Wanted("scheduled", origin, number))
            assert counted == {state: len(listed(store, Wanted(state, origin, number))) for state in queue.STATES}
    assert [each.contact_id for each in listed(store, Wanted(number_id=second))] == ids[:1]
    store.write(ALICE, numbers.retire, second)
    assert len(listed(store, Wanted(number_id=first))) == 3


def test_what_was_sent_again_has_not_failed_any_more(store: Store, ids: list[int], fixed_clock: Clock) -> None:
    world.write(store, ids[0], due_at=fixed_clock.now)
    drain(store, Scripted(Answer("refused", code="30008", reason="Unknown error")))
    (line,) = listed(store, Wanted("failed"))
    assert (line.reason, line.error_code, line.is_unclear) == ("Unknown error", "30008", False)
    store.write(ALICE, again, line.message_id, line.contact_id)
    assert listed(store, Wanted("failed")) == []
    assert len(listed(store, Wanted("scheduled"))) == 1


def test_who_sees_no_phones_sees_no_texts_either(store: Store, ids: list[int], fixed_clock: Clock) -> None:
    put(store, ids[:1])
    (line,) = listed(store, Wanted(), VERA)
    assert (line.name, line.phone, line.body) == ("Contact 1", "", "")
    with pytest.raises(NotAllowed):
        listed(store, Wanted(), Actor(9, "Nobody", frozenset({Right.SETTINGS_EDIT})))


def test_what_a_number_sent_in_the_last_hour_is_told(store: Store, ids: list[int], fixed_clock: Clock) -> None:
    store.write(ALICE, setup.choose, {"sender_number": "+12125550100", "segments_per_day": "50"})
    put(store, ids[:2], "x" * 200, due_in=0)
    for _ in range(4):
        drain(store, Scripted())
        fixed_clock.advance(1)
    put(store, ids[2:])
    with store.read() as reader:
        (speed,) = queue.speeds(reader, fixed_clock.now)
        assert queue.used_today(reader, fixed_clock.now) == (4, 50)
        assert queue.used_today(reader, fixed_clock.now + 86_400) == (0, 50)
    assert (speed.last_hour, speed.waiting) == (4, 1)
    with store.read() as reader:
        assert queue.speeds(reader, fixed_clock.now + 3_601)[0].last_hour == 0
