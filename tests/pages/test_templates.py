"""The templates page, through the shell."""

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core import people, templates
from core.access import Actor
from core.database import Store
from core.templates import Draft
from tests.pages.conftest import Visit

PAGE = "outreach/templates.py"
EVIL = "![x](http://o.example/x.png) <img src=x onerror=alert(1)>"


def visit_page(visit: Visit) -> AppTest:
    return visit().switch_page(PAGE).run()


def drawn(app: AppTest, place: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(app.get("bidi_component")[place].proto.json)
    return found


def listed(app: AppTest) -> list[str]:
    tables = [json.loads(each.proto.json) for each in app.get("bidi_component")]
    return [each["title"] for table in tables for each in table.get("templates", [])]


@pytest.fixture
def stocked(inbox: Store, acting: Actor, bob: Actor) -> Store:
    """Templates of the team in two folders, one of one's own, one of somebody else's, and a retired one."""
    for draft in (Draft("Hello", "Hi {first_name}", "hi", "a"), Draft("Bye", "So long", "bye", "b")):
        inbox.write(acting, templates.add, draft)
    inbox.write(acting, templates.add, Draft("Mine", "Only me", is_own=True))
    inbox.write(bob, templates.add, Draft("Foreign", "Only Bob", is_own=True))
    gone = inbox.write(acting, templates.add, Draft("Gone", "x"))
    inbox.write(acting, templates.retire, gone)
    return inbox


def test_templates_are_looked_for_by_words_folder_owner_and_state(stocked: Store, visit: Visit) -> None:
    app = visit_page(visit)
    everything = listed(app)
    assert {"Hello", "Bye", "Mine"} <= set(everything)
    assert not {"Foreign", "Gone"} & set(everything)
    assert listed(app.text_input(key="templates.search").input("SO LONG").run()) == ["Bye"]
    app.text_input(key="templates.search").input("").run()
    assert listed(app.selectbox(key="templates.folder").select("a").run()) == ["Hello"]
    app.selectbox(key="templates.folder").select("All folders").run()
    assert listed(app.toggle(key="templates.retired").set_value(True).run()) == ["Gone"]


def test_how_often_each_was_used_is_listed(stocked: Store, visit: Visit, acting: Actor) -> None:
    with stocked.read() as reader:
        hello = next(each for each in templates.find(reader, acting.id) if each.title == "Hello")
    stocked.write(acting, templates.used, hello.id)
    line = next(each for each in drawn(visit_page(visit))["templates"] if each["id"] == hello.id)
    assert line["used"] == "1"
    assert line["last"].startswith("last ")


def test_a_taken_title_is_said_in_the_form_and_nothing_typed_is_lost(stocked: Store, visit: Visit) -> None:
    app = visit_page(visit)
    app.button(key="templates.new").click().run()
    title = next(each for each in app.text_input if each.label == "Title")
    title.input("Nothing written")
    app.button(key="templates.add").click().run()
    assert "Write a text" in app.error[0].value
    assert next(each for each in app.text_input if each.label == "Title").value == "Nothing written"


def test_who_may_not_change_the_teams_makes_ones_own(
    stocked: Store, visit: Visit, bob: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "local_actor", lambda _store: bob)
    app = visit_page(visit)
    assert "Foreign" in listed(app)
    assert "Mine" not in listed(app)
    app.button(key="templates.new").click().run()
    assert app.radio[0].disabled
    assert app.radio[0].value == "Only me"


def test_a_hostile_template_reaches_no_markup(inbox: Store, visit: Visit, acting: Actor) -> None:
    inbox.write(acting, templates.add, Draft(EVIL, EVIL, folder=EVIL[:50]))
    app = visit_page(visit)
    marked_up = [*app.markdown, *app.caption, *app.info, *app.warning, *app.error]
    assert not [element.value for element in marked_up if "](http" in element.value]
    assert EVIL in listed(app)
