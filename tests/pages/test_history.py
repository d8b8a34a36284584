"""History, tags and cleaning up, through the shell."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from core import bulk, jobs, people, tags
from core.access import Actor
from core.conversations import ConversationFilter, find_ids
from core.database import Store
from tests.pages.conftest import Visit

LATER = 2_000_000_000  # than any message of the demo data
EVIL = "![x](http://o.example/x.png) <img src=x onerror=alert(1)>"


def texts(app: AppTest) -> str:
    return "\n".join(element.value for element in app.text)


def archived(store: Store, actor: Actor, n: int) -> int:
    with store.read() as reader:
        ids = find_ids(reader, ConversationFilter())[:n]
    chosen = bulk.choose("ticked", ids, chosen_at=LATER)
    return bulk.start(store, actor, bulk.action("archive"), chosen, f"archive {n}")


def at(visit: Visit, page: str, **params: str) -> AppTest:
    app = visit().switch_page(page)
    for name, value in params.items():
        app.query_params[name] = value
    return app.run()


def test_events_are_listed_in_words_newest_first(inbox: Store, visit: Visit, acting: Actor) -> None:
    archived(inbox, acting, 3)
    archived(inbox, acting, 2)
    said = texts(at(visit, "admin/history.py"))
    assert said.index("archived 2 conversations") < said.index("archived 3 conversations")


def test_one_event_shows_every_row_and_is_taken_back(inbox: Store, visit: Visit, acting: Actor) -> None:
    with inbox.read() as reader:
        before = find_ids(reader, ConversationFilter(tab="archived"))
    event_id = archived(inbox, acting, 3)
    app = at(visit, "admin/history.py", event=str(event_id))
    assert len(app.dataframe[0].value) == 3
    undo = next(button for button in app.button if str(button.key).startswith("account.undo"))
    undo.click().run()
    with inbox.read() as reader:
        assert find_ids(reader, ConversationFilter(tab="archived")) == before
    assert not [button for button in app.button if str(button.key).startswith("account.undo")]


@pytest.mark.parametrize("event", ["987654321", "x", "-1", "1" * 40])
def test_an_event_that_does_not_exist_is_said(inbox: Store, visit: Visit, event: str) -> None:
    assert "no such event" in at(visit, "admin/history.py", event=event).warning[0].value


def test_tags_are_listed_with_how_many_carry_them(inbox: Store, visit: Visit) -> None:
    with inbox.read() as reader:
        found = tags.find(reader)
    app = at(visit, "admin/tags.py")
    drawn = json.loads(app.get("bidi_component")[0].proto.json)
    assert [(each["name"], each["count"]) for each in drawn["tags"]] == [(tag.name, tag.count) for tag in found]


def test_a_hostile_tag_reaches_no_markup(inbox: Store, visit: Visit, acting: Actor) -> None:
    made = inbox.write(acting, tags.add, EVIL, 3, 100)
    with inbox.read() as reader:
        ids = find_ids(reader, ConversationFilter())[:2]
    bulk.start(inbox, acting, bulk.action("tag", tag_ids=[made]), bulk.choose("ticked", ids), "evil")
    for page in ("admin/history.py", "admin/tags.py", "inbox/cleanup.py"):
        app = at(visit, page)
        marked_up = [*app.markdown, *app.caption, *app.info, *app.warning, *app.title, *app.subheader, *app.toast]
        assert not [element.value for element in marked_up if "](http" in element.value]
        assert not [button.label for button in app.button if "](http" in button.label]


def test_who_may_not_see_the_others_history_sees_their_own(
    inbox: Store, visit: Visit, acting: Actor, bob: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign = archived(inbox, acting, 3)
    monkeypatch.setattr(people, "local_actor", lambda _store: bob)
    assert "archived 3 conversations" not in texts(at(visit, "admin/history.py"))
    assert "no such event" in at(visit, "admin/history.py", event=str(foreign)).warning[0].value


def test_a_proposal_is_applied_once_however_often_it_is_clicked(
    inbox: Store, visit: Visit, acting: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.bulk.run.AT_ONCE", 0)  # it waits for a worker, and the list stays as it is
    app, other = at(visit, "inbox/cleanup.py"), at(visit, "inbox/cleanup.py")
    for window in (app, app, other):
        buttons = [button for button in window.button if button.key == "cleanup.apply.1"]
        if buttons:
            buttons[0].click().run()
    assert "Under way." in texts(app)
    with inbox.read() as reader:
        assert len(jobs.own(reader, acting)) == 1
