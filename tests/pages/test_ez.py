"""The EZ buttons, through the shell: one click enrolls, asked once which; a call is logged and told about."""

import json

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from core import calls, workflows
from core.access import Actor
from core.calls import Call
from core.database import Store
from core.database.tables import enrollment
from core.workflows import Draft, Step
from pages.ui import calling, frame
from pages.ui.acting import ASKED, Asked, Target
from tests.pages.conftest import Visit, grid_rows


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """One click may follow another at once."""
    monkeypatch.setattr(frame, "ECHO_SECONDS", 0.0)


@pytest.fixture
def id_(visit: Visit) -> int:
    """A conversation that may be texted."""
    return textable(visit)[0]


def textable(visit: Visit) -> list[int]:
    return [int(str(row["id"])) for row in grid_rows(visit()) if "stopped" not in str(row["marks"])]


@pytest.fixture
def nudge(inbox: Store, acting: Actor) -> int:
    """A workflow that is on, and that nobody is in."""
    return inbox.write(acting, workflows.add, Draft("Nudge *now*", "workflow", (Step("send", "Hi [there](http://x)"),)))


def enrolled(store: Store, workflow_id: int) -> list[int]:
    e = enrollment.c
    with store.read() as reader:
        found = reader.execute(select(e.contact_id).where(e.workflow_id == workflow_id, e.is_live == 1))
        return list(found.scalars())


def logged(store: Store, id_: int) -> list[Call]:
    with store.read() as reader:
        return calls.find(reader, id_)


def drawn(app: AppTest) -> list[dict[str, object]]:
    components = [json.loads(each.proto.json) for each in app.get("bidi_component")]
    return [item for each in components for item in each.get("items", ()) if item["kind"] == "call"]


def test_ez_workflow_asks_once_and_then_enrolls_by_one_click(
    inbox: Store, visit: Visit, acting: Actor, id_: int, nudge: int
) -> None:
    app = visit(c=str(id_))
    app.button(key="reader.ez_workflow").click().run()
    app.selectbox(key="ask.workflow").select(nudge).run()
    app.button(key="asking.yes").click().run()
    assert enrolled(inbox, nudge) == [id_]
    other = next(found for found in textable(visit) if found != id_)
    app = visit(c=str(other))
    button = app.button(key="reader.ez_workflow")
    assert "Adds to Nudge \\*now\\*" in button.help
    assert "\\[there\\]" in button.help
    button.click().run()
    assert sorted(enrolled(inbox, nudge)) == sorted([id_, other])


def test_a_workflow_that_is_no_longer_on_is_asked_for_again(
    inbox: Store, visit: Visit, acting: Actor, id_: int, nudge: int
) -> None:
    inbox.write(acting, workflows.set_usual, "workflow", nudge)
    inbox.write(acting, workflows.set_state, nudge, "paused")
    app = visit(c=str(id_))
    app.button(key="reader.ez_workflow").click().run()
    assert enrolled(inbox, nudge) == []
    assert "EZ Workflow adds to from now on" in "\n".join(text.value for text in app.text)


def test_a_call_is_told_about_and_stands_in_the_thread(inbox: Store, visit: Visit, acting: Actor, id_: int) -> None:
    call_id = inbox.write(acting, calls.log, id_)
    app = visit(c=str(id_))
    assert [(each["id"], each["isOpen"], each["text"]) for each in drawn(app)] == [(call_id, True, "Alice called")]
    app.session_state[calling.OPEN] = call_id
    app.session_state[ASKED] = Asked("call", Target(id_), "r")  # components cannot be clicked here
    app.run()
    app.radio(key=f"ask.call.{call_id}.outcome").set_value("no_answer").run()
    app.text_input(key=f"ask.call.{call_id}.length").input("soon")
    app.button(key="asking.yes").click().run()
    assert "no length of a call" in app.error[0].value
    app.text_input(key=f"ask.call.{call_id}.length").input("0:20")
    app.button(key="asking.yes").click().run()
    assert [(each.outcome, each.duration_seconds) for each in logged(inbox, id_)] == [("no_answer", 20)]
    assert [each["text"] for each in drawn(app)] == ["Alice called · no answer · 0:20"]
