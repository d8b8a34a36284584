"""The conversations page through the shell: what is listed, said, counted and kept in the address."""

import json
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import update
from streamlit.testing.v1 import AppTest

from core import conversations, people
from core.access import Actor
from core.analytics import listing
from core.conversations import ConversationFilter, Slice, Sort, views
from core.database import Store, Work
from core.database.tables import contact
from pages.ui import url
from tests.pages.conftest import Visit, grid_rows

ALL = ConversationFilter()


def said(app: AppTest) -> dict[str, Any]:
    """What stands above the list, and its removable parts."""
    found: dict[str, Any] = json.loads(app.get("bidi_component")[0].proto.json)
    return found


def address(app: AppTest) -> dict[str, list[str]]:
    found = {name: app.query_params[name] for name in app.query_params}
    return {name: value if isinstance(value, list) else [value] for name, value in found.items()}


def listed(app: AppTest) -> list[int]:
    return [int(str(row["id"])) for row in grid_rows(app)]


def found(store: Store, wanted: ConversationFilter = ALL, sort: Sort = Sort(), limit: int = 50) -> pd.DataFrame:  # noqa: B008
    with store.read() as reader:
        return conversations.find(reader, wanted, sort, Slice(limit)).rows


def how_many(store: Store, wanted: ConversationFilter = ALL) -> int:
    with store.read() as reader:
        return conversations.count(reader, wanted).n


def texts(app: AppTest) -> str:
    return "\n".join(element.value for element in app.text)


def test_the_first_page_lists_the_newest(inbox: Store, visit: Visit) -> None:
    app = visit()
    assert listed(app) == found(inbox)["id"].tolist()
    total = how_many(inbox)
    assert said(app) == {"said": f"{total} conversations in All", "parts": []}
    assert f"rows 1–50 of {total} conversations" in texts(app)


def test_every_tab_has_its_count(inbox: Store, visit: Visit) -> None:
    app = visit()
    counts = {tab: how_many(inbox, ConversationFilter(tab=tab)) for tab in ("all", "hot", "recents", "archived")}
    tabs = app.get("button_group")[0].options
    assert tabs == [f"All {counts['all']}", f"Hot leads {counts['hot']}", f"Recents {counts['recents']}"]
    assert app.get("menu_button")[0].options == [f"Archived {counts['archived']}"]


def test_archived_opens_from_the_kebab(inbox: Store, visit: Visit) -> None:
    app = visit()
    app.get("menu_button")[0].click("archived").run()
    assert listed(app) == found(inbox, ConversationFilter(tab="archived"))["id"].tolist()
    assert address(app) == {"tab": ["archived"]}


def test_a_search_runs_in_the_open_tab_and_names_archived_hits(inbox: Store, visit: Visit) -> None:
    word = found(inbox, ConversationFilter(tab="archived"))["snippet"].str.split().iloc[0][0]
    app = visit()
    app.text_input("conversations.search").set_value(word)
    app.button("conversations.search.run").click().run()
    wanted = ConversationFilter(search=word)
    assert listed(app) == found(inbox, wanted)["id"].tolist()
    archived = how_many(inbox, replace(wanted, tab="archived"))
    label = app.button("conversations.hits.archived").label
    assert label == f"{archived} conversation{'s' * (archived > 1)} in Archived match as well: show"
    app.button("conversations.hits.archived").click().run()
    assert listed(app) == found(inbox, replace(wanted, tab="archived"))["id"].tolist()


def test_the_x_clears_the_search(inbox: Store, visit: Visit) -> None:
    app = visit(q="quote")
    app.button("conversations.search.clear").click().run()
    assert app.text_input("conversations.search").value == ""
    assert listed(app) == found(inbox)["id"].tolist()
    assert "q" not in address(app)


def test_leaving_the_search_box_searches_nothing(inbox: Store, visit: Visit) -> None:
    app = visit()
    app.text_input("conversations.search").set_value("quote")
    app.run()
    assert listed(app) == found(inbox)["id"].tolist()


def test_a_link_opens_the_same_rows_with_the_widgets_set(inbox: Store, visit: Visit) -> None:
    with inbox.read() as reader:
        tags = conversations.choices(reader).tags
    wanted = ConversationFilter(tags=(tags[0][0], tags[1][0]), unread=True, include_archived=True)
    app = visit(tag=[str(tags[0][0]), str(tags[1][0])], unread="1", archived="1", sort="name", down="0", size="100")
    assert listed(app) == found(inbox, wanted, Sort("name", descending=False), 100)["id"].tolist()
    assert app.multiselect("conversations.filter.tags").value == [tags[0][0], tags[1][0]]
    assert app.toggle("conversations.filter.include_archived").value is True
    assert [name for name, _ in said(app)["parts"]] == ["tags", "unread"]


