"""Acting from the list: the selection is what changes, once, and the strip offers to take it back."""

import json
import re

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from core import bulk, conversations, people
from core.access import Actor
from core.conversations import ConversationFilter, Slice
from core.database import Store
from core.database.tables import conversation, enrollment, event
from pages.ui import actions, desk, frame, preview
from pages.ui.selection import GridState
from pages.ui.ticks import Ticks
from tests.pages.conftest import Visit, grid_rows

NOBODY = 987_654_321
NOW = 1_800_000_000  # later than any message of the demo data


@pytest.fixture(autouse=True)
def asks_nothing(inbox: Store, acting: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Archiving stops enrollments without asking, and one click may follow another at once."""
    inbox.write(acting, people.prefer, actions.STOPS, True)
    monkeypatch.setattr(frame, "ECHO_SECONDS", 0.0)


def press(app: AppTest, prefix: str) -> AppTest:
    """The button whose key begins so."""
    return next(button for button in app.button if str(button.key).startswith(prefix)).click().run()


def newest(store: Store, n: int) -> list[int]:
    with store.read() as reader:
        return [int(id_) for id_ in conversations.find(reader, ConversationFilter(), slice_=Slice(n)).rows["id"]]


def selecting(app: AppTest, *ids: int) -> AppTest:
    app.session_state[desk.STATE] = GridState(Ticks(dict.fromkeys(ids, NOW)))
    return app.run()


def texts(app: AppTest) -> str:
    return "\n".join(element.value for element in app.text)


def flags(store: Store, column: str) -> set[int]:
    with store.read() as reader:
        return set(reader.execute(select(conversation.c.id).where(conversation.c[column] == 1)).scalars())


def events(store: Store) -> list[str]:
    with store.read() as reader:
        return list(reader.execute(select(event.c.verb).order_by(event.c.id)).scalars())


def test_archive_changes_exactly_what_is_selected_and_undo_restores_it(inbox: Store, visit: Visit) -> None:
    ids, before = newest(inbox, 5), flags(inbox, "is_archived")
    app = selecting(visit(), ids[1], ids[3])
    assert "2 selected" in texts(app)
    app.button("conversations.act.archive").click().run()
    assert flags(inbox, "is_archived") == before | {ids[1], ids[3]}
    assert "Nothing selected." in texts(app)
    assert "archived 2 conversations" in texts(app)
    press(app, "frame.undo")
    assert flags(inbox, "is_archived") == before
    press(app, "frame.undo")
    assert flags(inbox, "is_archived") == before | {ids[1], ids[3]}


def test_without_a_selection_no_action_can_be_started(inbox: Store, visit: Visit) -> None:
    app = visit()
    names = ("archive", "tag", "workflow", "redrip")
    assert all(app.button(f"conversations.act.{name}").disabled for name in names)
    assert app.get("menu_button")[1].disabled


def test_in_archived_the_button_says_unarchive(inbox: Store, visit: Visit) -> None:
    gone = sorted(flags(inbox, "is_archived"))
    app = selecting(visit(tab="archived"), gone[0])
    button = app.button("conversations.act.restore")
    assert button.label == "Unarchive"
    button.click().run()
    assert flags(inbox, "is_archived") == set(gone[1:])


def test_forged_ids_change_nothing_and_are_named(inbox: Store, visit: Visit) -> None:
    [first], before = newest(inbox, 1), flags(inbox, "is_archived")
    app = selecting(visit(), first, NOBODY)
    app.button("conversations.act.archive").click().run()
    assert flags(inbox, "is_archived") == before | {first}
    assert "archived 1 conversation. 1 skipped" in texts(app)


def test_the_selection_is_there_in_another_browser_until_it_was_acted_on(inbox: Store, visit: Visit) -> None:
    ids = newest(inbox, 3)
    app = visit()
    app.button("conversations.ticks.page").click().run()
    again = visit()
    assert "50 selected" in texts(again)
    assert [row["ticked"] for row in grid_rows(again)[:3]] == [True] * 3
    app.button("conversations.act.archive").click().run()
    assert "Nothing selected." in texts(visit())
    assert set(ids) <= flags(inbox, "is_archived")


def test_what_two_windows_selected_at_once_is_not_taken_for_one_selection(inbox: Store, visit: Visit) -> None:
    first = visit()
    first.button("conversations.ticks.page").click().run()
    second = visit(tab="hot")
    second.button("conversations.ticks.all").click().run()
    first.button("conversations.ticks.clear").click().run()
    assert "Nothing selected." not in texts(visit())
    first.button("conversations.ticks.page").click().run()
    third = visit()
    assert "Nothing selected." in texts(third)
    assert desk.CONTESTED in [toast.value for toast in third.toast]
    for window in (first, second):
        window.button("conversations.ticks.clear").click().run()
    third.button("conversations.ticks.page").click().run()
    assert "50 selected" in texts(visit())


def test_all_that_match_are_frozen_when_they_are_chosen(inbox: Store, visit: Visit) -> None:
    ids = newest(inbox, 5)
    hot = flags(inbox, "is_hot") - flags(inbox, "is_archived")
    app = visit(tab="hot")
    app.button("conversations.ticks.all").click().run()
    inbox.write(people.local_actor(inbox), lambda work: None)
    late = next(id_ for id_ in ids if id_ not in hot)
    bulk.start(inbox, people.local_actor(inbox), bulk.action("hot"), bulk.choose("ticked", [late]), "late")
    app.button("conversations.act.archive").click().run()
    assert hot <= flags(inbox, "is_archived")
    assert late not in flags(inbox, "is_archived")


def test_the_same_selection_acted_on_again_after_a_lost_answer_starts_nothing(inbox: Store, visit: Visit) -> None:
    lost = Ticks(dict.fromkeys(newest(inbox, 2), NOW))
    app = visit()
    for _ in range(2):
        app.session_state[desk.STATE] = GridState(lost)
        app.run()
        app.button("conversations.act.archive").click().run()
    assert events(inbox).count("conversation.archive") == 1


def test_archiving_asks_once_what_becomes_of_live_enrollments(inbox: Store, visit: Visit, acting: Actor) -> None:
    inbox.write(acting, people.prefer, actions.STOPS, None)
    with inbox.read() as reader:
        live = sorted(reader.execute(select(enrollment.c.contact_id).where(enrollment.c.is_live == 1)).scalars())
    app = selecting(visit(), live[0])
    app.button("conversations.act.archive").click().run()
    assert "still sends texts" in texts(app)
    app.toggle("ask.archive.stops").set_value(False).run()
    app.button("asking.yes").click().run()
    assert live[0] in flags(inbox, "is_archived")
    app = selecting(app, live[1])
    app.button("conversations.act.archive").click().run()
    assert live[1] in flags(inbox, "is_archived")
    with inbox.read() as reader:
        still = reader.execute(select(enrollment.c.contact_id).where(enrollment.c.is_live == 1)).scalars().all()
    assert {live[0], live[1]} <= set(still)


def test_nothing_changed_is_said_and_keeps_the_offer_to_undo(inbox: Store, visit: Visit) -> None:
    first, second = newest(inbox, 2)
    app = selecting(visit(), first)
    app.button("conversations.act.archive").click().run()
    app = selecting(app, first)
    app.button("conversations.act.archive").click().run()
    assert "Nothing changed: 1 already so." in texts(app)
    assert [button for button in app.button if str(button.key).startswith("frame.undo")]
    app.button("frame.close").click().run()
    app = selecting(app, second)
    app.get("menu_button")[1].click("hot").run()
    assert second in flags(inbox, "is_hot")


def test_much_is_shown_before_it_runs_and_its_count_must_be_typed(
    inbox: Store, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "AT_ONCE", 3)
    monkeypatch.setattr(bulk, "CONFIRM_ABOVE", 4)
    before, done = events(inbox), flags(inbox, "is_archived")
    app = selecting(visit(), *newest(inbox, 5))
    app.button("conversations.act.archive").click().run()
    assert events(inbox) == before
    assert "This can be undone as a whole" in texts(app)
    assert app.button("preview.run").disabled
    app.text_input("preview.typed").set_value("5").run()
    app.button("preview.run").click().run()
    assert len(flags(inbox, "is_archived")) == len(done) + 5
    assert "Nothing selected." in texts(app)


@pytest.mark.parametrize("name", [name for name in actions.MORE if name not in actions.DIALOGS])
def test_every_action_on_many_can_be_looked_at_and_is_looked_at_anew(
    inbox: Store, visit: Visit, acting: Actor, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    ids, prepares = newest(inbox, 5), PREPARED_BY.get(name)
    if prepares is not None:
        bulk.start(inbox, acting, prepares, bulk.choose("ticked", ids))
    monkeypatch.setattr(bulk, "AT_ONCE", 3)
    app = selecting(visit(), *ids)
    app.get("menu_button")[1].click(name).run()
    label, said = app.button("preview.run").label, texts(app)
    assert not app.exception
    assert re.search(r"\n[A-Z].*5 conversations.*\.\n", said)
    app.button("preview.cancel").click().run()
    bulk.start(inbox, acting, bulk.action(name), bulk.choose("ticked", ids[:4]))
    app.get("menu_button")[1].click(name).run()
    assert app.button("preview.run").label != label


PREPARED_BY = {
    "follow_up_done": bulk.action("follow_up", at=NOW),
    "not_hot": bulk.action("hot"),
    "hot": bulk.action("not_hot"),
    "read": bulk.action("unread"),
    "unread": bulk.action("read"),
}


def test_every_offered_action_has_words_for_its_preview() -> None:
    assert set(bulk.OFFERED) <= set(preview.LABELS)


def test_who_may_not_change_sees_no_way_to(
    inbox: Store, visit: Visit, monkeypatch: pytest.MonkeyPatch, vera: Actor
) -> None:
    monkeypatch.setattr(people, "local_actor", lambda _store: vera)
    app = selecting(visit(c=str(newest(inbox, 1)[0])), *newest(inbox, 2))
    assert app.button("conversations.act.archive").disabled
    assert app.button("reader.archive").disabled


def test_the_open_conversation_is_archived_and_marked_by_its_own_bar(inbox: Store, visit: Visit) -> None:
    [first], was_hot = newest(inbox, 1), flags(inbox, "is_hot")
    app = visit(c=str(first))
    app.button("reader.not_hot" if first in was_hot else "reader.hot").click().run()
    assert flags(inbox, "is_hot") == was_hot ^ {first}
    app.button("reader.archive").click().run()
    assert first in flags(inbox, "is_archived")
    app.button("reader.restore").click().run()
    assert first not in flags(inbox, "is_archived")


def test_working_through_goes_on_after_each_and_comes_back(inbox: Store, visit: Visit) -> None:
    ids = newest(inbox, 3)
    with inbox.read() as reader:
        total = conversations.count(reader, ConversationFilter()).n
    app = visit()
    app.button("conversations.work").click().run()
    assert f"1 of {total}" in texts(app)
    app.button("reader.archive").click().run()
    assert ids[0] in flags(inbox, "is_archived")
    assert f"2 of {total}" in texts(app)
    assert str(ids[1]) in app.query_params["c"]
    reloaded = visit(**{name: app.query_params[name] for name in ("c", "queue")})
    assert f"2 of {total}" in texts(reloaded)
    app.button("reader.previous").click().run()
    assert f"1 of {total}" in texts(app)
    app.button("reader.close").click().run()
    assert "c" not in app.query_params
    assert [int(str(row["id"])) for row in grid_rows(app)[:2]] == ids[1:]


def test_the_keys_press_buttons_that_exist(inbox: Store, visit: Visit) -> None:
    [first] = newest(inbox, 1)
    drawn = [json.loads(element.proto.json) for element in visit(c=str(first)).get("bidi_component")]
    keys = next(data["keys"] for data in drawn if "keys" in data)
    assert {each["key"] for each in keys} >= set("jkxetshz/")
