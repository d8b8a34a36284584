"""Workflows made, changed in versions, switched, and all of it undone."""

from dataclasses import replace

import pytest

from core import undo, workflows
from core.database import Store
from core.errors import Conflict, Invalid, NotAllowed, NotFound
from core.workflows import Draft, Rules, Step, Workflow
from tests.conftest import ALICE, VERA, Clock

DAY = 86_400
HELLO = (Step("send", "Hello"), Step("wait", wait_seconds=DAY), Step("send", "Still there?"))


def made(store: Store, name: str = "Nurture", **parts: object) -> int:
    return store.write(ALICE, workflows.add, replace(Draft(name, "workflow", HELLO), **parts))  # type: ignore[arg-type]


def got(store: Store, workflow_id: int) -> Workflow:
    with store.read() as reader:
        return workflows.get(reader, workflow_id)


def test_a_workflow_keeps_its_steps_and_rules(store: Store, fixed_clock: Clock) -> None:
    rules = Rules(stop_on_archive=True, reenroll="after_end", cooldown_days=30, opens=540, closes=1_020, daily_cap=2)
    until = Step("wait", params={"weekday": 1, "minute": 600})
    owner = Step("assign", params={"owner_id": 2})
    steps = (*HELLO, until, Step("hot"), owner, Step("end"))
    found = got(store, made(store, rules=rules, steps=steps))
    assert (found.steps, found.rules, found.state, found.version, found.live) == (steps, rules, "on", 1, 0)
    with store.read() as reader:
        names = workflows.names_of(reader, steps)
    assert [workflows.words(step, names) for step in steps] == [
        "Send “Hello”", "Wait 1 day", "Send “Still there?”", "Wait until Tuesday, 10:00 at their place", "Mark as hot",
        "Assign to Bob", "End",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ((Step("wait", wait_seconds=60),), "at least one text"),
        ((Step("send"),), "Step 1 needs a text"),
        ((*HELLO, Step("wait")), "Step 4 needs a time"),
        ((*HELLO, Step("wait", wait_seconds=0)), "Step 4 needs a time"),
        ((*HELLO, Step("wait", params={"weekday": 7, "minute": 0})), "Step 4 needs a time"),
        ((*HELLO, Step("wait", params={"weekday": None, "minute": 1_440})), "Step 4 needs a time"),
        ((*HELLO, Step("tag", params={"tag_id": 99})), "Step 4: the tag"),
        ((*HELLO, Step("stage", params={})), "Step 4: the stage"),
        ((*HELLO, Step("assign", params={"owner_id": 99})), "Step 4: this user"),
        ((Step("end"), *HELLO), "Step 1 ends"),
        (HELLO * 40, "at most 100 steps"),
    ],
)
def test_a_step_that_cannot_be_is_refused_by_its_number(
    shared_store: Store, steps: tuple[Step, ...], said: str
) -> None:
    with pytest.raises(Invalid, match=said):
        made(shared_store, steps=steps)


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        (Rules(silent_days=3), "Only a redrip"),
        (Rules(opens=540), "both a beginning and an end"),
        (Rules(opens=540, closes=540), "must begin before it ends"),
        (Rules(daily_cap=-1), "The texts a day"),
        (Rules(cooldown_days=4_000), "The days before another run"),
        (Rules(reenroll="sometimes"), "Enrolling again"),  # type: ignore[arg-type]
    ],
)
def test_a_rule_that_cannot_be_is_refused(shared_store: Store, rules: Rules, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        made(shared_store, rules=rules)


def test_a_change_is_a_new_version_and_its_undo_brings_the_old_one_back(store: Store, fixed_clock: Clock) -> None:
    id_ = made(store)
    first = got(store, id_)
    draft = Draft("Care", "workflow", (Step("send", "Hi"),), rules=Rules(daily_cap=1))
    assert store.write(ALICE, workflows.save, id_, draft, 1) == 2
    assert store.write(ALICE, workflows.save, id_, draft, 2) == 2, "nothing became another"
    with pytest.raises(Conflict, match="Somebody else"):
        store.write(ALICE, workflows.save, id_, Draft("Mine", "workflow", HELLO), 1)
    changed = got(store, id_)
    assert (changed.name, changed.steps, changed.rules.daily_cap) == ("Care", draft.steps, 1)
    with store.read() as reader:
        assert workflows.steps_of(reader, id_, 1) == first.steps, "who began with it goes on with it"
        newest = undo.newest(reader, ALICE)
    assert newest is not None
    undo.start(store, ALICE, newest)
    assert got(store, id_) == first
    assert store.write(ALICE, workflows.save, id_, draft, 1) == 3


def test_a_draft_is_switched_on_paused_and_retired(store: Store, fixed_clock: Clock) -> None:
    id_ = store.write(ALICE, workflows.add, Draft("Later", "redrip", HELLO), "draft")
    assert got(store, id_).state == "draft"
    for state in ("on", "paused", "on", "retired"):
        store.write(ALICE, workflows.set_state, id_, state)
        assert got(store, id_).state == state
    with store.read() as reader:
        assert [each.id for each in workflows.find(reader)] == []
        assert [each.id for each in workflows.find(reader, include_retired=True)] == [id_]
    with pytest.raises(Invalid):
        store.write(ALICE, workflows.set_state, id_, "asleep")
    with pytest.raises(NotFound):
        store.write(ALICE, workflows.set_state, 99, "on")
    with pytest.raises(Conflict, match="retired one named"):
        store.write(ALICE, workflows.add, Draft(" LATER ", "workflow", HELLO))


def test_an_analyst_changes_no_workflow(shared_store: Store) -> None:
    for verb, args in (
        (workflows.add, (Draft("x", "workflow", HELLO),)),
        (workflows.save, (1, Draft("x", "workflow", HELLO), 1)),
    ):
        with pytest.raises(NotAllowed):
            shared_store.write(VERA, verb, *args)
