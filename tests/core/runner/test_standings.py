"""How workflows stand: who is in each state and at which step, what is next, how many texts left and were answered."""

from pathlib import Path

from core import workflows
from core.database import Store
from core.messages.inbound import Incoming, accept
from core.workflows import Draft, Rules, Step
from tests.conftest import ALICE, Clock
from tests.core.messages.world import Scripted, phone
from tests.core.runner.world import A_DAY, DAY, HELLO, STILL, enroll, go, made


def test_a_workflow_stands_as_its_runs_and_texts_do(
    store: Store, ids: list[int], provider: Scripted, fixed_clock: Clock, tmp_path: Path
) -> None:
    empty = made(store, HELLO, name="Empty")
    full = made(store, HELLO, A_DAY, STILL, rules=Rules())
    begun = fixed_clock.now
    enroll(store, full, ids)
    go(store, provider, fixed_clock, 0)
    accept(store, tmp_path, "US", Incoming("IN1", phone(ids[0]), "Yes please"))
    with store.read() as reader:
        found = workflows.standings(reader)
        assert workflows.whereabouts(reader, full) == {(1, 1): 2}
    assert found[empty] == workflows.Standing({}, None, 0, 0)
    assert found[full].runs == {"stopped": 1, "waiting": 2}
    assert (found[full].next_at, found[full].sent, found[full].replied) == (begun + DAY, 3, 1)


def test_versions_are_those_that_were_saved_whichever_is_current(store: Store) -> None:
    workflow_id = made(store, HELLO)
    store.write(ALICE, workflows.save, workflow_id, Draft("Nurture", "workflow", (HELLO, A_DAY)), 1)
    with store.read() as reader:
        assert workflows.versions(reader, workflow_id) == [1, 2]


def test_every_step_that_is_wrong_is_told(store: Store) -> None:
    with store.read() as reader:
        wrong = workflows.problems(reader, (Step("send"), A_DAY, Step("tag"), Step("end"), HELLO))
    assert wrong == {
        0: "Step 1 needs a text of at most 1,600 letters.",
        2: "Step 3: the tag is not chosen yet. Choose one.",
        3: "Step 4 ends the workflow, so nothing after it happens. Remove what follows.",
    }
