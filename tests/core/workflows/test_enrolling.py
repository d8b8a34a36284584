"""Who is enrolled by the rules of a workflow, how fast, and what the preview says of hours, zones and phones."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from core import bulk, clock, history, messages, undo, workflows
from core.conversations.upkeep import activity_key
from core.database import Store, Work
from core.database.tables import contact, conversation, deal, enrollment, pipeline, stage, workflow
from core.errors import Invalid
from core.workflows import Rules, Step, qualify
from tests.conftest import ALICE, Clock
from tests.core.messages import world as people
from tests.core.messages.world import Scripted
from tests.core.runner.world import DAY, HELLO, HOUR, enroll, go, made, run, runs, texts


@pytest.fixture
def ids(store: Store, fixed_clock: Clock) -> list[int]:
    """Six contacts in Michigan, at four in the afternoon there."""
    fixed_clock.advance(9 * HOUR)
    return store.write(ALICE, people.contacts, 6)


def outcome(store: Store, event_id: int) -> dict[str, int]:
    """Rows by reason; blank: enrolled."""
    with store.read() as reader:
        return {group.reason: group.n for group in history.groups(reader, ALICE, event_id)}


def preview(store: Store, ids: Sequence[int], name: str = "enroll", **params: Any) -> bulk.Preview:
    return bulk.preview(store, ALICE, bulk.action(name, **params), bulk.choose("ticked", ids))


def end(store: Store, workflow_id: int, id_: int, state: str, started_at: int | None = None) -> None:
    """The contact's run has ended."""
    e = enrollment.c

    def ended(work: Work) -> None:
        values: dict[str, Any] = {"state": state, "is_live": 0, "next_due_at": None}
        values |= {} if started_at is None else {"started_at": started_at}
        work.conn.execute(update(enrollment).where(e.contact_id == id_, e.workflow_id == workflow_id).values(values))

    store.write(ALICE, ended)


@pytest.mark.parametrize(
    ("rules", "completed", "stopped"),
    [
        (Rules(reenroll="always"), "", ""),
        (Rules(reenroll="never"), "had_run", "had_run"),
        (Rules(reenroll="after_end"), "", "no_end"),
        (Rules(reenroll="always", cooldown_days=3), "cooling", "cooling"),
        (Rules(reenroll="always", cooldown_days=1), "", ""),
        (Rules(reenroll="always", max_runs=1), "most_runs", "most_runs"),
        (Rules(reenroll="after_end", max_runs=2), "", "no_end"),
    ],
)
def test_who_may_run_again_is_for_the_rules_to_say(
    store: Store, ids: list[int], rules: Rules, completed: str, stopped: str
) -> None:
    now = clock.now()
    id_ = made(store, HELLO, rules=rules)
    enroll(store, id_, ids[:3])
    end(store, id_, ids[0], "completed", now - 2 * DAY)
    end(store, id_, ids[1], "stopped", now - 2 * DAY)
    expected = {"enrolled": 1, "": 1}
    for reason in (completed, stopped):
        expected[reason] = expected.get(reason, 0) + 1
    wish = preview(store, ids[:4], workflow_id=id_)
    assert {group.reason: group.n for group in wish.groups} == expected
    assert outcome(store, enroll(store, id_, ids[:4])) == expected
    assert max(row.run for row in runs(store)) == (2 if not completed or not stopped else 1)


def test_a_redrip_takes_the_silent_who_have_not_won(store: Store, ids: list[int], fixed_clock: Clock) -> None:
    store.write(ALICE, _won, ids[1])
    store.write(ALICE, lambda work: work.conn.execute(
        update(conversation).where(conversation.c.id == ids[2]).values(is_opted_out=1)
    ) and None)  # fmt: skip
    fixed_clock.advance(10 * DAY)
    store.write(ALICE, _active, ids[3], fixed_clock.now - 3 * DAY)
    rules = Rules(silent_days=7)
    id_ = made(store, HELLO, rules=rules, kind="redrip")
    with store.read() as reader:
        found = qualify.qualifying(reader, id_, "redrip", rules, fixed_clock.now)
    assert found == [ids[0], ids[4], ids[5]]
    assert outcome(store, enroll(store, id_, ids)) == {"": 3, "won": 1, "opted_out": 1, "not_silent": 1}
    with store.read() as reader:
        assert qualify.qualifying(reader, id_, "redrip", rules, fixed_clock.now) == []


