"""Texts of workflows wait for a lawful hour, a known place and a workflow that goes on; those of people do not."""

from typing import Any

import pytest
from sqlalchemy import update

from core import contacts, undo, workflows
from core.database import Store, Work
from core.database.tables import contact, enrollment, workflow
from core.messages import Text
from core.messages.claims import claim
from core.messages.gate import NO_ZONE, OVER_NIGHT, PAUSED, QUIET, RETIRED
from core.messages.outbox import put
from core.messages.provider import Answer
from core.messages.sender import Sender
from core.people import SYSTEM
from tests.conftest import ALICE, Clock
from tests.core.messages import world
from tests.core.messages.world import Scripted, drain, row

HOUR = 3_600
NINE = 2 * HOUR
"""From noon UTC, seven o'clock at the contacts' place, to their nine o'clock."""


def step(store: Store, contact_id: int, body: str = "step") -> int:
    """A text of a workflow that is due; returns its id in the outbox."""

    def put_step(work: Work) -> int:
        text = Text(contact_id, body, work.now, "workflow", enrollment_id=world.enroll(work, contact_id, 1), position=0)
        return put(work, work.record("test.step"), text)[0]

    return store.write(SYSTEM, put_step)


def change(store: Store, table: Any, id_: int, **values: Any) -> None:
    store.write(SYSTEM, lambda work: work.conn.execute(update(table).where(table.c.id == id_).values(values)))


def test_a_text_of_a_workflow_waits_for_the_hour_at_the_contacts_place(
    store: Store, ids: list[int], fixed_clock: Clock
) -> None:
    queued, provider = step(store, ids[0]), Scripted()
    drain(store, provider)
    held = row(store, queued)
    assert (provider.told, held.state, held.reason, held.due_at) == ([], "held", QUIET, fixed_clock.now + NINE)
    fixed_clock.advance(NINE - 1)
    drain(store, provider)
    assert provider.told == []
    fixed_clock.advance(1)
    drain(store, provider)
    (told,) = provider.told
    assert (row(store, queued).state, row(store, queued).reason) == ("sent", "")
    assert told.until == fixed_clock.now + 11 * HOUR  # until eight in the evening


def test_a_window_of_the_workflows_own_narrows_it(store: Store, ids: list[int], fixed_clock: Clock) -> None:
    change(store, workflow, 1, rules='{"opens": 780, "closes": 840}')
    queued, provider = step(store, ids[0]), Scripted()
    drain(store, provider)
    assert row(store, queued).due_at == fixed_clock.now + 6 * HOUR
    fixed_clock.advance(6 * HOUR)
    drain(store, provider)
    assert [text.until for text in provider.told] == [fixed_clock.now + HOUR]


def test_a_person_may_text_at_any_hour(store: Store, ids: list[int], fixed_clock: Clock) -> None:
    world.write(store, ids[0])
    fixed_clock.advance(6)
    provider = Scripted()
    drain(store, provider)
    assert [text.until for text in provider.told] == [None]


def test_without_a_known_place_it_is_held_until_the_place_is_known(
    store: Store, ids: list[int], fixed_clock: Clock
) -> None:
    change(store, contact, ids[0], phone="+18005550123", time_zone=None, time_zone_source=None)
    queued, provider = step(store, ids[0]), Scripted()
    drain(store, provider)
    assert (row(store, queued).state, row(store, queued).reason) == ("held", NO_ZONE)
    fixed_clock.advance(4 * HOUR)
    drain(store, provider)
    assert provider.told == []
    store.write(ALICE, contacts.edit, ids[0], {"zip_code": "48104"}, {"zip_code": ""})
    drain(store, provider)
    assert len(provider.told) == 1


def test_who_has_no_place_is_looked_at_again_each_day(store: Store, ids: list[int], fixed_clock: Clock) -> None:
    change(store, contact, ids[0], phone="+18005550123", time_zone=None, time_zone_source=None)
    step(store, ids[0])
    provider = Scripted()
    drain(store, provider)
    change(store, contact, ids[0], time_zone="America/Detroit", time_zone_source="person")
    fixed_clock.advance(28 * HOUR)
    drain(store, provider)
    assert len(provider.told) == 1


