"""Exports on the page: what the list offers, and the page of what was exported and of what is written by itself."""

import io
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from core import exports
from core.access import Actor
from core.conversations import ConversationFilter, Sort
from core.database import Store
from core.exports import Wish, schedules
from core.web.exports import CONVERSATIONS
from tests.conftest import ALICE
from tests.pages.conftest import Visit

PAGE = "admin/exports.py"
SHOWN = ("first_name", "last_name", "phone", "last_message", "tags", "stage", "amount", "owner", "active_at")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALKDECK_DATA_DIR", str(tmp_path))


def offered(app: AppTest) -> Wish:
    (link,) = (each.proto.url for each in app.get("link_button") if each.proto.url.startswith(CONVERSATIONS))
    (text,) = parse_qs(urlsplit(link).query)["wish"]
    return exports.read(text)


def texts(app: AppTest) -> str:
    return "\n".join(text.value for text in app.text)


def test_what_is_offered_is_the_list_as_it_stands(inbox: Store, visit: Visit) -> None:
    app = visit(tab="hot", sort="name", down="0")
    assert offered(app) == Wish(
        ConversationFilter(tab="hot", user_id=ALICE.id), Sort("name", False), SHOWN, "csv", "America/New_York"
    )
    app.radio(key="conversations.export.format").set_value("xlsx")
    app.radio(key="conversations.export.columns").set_value("all").run()
    wish = offered(app)
    assert (wish.format, set(SHOWN) < set(wish.columns)) == ("xlsx", True)


def test_an_export_is_scheduled_listed_and_ended(inbox: Store, visit: Visit) -> None:
    app = visit(tab="hot")
    app.text_input(key="conversations.export.name").input("Hot ones")
    app.selectbox(key="conversations.export.when").select(0)
    next(button for button in app.button if button.label == "Schedule").click().run()
    with inbox.read() as reader:
        (made,) = schedules.find(reader, ALICE)
    assert (made.name, made.times.words, made.wish.wanted.tab) == ("Hot ones", "Every Monday at 6:00", "hot")
    app = app.switch_page(PAGE).run()
    assert "Every Monday at 6:00, as CSV: hot leads" in texts(app)
    app.button(key=f"exports.end.{made.id}").click().run()
    assert "None yet. Filter the list of conversations" in texts(app)


def test_every_export_is_listed_with_what_it_was(inbox: Store, visit: Visit) -> None:
    done = exports.export(inbox, ALICE, Wish(ConversationFilter(tab="hot")), io.BytesIO())
    app = visit().switch_page(PAGE).run()
    assert f"Alice exported {done.rows} conversations as CSV: hot leads" in texts(app)
    (link,) = (each.proto.url for each in app.get("link_button") if "about" in each.proto.url)
    assert link == f"/export/event/{done.event_id}.about.json"


def test_who_may_not_export_is_offered_nothing(
    inbox: Store, visit: Visit, acting: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody = Actor(acting.id, acting.name, frozenset())
    monkeypatch.setattr("pages.ui.session.actor", lambda: nobody)
    app = visit().switch_page(PAGE).run()
    assert not [each for each in app.get("link_button") if "export" in each.proto.url]
