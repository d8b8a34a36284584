"""Fields of one's own on the page of settings, and as filters."""

import json

from core import contacts, conversations, custom
from core.conversations import ConversationFilter, Slice, Sort
from core.database import Store
from tests.conftest import ALICE
from tests.pages.conftest import Visit, grid_rows
from tests.pages.test_conversations import listed


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


def test_the_list_is_sorted_by_a_field_as_the_address_says_and_by_activity_once_it_is_retired(
    inbox: Store, visit: Visit
) -> None:
    size = inbox.write(ALICE, custom.add, "Size", "number")
    with inbox.read() as reader:
        newest = conversations.find(reader, ConversationFilter(), Sort(), Slice(50)).rows["id"].tolist()
    for id_, text in zip(newest[:3], ("7", "100", "-2"), strict=True):
        inbox.write(ALICE, contacts.edit, id_, {custom.key(size): text}, {})
    app = visit(sort=custom.key(size), down="0")
    assert listed(app)[:3] == [newest[2], newest[0], newest[1]]
    jump = app.number_input(f"conversations.pager.at.{custom.key(size)}")
    jump.set_value(8).run()
    assert listed(app)[0] == newest[1]
    assert not app.exception
    inbox.write(ALICE, custom.retire, size)
    app.run()
    assert "“Size” by which this list was sorted is no longer in use" in app.toast[0].value
    assert listed(app) == newest
    assert not app.exception
    assert not app.run().toast


def test_a_field_is_a_column_once_it_is_chosen_and_stays_one(inbox: Store, visit: Visit) -> None:
    size = custom.key(inbox.write(ALICE, custom.add, "*Size*", "number"))
    app = visit()
    chooser = app.button_group("conversations.columns.shown")
    assert "\\*Size\\*" in chooser.options
    assert size not in chooser.value
    id_ = listed(app)[0]
    inbox.write(ALICE, contacts.edit, id_, {size: "7"}, {})
    chooser.set_value([*chooser.value, size]).run()
    for again in (app, visit()):
        row = grid_rows(again)[0]
        assert json.loads(str(row["own"])) == {size: "7"}
        column = next(each for each in json.loads(str(row["view"]))["columns"] if each["name"] == size)
        assert (column["header"], column["hidden"], column["right"]) == ("*Size*", False, True)
