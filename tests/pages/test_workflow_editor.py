"""The editor of workflows, through the shell: steps, rules, versions, and what is said when something is wrong."""

from datetime import time

import pytest
from streamlit.testing.v1 import AppTest

from core import pipelines, tags, templates, workflows
from core.access import Actor
from core.database import Store
from core.workflows import Draft, Rules, Step
from tests.pages.conftest import Visit, grid_rows
from tests.pages.workflowing import DAY, PAGE, at, drawn, enroll, field, get, named, press, table, texts

pytestmark = pytest.mark.usefixtures("patient")


@pytest.fixture
def hello(inbox: Store, acting: Actor) -> int:
    """A template to take the text of."""
    return inbox.write(acting, templates.add, templates.Draft("Hello *you*", "Hi {first_name|there}"))


def take(app: AppTest, place: int, template_id: int) -> AppTest:
    chosen: AppTest = field(app, "selectbox", f"Template for step {place} (optional)").select(template_id).run()
    return chosen


def test_a_workflow_of_every_kind_of_step_is_made_switched_on_and_taken_back(
    inbox: Store, visit: Visit, acting: Actor, hello: int
) -> None:
    tag_id = inbox.write(acting, tags.add, "Asked", 1, 5)
    with inbox.read() as reader:
        stage = pipelines.find(reader)[0].stages[0]
    app = press(at(visit), "New workflow")
    field(app, "text_input", "Name").input("Full house").run()
    take(app, 1, hello)
    for label in ("Wait", "Wait", "Add a tag", "Set the stage", "Assign an owner", "End", "Mark as hot"):
        press(app, label)
    field(app, "number_input", "Number of days").set_value(2).run()
    field(app, "selectbox", "How step 3 waits").select("until an hour").run()
    field(app, "selectbox", "Day").select(4).run()
    field(app, "time_input", "Hour at the contact's place").set_value(time(10, 30)).run()
    field(app, "selectbox", "Tag of step 4").select(tag_id).run()
    field(app, "selectbox", "Stage of step 5").select(stage.id).run()
    press(app, "Save and switch on")
    [made] = named(inbox, "Full house")
    assert made.steps == (
        Step("send", "Hi {first_name|there}", template_id=hello),
        Step("wait", wait_seconds=2 * DAY),
        Step("wait", params={"weekday": 4, "minute": 630}),
        Step("tag", params={"tag_id": tag_id}),
        Step("stage", params={"stage_id": stage.id}),
        Step("assign", params={"owner_id": None}),
        Step("hot"),
        Step("end"),
    )
    assert made.state == "on"
    assert app.query_params["w"] == str(made.id)
    assert "added the workflow Full house" in texts(app)
    press(app, "Undo")
    assert get(inbox, made.id).state == "retired"


def test_what_is_wrong_is_said_beside_its_step_and_nothing_chosen_is_lost(
    inbox: Store, visit: Visit, hello: int
) -> None:
    app = at(visit, new="workflow")
    field(app, "text_input", "Name").input("Half done").run()
    press(app, "Add a tag")
    press(app, "Wait")
    press(app, "Save as a draft")
    assert [each.value.replace("\\", "") for each in app.error] == [
        "Step 1 needs a text of at most 1,600 letters.", "Step 2: the tag is not chosen yet. Choose one.",
        "Step 1 needs a text of at most 1,600 letters.",
    ]  # fmt: skip
    assert field(app, "text_input", "Name").value == "Half done"
    press(take(app, 1, hello), "Remove step 2")
    press(app, "Save as a draft")
    assert not app.error
    assert [(each.state, len(each.steps)) for each in named(inbox, "Half done")] == [("draft", 2)]


def test_steps_change_places(inbox: Store, visit: Visit, nudge: int) -> None:
    app = at(visit, w=str(nudge), edit="1")
    press(app, "Move step 2 up")
    press(app, "Mark as hot")
    press(app, "Move step 2 down")
    press(app, "Save")
    assert [step.kind for step in get(inbox, nudge).steps] == ["wait", "hot", "send"]


def test_a_change_is_a_new_version_and_who_is_in_it_finishes_on_theirs(
    inbox: Store, visit: Visit, acting: Actor, nudge: int
) -> None:
    enroll(inbox, acting, nudge, 2)
    app = at(visit, w=str(nudge), edit="1")
    assert "2 running enrollments finish on the version they began with" in texts(app)
    press(app, "Mark as hot")
    press(app, "Save")
    assert get(inbox, nudge).version == 2
    field(app, "selectbox", "Version").select(1).run()
    assert [cells[:2] for cells in table(app, "Steps")] == [
        ["1. Send “Hello {first_name|there}”", "2"], ["2. Wait 3 days", "0"],
    ]  # fmt: skip
    press(app, "Undo")
    assert get(inbox, nudge).version == 1


def test_who_saves_on_what_somebody_else_changed_is_told(inbox: Store, visit: Visit, acting: Actor, nudge: int) -> None:
    app = at(visit, w=str(nudge), edit="1")
    press(app, "Mark as hot")
    inbox.write(acting, workflows.save, nudge, Draft("Nudge", "workflow", (Step("send", "Other"),)), 1)
    press(app, "Save")
    assert "Somebody else changed this workflow" in app.error[0].value
    assert [step.body for step in get(inbox, nudge).steps] == ["Other"]
    press(app, "Discard")
    assert "1. Send “Other”" in [cells[0] for cells in table(app, "Steps")]


def test_what_was_begun_waits_while_one_looks_elsewhere(visit: Visit, hello: int) -> None:
    app = at(visit, new="workflow")
    field(app, "text_input", "Name").input("Begun").run()
    take(app, 1, hello)
    press(app, "Wait")
    app.switch_page("outreach/templates.py").run()
    app.switch_page(PAGE)
    app.query_params["new"] = "workflow"
    app.run()
    assert field(app, "text_input", "Name").value == "Begun"
    assert field(app, "number_input", "Number of days").value == 1
    assert [each["body"] for each in drawn(app, "body")] == ["Hi {first_name|there}"]


def test_the_rules_are_chosen_and_told(inbox: Store, visit: Visit, nudge: int) -> None:
    app = at(visit, w=str(nudge), edit="1")
    field(app, "checkbox", "Stops when a deal is lost").set_value(False).run()
    field(app, "checkbox", "Only contacts who consented").set_value(True).run()
    field(app, "checkbox", "Only at hours of its own, inside the lawful ones").set_value(True).run()
    field(app, "time_input", "Until").set_value(time(0, 0)).run()
    field(app, "selectbox", "Enrolled a second time").select("after_end").run()
    field(app, "number_input", "Days since the last run began").set_value(30).run()
    field(app, "number_input", "Starts per hour (0: at once)").set_value(20).run()
    press(app, "Save")
    assert get(inbox, nudge).rules == Rules(
        stop_on_lost=False, needs_consent=True, opens=540, closes=1440, reenroll="after_end", cooldown_days=30,
        starts_per_hour=20,
    )  # fmt: skip
    assert "Enrolled a second time: after the end, 30 days after the last run began." in texts(app)


def test_who_finds_no_workflow_to_enroll_in_makes_one(inbox: Store, visit: Visit) -> None:
    app = visit()
    [id_, *_] = [int(str(row["id"])) for row in grid_rows(app)]
    app.query_params["c"] = str(id_)
    press(app.run(), "EZ Redrip")
    press(app, "Create a new redrip")
    assert field(app, "number_input", "Only who was silent for days (0: any)")
    assert not [button for button in app.button if button.key == "asking.yes"]
