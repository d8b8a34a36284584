"""The list of workflows and one of them, through the shell."""

import pytest

from core import bulk, clock, people, tags, workflows
from core.access import Actor
from core.database import Store
from core.workflows import Draft, Rules, Step
from pages.ui import desk, frame
from tests.pages.conftest import Visit
from tests.pages.workflowing import EVIL, at, drawn, enroll, field, get, press, table, texts

pytestmark = pytest.mark.usefixtures("patient")


def test_the_list_says_of_each_who_is_in_it(inbox: Store, visit: Visit, acting: Actor, nudge: int) -> None:
    enroll(inbox, acting, nudge, 3)
    line = next(cells for cells in table(at(visit), "Workflows and redrips") if cells[0] == "Nudge")
    assert line[1:5] == ["workflow", "on", "3 scheduled", ""]
    assert line[6:] == ["0", "0"]
    inbox.write(acting, workflows.set_state, nudge, "retired")
    app = at(visit)
    assert "Nudge" not in [cells[0] for cells in table(app, "Workflows and redrips")]
    app.toggle(key="workflows.retired").set_value(True).run()
    assert "Nudge" in [cells[0] for cells in table(app, "Workflows and redrips")]


def test_a_redrip_counts_who_qualifies_and_selects_them(inbox: Store, visit: Visit) -> None:
    app = press(at(visit), "New redrip")
    field(app, "number_input", "Only who was silent for days (0: any)").set_value(60).run()
    press(app, "Count who qualifies now")
    with inbox.read() as reader:
        ids = workflows.qualifying(reader, 0, "redrip", Rules(silent_days=60), clock.now())
    assert ids
    assert f"{len(ids):,} conversations qualify now" in texts(app)
    press(app, "Select them in the list")
    assert app.session_state[desk.STATE].ticks.all_ids.tolist() == ids
    field(app := at(visit, new="redrip"), "number_input", "Only who was silent for days (0: any)").set_value(1).run()
    assert "qualify now" not in texts(app)


def test_the_schedule_is_shown_for_a_contact_at_their_place(inbox: Store, visit: Visit, nudge: int) -> None:
    app = at(visit, w=str(nudge))
    rows = table(app, "Schedule")
    assert [cells[1] for cells in rows] == ["Send “Hello {first_name|there}”", "Wait 3 days: over"]
    assert all(cells[0] for cells in rows)
    assert "were enrolled now and never answered. Dates are at their place (America/" in texts(app)
    field(app, "text_input", "Preview for").input("qqqqqq").run()
    assert "Nobody is found to show it for." in texts(app)


def test_people_are_listed_by_state_with_the_reason_and_the_way_to_them(
    inbox: Store, visit: Visit, acting: Actor, nudge: int
) -> None:
    ids = enroll(inbox, acting, nudge, 60)
    bulk.start(inbox, acting, bulk.action("stop", workflow_id=nudge), bulk.choose("ticked", ids[:2]))
    app = at(visit, w=str(nudge))
    people_state = app.segmented_control(key=f"workflows.people.{nudge}")
    assert people_state.options == ["Everybody 60", "Scheduled 58", "Stopped 2"]
    assert len(table(app, "People")) == 50
    app.button(key="workflows.following").click().run()
    assert len(table(app, "People")) == 10
    app.segmented_control(key=f"workflows.people.{nudge}").set_value("stopped").run()
    assert [(cells[1], cells[4]) for cells in table(app, "People")] == [("stopped", "stopped by hand")] * 2
    hrefs = [row["href"] for each in drawn(app, "rows") if each["label"] == "People" for row in each["rows"]]
    assert sorted(hrefs) == sorted(f"/?c={id_}" for id_ in ids[:2])
    assert len(table(app, "Next")) == 5


def test_it_is_paused_and_switched_on_again(inbox: Store, visit: Visit, nudge: int) -> None:
    app = press(at(visit, w=str(nudge)), "Pause")
    assert get(inbox, nudge).state == "paused"
    assert "nobody in it moves until it is switched on" in texts(app)
    press(app, "Switch on")
    press(app, "Undo")
    assert get(inbox, nudge).state == "paused"
    press(app, "Retire")
    assert get(inbox, nudge).state == "retired"


def test_a_double_click_on_pause_is_one(
    inbox: Store, visit: Visit, nudge: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frame, "ECHO_SECONDS", 60.0)
    press(press(at(visit, w=str(nudge)), "Pause"), "Switch on")
    assert get(inbox, nudge).state == "paused"


def test_who_may_not_change_workflows_looks_only(
    inbox: Store, visit: Visit, bob: Actor, nudge: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "local_actor", lambda _store: bob)
    offered = {button.label for button in [*at(visit).button, *at(visit, w=str(nudge)).button]}
    assert not offered & {"New workflow", "New redrip", "Change", "Pause", "Retire"}
    assert "may not change workflows" in at(visit, w=str(nudge), edit="1").error[0].value


def test_an_address_that_names_nothing_leads_to_the_list_or_says_so(inbox: Store, visit: Visit) -> None:
    assert table(at(visit, w="x"), "Workflows and redrips")
    assert table(at(visit, new="evil"), "Workflows and redrips")
    gone = at(visit, w="999999")
    assert any("does not exist" in each.value for each in [*gone.error, *gone.text, *gone.warning])


def test_hostile_names_and_texts_reach_no_markup(inbox: Store, visit: Visit, acting: Actor) -> None:
    tag_id = inbox.write(acting, tags.add, EVIL, 1, 5)
    steps = Step("send", EVIL), Step("tag", params={"tag_id": tag_id})
    made = inbox.write(acting, workflows.add, Draft(EVIL[:80], "redrip", steps, tag_id))
    for app in (at(visit), at(visit, w=str(made)), at(visit, w=str(made), edit="1")):
        marked_up = [*app.markdown, *app.caption, *app.info, *app.warning, *app.error]
        assert not [each.value for each in marked_up if "](http" in each.value]