def test_a_paused_workflow_keeps_its_texts(store: Store, ids: list[int], fixed_clock: Clock) -> None:
    fixed_clock.advance(4 * HOUR)
    queued, provider = step(store, ids[0]), Scripted()
    draft = workflows.Draft("w1", "workflow", (workflows.Step("send", "step"),))
    store.write(ALICE, workflows.save, 1, draft, 1)
    store.write(ALICE, workflows.set_state, 1, "paused")
    drain(store, provider)
    assert (provider.told, row(store, queued).state, row(store, queued).reason) == ([], "held", PAUSED)
    store.write(ALICE, workflows.set_state, 1, "on")
    drain(store, provider)
    assert len(provider.told) == 1


def test_the_undo_of_a_pause_lets_its_texts_go_at_once(store: Store, ids: list[int], fixed_clock: Clock) -> None:
    fixed_clock.advance(4 * HOUR)
    step(store, ids[0])
    paused = store.write(ALICE, workflows.set_state, 1, "paused")
    drain(store, Scripted())
    undo.start(store, ALICE, paused)
    provider = Scripted()
    drain(store, provider)
    assert len(provider.told) == 1


def test_of_a_retired_workflow_nothing_goes_any_more(store: Store, ids: list[int], fixed_clock: Clock) -> None:
    held = step(store, ids[0])
    drain(store, Scripted())
    fixed_clock.advance(4 * HOUR)
    due, provider = step(store, ids[1]), Scripted()
    store.write(ALICE, workflows.set_state, 1, "retired")
    drain(store, provider)
    assert provider.told == []
    assert {(row(store, id_).state, row(store, id_).reason) for id_ in (held, due)} == {("cancelled", RETIRED)}


def test_of_a_draft_nothing_goes_before_it_is_on(store: Store, ids: list[int], fixed_clock: Clock) -> None:
    fixed_clock.advance(4 * HOUR)
    queued, provider = step(store, ids[0]), Scripted()
    store.write(ALICE, workflows.set_state, 1, "draft")
    drain(store, provider)
    assert (provider.told, row(store, queued).state) == ([], "held")


def test_a_text_held_over_night_ends_with_its_enrollment(store: Store, ids: list[int], fixed_clock: Clock) -> None:
    queued, provider = step(store, ids[0]), Scripted()
    drain(store, provider)
    store.write(SYSTEM, lambda work: work.conn.execute(update(enrollment).values(is_live=0)))
    fixed_clock.advance(NINE)
    drain(store, provider)
    assert (provider.told, row(store, queued).state) == ([], "cancelled")


def test_it_is_put_off_once_more_when_its_hour_ends_before_the_call(
    store: Store, ids: list[int], fixed_clock: Clock
) -> None:
    """Claimed in the last lawful second; the call would have come after it."""
    fixed_clock.advance(NINE + 11 * HOUR - 1)
    queued = step(store, ids[0])

    provider = Scripted()
    claims = store.write(SYSTEM, claim, world.PACE)
    fixed_clock.advance(1)
    Sender(store, provider, world.PACE)._hand_over(claims.going)
    assert (provider.told, row(store, queued).state) == ([], "scheduled")
    drain(store, provider)
    assert (provider.told, row(store, queued).state, row(store, queued).reason) == ([], "held", QUIET)


@pytest.mark.parametrize("is_busy", [True, False])
def test_what_a_person_wrote_by_day_does_not_go_by_night_when_it_could_not_go_before(
    store: Store, ids: list[int], fixed_clock: Clock, is_busy: bool
) -> None:
    """The provider was busy until then, or this machine was asleep."""
    fixed_clock.advance(10 * HOUR)
    queued = world.write(store, ids[0], "See you", due_at=fixed_clock.now)
    if is_busy:
        drain(store, Scripted(Answer("later", wait=5)))
    fixed_clock.advance(6 * HOUR)  # eleven at night there
    provider = Scripted()
    drain(store, provider)
    held = row(store, queued)
    assert (provider.told, held.state, held.reason, held.due_at) == (
        [], "held", OVER_NIGHT, fixed_clock.now + 10 * HOUR,
    )  # fmt: skip
    fixed_clock.advance(10 * HOUR)
    drain(store, provider)
    assert len(provider.told) == 1


@pytest.mark.parametrize("origin", ["manual", "template"])
def test_what_a_person_wrote_is_not_kept_by_a_paused_workflow(
    store: Store, ids: list[int], fixed_clock: Clock, origin: str
) -> None:
    change(store, workflow, 1, state="paused")
    world.write(store, ids[0], origin=origin)
    fixed_clock.advance(6)
    provider = Scripted()
    drain(store, provider)
    assert len(provider.told) == 1