def _won(work: Work, id_: int) -> None:
    work.conn.execute(insert(pipeline).values(id=1, name="p", name_key="p", event_id=1))
    work.conn.execute(insert(stage).values(id=1, name="w", name_key="w", kind="won", pipeline_id=1, event_id=1))
    own = {"contact_id": id_, "id": 1, "pipeline_id": 1, "stage_id": 1, "outcome": "won", "changed_at": work.now}
    work.conn.execute(insert(deal).values(**own, event_id=1))


def _active(work: Work, id_: int, at: int) -> None:
    key = activity_key(at, id_)
    work.conn.execute(update(conversation).where(conversation.c.id == id_).values(activity_key=key))


def test_starts_are_spread_out_over_the_hours_and_close_up_after_an_undo(
    store: Store, ids: list[int], fixed_clock: Clock
) -> None:
    id_ = made(store, HELLO, rules=Rules(starts_per_hour=2, reenroll="always"))
    now = fixed_clock.now
    store.write(ALICE, lambda work: work.conn.execute(
        update(conversation).where(conversation.c.id == ids[1]).values(is_opted_out=1)
    ) and None)  # fmt: skip
    assert any("2 of these begin in an hour" in note for note in preview(store, ids, workflow_id=id_).notes)
    first = enroll(store, id_, ids[:4])
    assert [row.next_due_at - now for row in runs(store)] == [0, HOUR // 2, HOUR]
    second = enroll(store, id_, ids[4:])
    assert [row.next_due_at - now for row in runs(store)][3:] == [3 * HOUR // 2, 2 * HOUR]
    undo.start(store, ALICE, second)
    enroll(store, id_, ids[5:])
    assert [row.next_due_at - now for row in runs(store)][3:] == [3 * HOUR // 2]
    run(store)
    assert len(texts(store)) == 1
    fixed_clock.advance(HOUR)
    run(store)
    assert len(texts(store)) == 3
    with store.read() as reader:
        assert reader.execute(select(workflow.c.paced_until)).scalar() == now + 2 * HOUR
    assert first < second


def test_the_preview_tells_of_quiet_hours_unknown_zones_and_phones(
    store: Store, ids: list[int], fixed_clock: Clock
) -> None:
    id_ = made(store, HELLO)
    assert preview(store, ids, workflow_id=id_).notes == ()
    store.write(ALICE, _place, ids[0], "Europe/Berlin")  # where it is ten in the evening
    store.write(ALICE, _place, ids[1], "Pacific/Honolulu")  # where it is eleven
    store.write(ALICE, lambda work: work.conn.execute(
        update(contact).where(contact.c.id == ids[2]).values(phone="+18005550199", is_phone_valid=0)
    ) and None)  # fmt: skip
    notes = preview(store, ids, workflow_id=id_).notes
    assert notes == (
        "1 of these have a phone that may not exist.",
        "1 of these are in no known time zone: their texts wait until one is known.",
        "1 of these are in quiet hours then: their first text waits until Sat 03 Jan, 03:00 (America/New_York).",
    )


def _place(work: Work, id_: int, zone: str) -> None:
    values = {"time_zone": zone, "time_zone_source": "person"}
    work.conn.execute(update(contact).where(contact.c.id == id_).values(values))


def test_one_text_goes_to_many_and_what_has_not_left_is_taken_back(
    store: Store, ids: list[int], fixed_clock: Clock
) -> None:
    provider = Scripted()
    wanted = {"body": "Hello {first_name}, we moved.", "starts_per_hour": 2}
    seen = preview(store, ids[:4], "text", **wanted)
    assert (seen.changed, seen.words) == (4, "Send 4 conversations the text Hello (first_name), we moved.")
    with pytest.raises(Invalid, match="needs a text"):
        preview(store, ids, "text")
    event_id = bulk.start(store, ALICE, bulk.action("text", **wanted), bulk.choose("ticked", ids[:4]), "once")
    assert bulk.start(store, ALICE, bulk.action("text", **wanted), bulk.choose("ticked", ids[:4]), "once") == event_id
    with store.read() as reader:
        assert workflows.find(reader) == []
    go(store, provider, fixed_clock, HOUR // 2, HOUR // 4)
    assert [each.body for each in provider.told] == [f"Hello Contact {n}, we moved." for n in (1, 2)]
    undo.start(store, ALICE, event_id)
    go(store, provider, fixed_clock, DAY)
    assert len(provider.told) == 2
    assert [(row.contact_id, row.state) for row in runs(store)] == [(ids[0], "completed"), (ids[1], "completed")]


def test_a_text_for_later_waits_for_its_time(store: Store, ids: list[int], fixed_clock: Clock) -> None:
    at = fixed_clock.now + 2 * HOUR
    bulk.start(store, ALICE, bulk.action("text", body="Later", at=at), bulk.choose("ticked", ids[:1]))
    run(store)
    assert texts(store) == []
    with pytest.raises(Invalid, match="time to come"):
        preview(store, ids, "text", body="x", at=fixed_clock.now - 1)
    fixed_clock.advance(2 * HOUR)
    run(store)
    assert [row.body for row in texts(store)] == ["Later"]


def test_a_step_list_tells_what_became_of_each_text(store: Store, ids: list[int], fixed_clock: Clock) -> None:
    provider = Scripted()
    id_ = made(store, HELLO, Step("wait", wait_seconds=DAY), Step("send", "Still?"), rules=Rules())
    enroll(store, id_, ids[:4])
    go(store, provider, fixed_clock, 0)
    people_answer(store, ids[0], "yes please")
    people_answer(store, ids[1], "STOP")
    go(store, provider, fixed_clock, DAY)
    people_answer(store, ids[2], "fine")
    store.write(ALICE, _won, ids[2])
    store.write(ALICE, lambda work: work.conn.execute(update(deal).values(closed_at=work.now)) and None)
    with store.read() as reader:
        found = workflows.performance(reader, id_)
        counts = workflows.counts(reader, id_)
        members = workflows.members(reader, id_)
        stopped = workflows.members(reader, id_, "stopped")
        [out], [last] = [workflows.endings(reader, each) for each in (ids[1], ids[3])]
    first, wait, second = found
    assert (first.reached, first.sent, first.replied, first.opted_out, first.won) == (4, 4, 2, 1, 0)
    assert (wait.reached, wait.sent) == (0, 0)
    assert (second.reached, second.sent, second.replied, second.opted_out, second.won) == (2, 2, 1, 0, 1)
    assert (counts["stopped"], counts["completed"]) == (2, 2)
    assert [(each.contact_id, each.state) for each in members] == [
        (ids[3], "completed"), (ids[2], "completed"), (ids[1], "stopped"), (ids[0], "stopped"),
    ]  # fmt: skip
    assert {each.contact_id: each.why for each in stopped} == {ids[0]: "reply", ids[1]: "opt-out"}
    assert (out.state, out.why, last.state, last.why) == ("stopped", "opt-out", "completed", "")
    assert last.at - out.at == DAY


def people_answer(store: Store, id_: int, body: str) -> None:
    text = messages.Incoming(f"in {id_} {body}", people.phone(id_), body)
    assert messages.accept(store, Path(), "US", text)


def test_who_has_no_name_is_listed_without_one_and_not_by_the_phone(store: Store, ids: list[int]) -> None:
    id_ = made(store, HELLO)
    enroll(store, id_, ids[:1])
    store.write(ALICE, lambda work: work.conn.execute(update(contact).values(first_name="", last_name="")) and None)
    with store.read() as reader:
        listed = [*workflows.members(reader, id_), *workflows.next_sends(reader, id_)]
    assert [(each.name, each.phone) for each in listed] == [("", people.phone(ids[0]))] * 2
