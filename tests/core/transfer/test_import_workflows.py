"""Flows become drafts of workflows: the texts of their folder in order, the rest refused by its line."""

from itertools import pairwise

import pytest
from sqlalchemy import select

from core import workflows
from core.database.tables import workflow
from core.workflows import Step
from tests.core.transfer.world import Office

TEMPLATES = (
    "title,shortcut,body,folder\nA: hello,hello,Hello!,a\nA: name,ask_name,Your name?,a\nA: bye,bye,Goodbye.,a\n"
    "B: hello,hello,Good day.,b\n"
)
FLOWS = "workflow,step,from,to\na,2,ask_name,bye\na,1,hello,ask_name\na,3,bye,hello\nb,1,x,hello\nb,2,hello,query\n"


def found(office: Office) -> dict[str, workflows.Workflow]:
    with office.store.read() as reader:
        return {each.name: each for each in workflows.find(reader, include_retired=True)}


def test_each_flow_becomes_a_draft_with_its_texts_in_order(office: Office) -> None:
    office.take(TEMPLATES, "templates")
    event_id, counts = office.take(FLOWS, "workflows")
    assert (counts.inserted, counts.unchanged, counts.rejected) == (3, 1, 1)
    drafts = found(office)
    assert {each.state for each in drafts.values()} == {"draft"}
    bodies = [step.body if step.kind == "send" else step.wait_seconds for step in drafts["a"].steps]
    assert bodies == ["Hello!", 86_400, "Your name?", 86_400, "Goodbye."]
    assert [step.body for step in drafts["b"].steps] == ["Good day."]
    assert [(line, reason) for line, _, reason in office.problems(event_id)] == [
        (4, "leads back to a text that is a step already: a workflow goes straight on"),
        (6, "no template in the folder “b” has this shortcut; import the templates first"),
    ]
    _, again = office.take(FLOWS, "workflows")
    assert (again.inserted, again.unchanged, again.rejected) == (0, 4, 1)
    assert found(office) == drafts


@pytest.mark.parametrize(
    ("line", "reason"),
    [("a,x,hello,bye", "step is no number"), (",1,hello,bye", "workflow is missing"), ("a,1,hello,", "to is missing")],
)
def test_a_row_that_is_no_step_is_refused(office: Office, line: str, reason: str) -> None:
    event_id, counts = office.take(f"workflow,step,from,to\n{line}\n", "workflows")
    assert counts.rejected == 1
    assert [said for _, _, said in office.problems(event_id)] == [reason]


def test_a_flow_longer_than_a_chunk_is_one_draft(office: Office, small_chunks: None) -> None:
    texts = [f"t{n}" for n in range(8)]
    office.take("title,shortcut,body,folder\n" + "".join(f"{t},{t},Text {t},long\n" for t in texts), "templates")
    rows = [f"long,{n},{before},{after}\n" for n, (before, after) in enumerate(pairwise(texts), 1)]
    _, counts = office.take("workflow,step,from,to\n" + "".join(rows), "workflows")
    assert counts.inserted == 7
    assert [step.body for step in found(office)["long"].steps if step.kind == "send"] == [f"Text {t}" for t in texts]


def test_a_workflow_of_that_name_is_left_alone(office: Office) -> None:
    office.take(TEMPLATES, "templates")
    draft = workflows.Draft("A", "workflow", (Step("send", "Mine"),))
    id_ = office.store.write(office.actor, workflows.add, draft)
    event_id, counts = office.take(FLOWS, "workflows")
    assert (counts.inserted, counts.rejected) == (1, 4)
    assert "there is a workflow “A” with other steps already" in office.problems(event_id)[0][2]
    with office.store.read() as reader:
        assert workflows.get(reader, id_).steps == draft.steps


def test_an_undo_takes_the_drafts_away_but_for_those_that_were_taken_up(office: Office) -> None:
    office.take(TEMPLATES, "templates")
    event_id, _ = office.take(FLOWS, "workflows")
    office.store.write(office.actor, workflows.set_state, found(office)["b"].id, "on")
    assert office.undo(event_id) == 1
    assert set(found(office)) == {"b"}
    with office.store.read() as reader:
        assert reader.execute(select(workflow.c.id)).scalars().all() == [found(office)["b"].id]
