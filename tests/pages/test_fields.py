"""Fields of one's own on the page of settings, and as filters."""

import json

from core import custom
from core.database import Store
from tests.conftest import ALICE
from tests.pages.conftest import Visit


def test_a_field_is_added_changed_and_retired(inbox: Store, visit: Visit) -> None:
    app = visit().switch_page("admin/settings.py").run()
    app.button(key="fields.new").click().run()
    next(box for box in app.text_input if box.key.startswith("fields.")).set_value("Policy *number*")
    app.button(key="fields.add").click().run()
    with inbox.read() as reader:
        (made,) = custom.find(reader)
    assert (made.name, made.kind) == ("Policy *number*", "text")
    app.button(key=f"fields.change.{made.id}").click().run()
    app.button(key="fields.retire").click().run()
    assert any("Policy *number* (retired)" in said.value for said in app.text)
    assert not app.exception


def test_a_field_filters_the_list_by_its_address_and_in_the_drawer(inbox: Store, visit: Visit) -> None:
    size = inbox.write(ALICE, custom.add, "Size", "number")
    inbox.write(ALICE, custom.add, "Since", "date")
    plan = inbox.write(ALICE, custom.add, "Plan", "choice", ["Gold", "Silver"])
    app = visit(field=[f"{size}:from:3", f"{plan}:is:Gold"])
    assert not app.exception
    drawn = json.loads(app.get("bidi_component")[0].proto.json)
    assert ["custom", "Size from 3 and Plan = Gold"] in drawn["parts"]
    assert app.session_state["conversations.place"].wanted.custom == (f"{size}:from:3", f"{plan}:is:Gold")