def test_a_filter_takes_effect_and_stands_in_the_address(inbox: Store, visit: Visit) -> None:
    with inbox.read() as reader:
        tag = conversations.choices(reader).tags[0]
    app = visit()
    app.multiselect("conversations.filter.tags").select(tag[0]).run()
    assert listed(app) == found(inbox, ConversationFilter(tags=(tag[0],)))["id"].tolist()
    assert address(app) == {"tag": [str(tag[0])]}
    assert said(app)["parts"] == [["tags", f"tag = {tag[1]}"]]


def test_what_a_link_says_wrongly_is_ignored_with_a_hint(inbox: Store, visit: Visit) -> None:
    app = visit(tab="all", size="7", nonsense="1")
    assert listed(app) == found(inbox)["id"].tolist()
    assert "size" in app.toast[0].value
    assert "nonsense" not in app.toast[0].value


def test_the_pager_walks_the_whole_list_and_back(inbox: Store, visit: Visit) -> None:
    app, seen = visit(), []
    whole = found(inbox, limit=1000)["id"].tolist()
    while True:
        seen += listed(app)
        if app.button("conversations.pager.chevron_right").disabled:
            break
        app.button("conversations.pager.chevron_right").click().run()
    assert seen == whole
    last = len(whole) - len(listed(app)) + 1
    assert f"rows {last}–{len(whole)} of {len(whole)} conversations" in texts(app)
    app.button("conversations.pager.chevron_left").click().run()
    assert listed(app) == whole[last - 51 : last - 1]
    assert f"rows {last - 50}–{last - 1} of" in texts(app)
    app.button("conversations.pager.first_page").click().run()
    assert listed(app) == whole[:50]
    app.button("conversations.pager.last_page").click().run()
    assert listed(app) == whole[-50:]


def test_a_conversation_opens_beside_the_list_with_its_messages(inbox: Store, visit: Visit) -> None:
    first = int(found(inbox)["id"].iloc[0])
    app = visit(c=str(first))
    with inbox.read() as reader:
        shown, sent = conversations.get(reader, first), conversations.messages(reader, first)
    drawn = json.loads(app.get("bidi_component")[1].proto.json)
    shown_texts = [each["body"] for each in drawn["items"] if each["kind"] == "message"]
    assert ["".join(text for text, _ in parts) for parts in shown_texts] == sent["body"].tolist()
    assert shown.name in texts(app)
    view = json.loads(str(grid_rows(app)[0]["view"]))
    assert (view["beside"], view["open"]) == (True, str(first))


def test_next_and_previous_follow_the_list_over_its_pages(inbox: Store, visit: Visit) -> None:
    whole = found(inbox, limit=60)["id"].tolist()
    app = visit(c=str(whole[49]))
    app.button("reader.next").click().run()
    assert address(app)["c"] == [str(whole[50])]
    assert listed(app)[0] == whole[50]
    app.button("reader.previous").click().run()
    assert address(app)["c"] == [str(whole[49])]
    assert listed(app) == whole[:50]


def test_a_conversation_off_the_page_has_neighbours_too(inbox: Store, visit: Visit) -> None:
    whole = found(inbox, limit=150)["id"].tolist()
    app = visit(c=str(whole[120]))
    app.button("reader.next").click().run()
    assert address(app)["c"] == [str(whole[121])]


def test_an_open_conversation_that_is_gone_is_said_and_the_list_stays(inbox: Store, visit: Visit) -> None:
    app = visit(c="987654321")
    assert "does not exist" in app.warning[0].value
    assert listed(app) == found(inbox)["id"].tolist()


def test_nothing_found_says_which_part_to_drop(inbox: Store, visit: Visit) -> None:
    app = visit(q="zzzzzz", unread="1")
    assert listed(app) == []
    app.button("conversations.without.search").click().run()
    assert listed(app) == found(inbox, ConversationFilter(unread=True))["id"].tolist()
    assert app.text_input("conversations.search").value == ""


