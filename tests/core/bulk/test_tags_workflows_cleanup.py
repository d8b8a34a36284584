"""Tags, workflows and cleanup rules: each change is an event that can be undone."""

import pytest
from sqlalchemy import select

from core import bulk, cleanup, history, tags, undo, workflows
from core.conversations import ConversationFilter
from core.database import Store
from core.database.tables import change, contact_tag, enrollment
from core.errors import Conflict, Invalid, NotAllowed
from core.workflows import Draft, Rules, Step
from tests.conftest import ALICE, BOB, NOON, VERA, Clock
from tests.core.bulk.world import do, fill, finish, picture, state, take_back

DAY = 86_400


@pytest.fixture
def ids(store: Store, fixed_clock: Clock) -> list[int]:
    """The conversations of a small world, a minute after it was made."""
    found = fill(store)
    fixed_clock.advance(60)
    return found


def listed(store: Store) -> dict[int, tags.Tag]:
    with store.read() as reader:
        return {tag.id: tag for tag in tags.find(reader)}


def test_a_tag_is_added_renamed_retired_and_all_of_it_undone(store: Store, ids: list[int]) -> None:
    before = listed(store)
    tag_id = store.write(ALICE, tags.add, " Call  back ", 3, 7)
    assert (listed(store)[tag_id].name, listed(store)[tag_id].count) == ("Call back", 0)
    with pytest.raises(Conflict, match="already a tag"):
        store.write(ALICE, tags.add, "call BACK", 0, 0)
    do(store, bulk.action("tag", tag_ids=[tag_id]), ids[:5])
    edit = store.write(ALICE, tags.edit, tag_id, "Ring again", 4, 9)
    assert (listed(store)[tag_id].name, listed(store)[tag_id].count) == ("Ring again", 5)
    with pytest.raises(Conflict, match="Merge"):
        store.write(ALICE, tags.edit, tag_id, "COLD")
    retired = store.write(ALICE, tags.retire, tag_id)
    with pytest.raises(Invalid, match="retired"):
        do(store, bulk.action("tag", tag_ids=[tag_id]), ids)
    for event_id in (retired, edit):
        take_back(store, event_id)
    assert (listed(store)[tag_id].name, listed(store)[tag_id].is_retired) == ("Call back", False)
    with store.read() as reader:
        said = [entry.words for entry in history.events(reader, ALICE)]
    assert said[:2] == [
        "Alice undid: Alice renamed the tag Call back to Ring again",
        "Alice undid: Alice retired the tag Ring again",
    ]
    assert {key: listed(store)[key] for key in before} == before


def test_an_old_name_that_was_given_away_stays_away(store: Store, ids: list[int]) -> None:
    edit = store.write(ALICE, tags.edit, 4, "frosty")
    store.write(ALICE, tags.add, "cold", 0, 0)
    take_back(store, edit)
    assert state(store, edit) == "undone_in_part"
    assert listed(store)[4].name == "frosty"


def test_merging_tags_moves_their_carriers_and_is_undone(store: Store, ids: list[int]) -> None:
    before, counts = picture(store), listed(store)
    with store.read() as reader:
        both = {
            tag_id: set(
                reader.execute(select(contact_tag.c.contact_id).where(contact_tag.c.tag_id == tag_id)).scalars()
            )
            for tag_id in (2, 3)
        }
    event_id = bulk.merge_tags(store, ALICE, 2, 3, "once")
    assert bulk.merge_tags(store, ALICE, 2, 3, "once") == event_id
    after = listed(store)
    assert (after[2].count, after[2].is_retired, after[3].count) == (0, True, len(both[2] | both[3]))
    take_back(store, event_id)
    assert (picture(store), listed(store)) == (before, counts)
    with pytest.raises(Invalid, match="itself"):
        bulk.merge_tags(store, ALICE, 2, 2)


def test_a_workflow_takes_contacts_in_and_waits_for_its_first_text(store: Store, ids: list[int]) -> None:
    steps = (Step("wait", wait_seconds=DAY), Step("wait", wait_seconds=60), Step("send", "Hello!"))
    draft = Draft("Wake up", "redrip", steps, tag_id=6, rules=Rules(needs_consent=True))
    workflow_id = store.write(ALICE, workflows.add, draft)
    with pytest.raises(Conflict, match="already one"):
        store.write(ALICE, workflows.add, draft)
    for unusable in (Draft("x", "redrip", ()), Draft("", "redrip", steps), Draft("x", "redrip", (Step("send"),))):
        with pytest.raises(Invalid):
            store.write(ALICE, workflows.add, unusable)
    before = picture(store)
    event_id = do(store, bulk.action("enroll", workflow_id=workflow_id), ids)
    with store.read() as reader:
        found = next(one for one in workflows.find(reader) if one.id == workflow_id)
        rows = reader.execute(select(enrollment).where(enrollment.c.workflow_id == workflow_id)).all()
        groups = {group.reason: group.n for group in history.groups(reader, ALICE, event_id)}
    assert (found.steps, found.live) == (steps, len(rows))
    assert rows
    assert {(row.state, row.next_due_at) for row in rows} == {("scheduled", NOON + 60 + DAY + 60)}
    assert groups["no_consent"] > 0
    assert groups[""] + groups["no_consent"] + groups.get("opted_out", 0) == len(ids)
    store.write(ALICE, workflows.set_state, workflow_id, "retired")
    with pytest.raises(Invalid, match="retired"):
        do(store, bulk.action("enroll", workflow_id=workflow_id), ids)
    take_back(store, event_id)
    assert picture(store) == before


