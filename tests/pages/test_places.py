"""Addresses that are old, damaged or half filled in: the list says so, and stays."""

from core.database import Store
from tests.pages.conftest import Visit
from tests.pages.test_conversations import address, found, how_many, listed, texts


def test_a_place_beyond_the_end_of_the_list_says_so_and_leads_back(inbox: Store, visit: Visit) -> None:
    app = visit(after="1")
    assert [info.value for info in app.info] == ["Nothing here: the list ends before this place."]
    app.button(key="conversations.first").click().run()
    assert listed(app) == found(inbox)["id"].tolist()
    assert address(app) == {}


def test_a_damaged_place_in_a_link_is_left_out(inbox: Store, visit: Visit) -> None:
    app = visit(after="garbage")
    assert listed(app) == found(inbox)["id"].tolist()
    assert [toast.value for toast in app.toast] == ["Ignored in this link, because it cannot be used: after."]


def test_a_row_number_that_cannot_be_is_not_repeated(inbox: Store, visit: Visit) -> None:
    assert f"50 rows of {how_many(inbox)} conversations" in texts(visit(row="999999999"))


def test_owners_not_yet_picked_hide_nothing(inbox: Store, visit: Visit) -> None:
    assert listed(visit(who="these")) == found(inbox)["id"].tolist()


def test_a_view_without_a_name_is_refused_beside_the_list(inbox: Store, visit: Visit) -> None:
    app = visit()
    app.get("button")[[button.label for button in app.button].index("Save view")].click().run()
    assert [error.value for error in app.error] == ["Give the view a name of 1 to 80 characters."]
    assert listed(app) == found(inbox)["id"].tolist()


def test_a_contact_that_is_gone_leads_back_to_the_list(inbox: Store, visit: Visit) -> None:
    app = visit()
    app.switch_page("inbox/contact.py")
    app.query_params["c"] = "999999"
    app.run()
    assert len(app.warning) == 1
    assert [link.label for link in app.get("page_link")][-1] == "Conversations"