def test_an_empty_database_offers_a_beginning(visit: Visit, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALKDECK_DATABASE_URL", sqlite_url)
    app = visit()
    assert app.subheader[0].value == "No conversations yet"
    assert [block.value for block in app.code] == ["python -m core import contacts FILE.csv", "make demo"]


def test_a_view_is_saved_and_opened_again(inbox: Store, visit: Visit, acting: Actor) -> None:
    app = visit(q="quote", unread="1")
    app.text_input("conversations.view.name").set_value("Unread quotes")
    app.button("FormSubmitter:conversations.view.form-Save view").click().run()
    with inbox.read() as reader:
        kept = views.views(reader, acting)
    assert [(view.name, view.query, view.is_shared) for view in kept] == [("Unread quotes", "q=quote&unread=1", False)]
    other = visit()
    other.button(f"conversations.view.open.{kept[0].id}").click().run()
    assert listed(other) == found(inbox, ConversationFilter(search="quote", unread=True))["id"].tolist()
    assert other.text_input("conversations.search").value == "quote"


def test_a_saved_view_is_replaced_only_when_that_is_wanted(inbox: Store, visit: Visit, acting: Actor) -> None:
    def saved() -> list[str]:
        with inbox.read() as reader:
            return [view.query for view in views.views(reader, acting)]

    def save(app: AppTest) -> AppTest:
        app.text_input("conversations.view.name").set_value("Mine")
        return app.button("FormSubmitter:conversations.view.form-Save view").click().run()

    save(visit(q="quote"))
    asked = save(visit(unread="1"))
    assert "already" in asked.warning[0].value
    asked.button("conversations.view.keep").click().run()
    assert saved() == ["q=quote"]
    save(asked).button("conversations.view.replace").click().run()
    assert saved() == ["unread=1"]


def test_column_choice_is_the_users_own_and_stays(inbox: Store, visit: Visit, acting: Actor) -> None:
    app = visit()
    chooser = next(group for group in app.get("button_group") if group.key == "conversations.columns.shown")
    chooser.set_value(["snippet"]).run()
    with inbox.read() as reader:
        kept = people.preference(reader, acting.id, "conversations.columns")
    assert [column["name"] for column in kept if not column["hidden"]] == ["bubble", "name", "snippet"]
    view = json.loads(str(grid_rows(visit())[0]["view"]))
    assert [column["name"] for column in view["columns"] if column["hidden"]] == [
        "phone", "tags", "stage", "amount", "owner", "activity",
    ]  # fmt: skip


def test_hostile_names_reach_no_markup(inbox: Store, visit: Visit) -> None:
    evil = "![x](http://outside.example/x.png) <img src=x onerror=alert(1)>"
    first = int(found(inbox)["id"].iloc[0])

    def rename(work: Work) -> None:
        work.conn.execute(update(contact).where(contact.c.id == first).values(first_name=evil))

    inbox.write(people.SYSTEM, rename)
    app = visit(c=str(first), q="")
    marked_up = [*app.markdown, *app.caption, *app.info, *app.warning, *app.title, *app.subheader]
    assert not [element.value for element in marked_up if "outside.example" in element.value]
    assert not [button.label for button in app.button if "outside.example" in button.label]


def test_a_count_that_stops_early_says_so_and_can_go_on(
    inbox: Store, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "CAP", 10)  # there is no mirror in a page test
    app = visit()
    assert said(app)["said"] == "at least 10 conversations in All"
    assert app.get("button_group")[0].options[0] == "All 10+"
    app.button("conversations.count").click().run()
    assert said(app)["said"] == f"{how_many(inbox)} conversations in All"


def test_the_contact_page_shows_the_contact_of_the_link(inbox: Store, visit: Visit) -> None:
    first = int(found(inbox)["id"].iloc[0])
    app = visit("inbox/contact.py", c=str(first))
    drawn = json.loads(app.get("bidi_component")[0].proto.json)
    assert drawn["contact"] == first
    nobody = visit("inbox/contact.py")
    assert "names no contact" in nobody.info[0].value


def test_the_grids_options_hold_no_data(inbox: Store, visit: Visit) -> None:
    options = [json.loads(visit(**where).get("component_instance")[0].proto.json_args)["gridOptions"] for where in (
        {}, {"q": "quote", "tab": "archived"}
    )]  # fmt: skip
    assert options[0] == options[1]


def test_places_with_only_ticks_stand_in_no_address() -> None:
    assert url.write(replace(url.Place(), ticked_from=0)) == {}


def test_what_was_typed_for_another_order_leads_nowhere(inbox: Store, visit: Visit) -> None:
    app = visit(sort="name")
    app.text_input(key="conversations.pager.at.name").set_value("Lee")
    app.session_state[url.STATE] = replace(app.session_state[url.STATE], by="activity")  # a header, clicked meanwhile
    app.session_state[url.MOVED] = True
    assert not app.run().exception
    assert app.session_state[url.STATE].at == ""