def test_a_workflow_brings_no_retired_tag_and_after_a_merge_the_one_that_stayed(store: Store, ids: list[int]) -> None:
    retired = store.write(ALICE, tags.retire, 5)
    event_id = do(store, bulk.action("enroll", workflow_id=1), ids)
    assert brought(store, event_id) == set()
    for each in (event_id, retired):
        take_back(store, each)
    merged = bulk.merge_tags(store, ALICE, 5, 3)
    event_id = do(store, bulk.action("enroll", workflow_id=1), ids)
    assert brought(store, event_id) == {3}
    take_back(store, event_id)
    take_back(store, merged)
    assert brought(store, do(store, bulk.action("enroll", workflow_id=1), ids)) == {5}


def brought(store: Store, event_id: int) -> set[int]:
    """The tags that an event put on anybody."""
    wanted = select(change.c.row_id).where(change.c.event_id == event_id, change.c.table_name == "contact_tag")
    with store.read() as reader:
        return set(reader.execute(wanted.where(change.c.outcome == "changed")).scalars())


def test_the_queue_proposes_what_its_rules_say(store: Store, ids: list[int]) -> None:
    with store.read() as reader:
        found = cleanup.proposals(reader)
        assert found
        for proposal in found:
            assert proposal.count.n == len(bulk.choose_all(reader, proposal.wanted))
        first = found[0]
    assert first.words == "silent 60 days, not hot, read, no open deal, in no workflow"
    event_id = do(store, first.action, bulk_ids(store, first))
    with store.read() as reader:
        assert first.rule.id not in {proposal.rule.id for proposal in cleanup.proposals(reader)}
    take_back(store, event_id)
    silenced = store.write(ALICE, cleanup.never, first.rule.id)
    with store.read() as reader:
        assert first.rule.id not in {proposal.rule.id for proposal in cleanup.proposals(reader)}
    take_back(store, silenced)
    with store.read() as reader:
        assert cleanup.proposals(reader)[0].rule == first.rule


def bulk_ids(store: Store, proposal: cleanup.Proposal) -> tuple[int, ...]:
    with store.read() as reader:
        return bulk.choose_all(reader, proposal.wanted).ids


def test_a_proposal_that_a_job_carries_out_is_under_way_until_that_ends(
    store: Store, ids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.bulk.run.AT_ONCE", 0)
    with store.read() as reader:
        first = cleanup.proposals(reader)[0]
        assert cleanup.under_way(reader) == set()
        meant = bulk.choose_all(reader, first.wanted)
    bulk.start(store, ALICE, bulk.action("hot"), bulk.choose("all", ids), "something else")
    event_id = bulk.start(store, BOB, first.action, meant, cleanup.request_id(first.rule.id))
    with store.read() as reader:
        assert cleanup.under_way(reader) == {first.rule.id}
    finish(store, event_id)
    with store.read() as reader:
        assert cleanup.under_way(reader) == set()


def test_rules_are_made_changed_and_removed_by_undo(store: Store, ids: list[int]) -> None:
    wanted = ConversationFilter(tags=(4,), is_hot=False)
    rule_id = store.write(ALICE, cleanup.add, "Cold", None, wanted, bulk.action("archive"))
    edit = store.write(ALICE, cleanup.edit, rule_id, "Colder", 30, wanted, bulk.action("untag", tag_ids=[4]))
    with store.read() as reader:
        rule = next(rule for rule in cleanup.rules(reader) if rule.id == rule_id)
    assert (rule.name, rule.silent_days, rule.wanted, rule.action.name) == ("Colder", 30, wanted, "untag")
    take_back(store, edit)
    with store.read() as reader:
        assert next(rule for rule in cleanup.rules(reader) if rule.id == rule_id).name == "Cold"
        made = history.events(reader, ALICE, history.Wanted(verb="cleanup.add"))[0]
    take_back(store, made.event_id)
    with store.read() as reader:
        assert rule_id not in {rule.id for rule in cleanup.rules(reader)}
    with pytest.raises(Invalid, match="finds everything"):
        store.write(ALICE, cleanup.add, "All", None, ConversationFilter(), bulk.action("archive"))


def test_an_analyst_changes_none_of_it(store: Store, ids: list[int]) -> None:
    draft = Draft("x", "workflow", (Step("send", "y"),))
    verbs = (
        (tags.add, ("x", 0, 0)),
        (tags.edit, (1, "x")),
        (tags.retire, (1,)),
        (tags.revive, (1,)),
        (workflows.add, (draft,)),
        (workflows.set_state, (1, "paused")),
        (cleanup.never, (1,)),
        (cleanup.again, (1,)),
        (cleanup.add, ("x", 3, ConversationFilter(), bulk.action("archive"))),
        (cleanup.edit, (1, "x", 3, ConversationFilter(), bulk.action("archive"))),
    )
    for verb, args in verbs:
        with pytest.raises(NotAllowed):
            store.write(VERA, verb, *args)
    event_id = do(store, bulk.action("hot"), ids)
    with pytest.raises(NotAllowed):
        undo.start(store, VERA, event_id)
