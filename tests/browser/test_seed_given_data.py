"""What a conversations page owes its user, paragraph by paragraph (docs/seed.md), in a real browser on real data."""

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import FrameLocator, Page, expect
from sqlalchemy import select

from core import bulk, calls, conversations, people
from core.conversations import Conversation
from core.database import Store
from core.database.tables import contact, conversation, message
from tests.browser.conftest import Open, Serve
from tests.browser.given import AMBER, furnish, lose, see_card, see_sums
from tests.browser.hands import choose, grid, ids, selected, strip, tick, until
from tests.server import AppServer


@pytest.fixture(scope="module")
def app(serve: Serve, tmp_path_factory: pytest.TempPathFactory, given_data: Path) -> AppServer:
    folder = tmp_path_factory.mktemp("seed")
    furnish(folder, given_data)
    return serve(folder)


@pytest.fixture
def store(app: AppServer) -> Iterator[Store]:
    with closing(Store.open(f"sqlite:///{app.data_dir / 'talkdeck.db'}")) as opened:
        yield opened


def shown(store: Store, id_: int) -> Conversation:
    with store.read() as reader:
        return conversations.get(reader, id_)


def carried(store: Store, id_: int) -> list[str]:
    return [name for name, _, _ in shown(store, id_).tags]


def do(store: Store, name: str, chosen: list[int]) -> None:
    bulk.start(store, people.local_actor(store), bulk.action(name), bulk.choose("ticked", chosen))


def choose_conversation(page: Page, row: int) -> int:
    """Click a row of the list, and wait until it is open."""
    frame = grid(page)
    [id_] = ids(frame, row)
    frame.locator(f'.ag-row[row-index="{row}"] [col-id="name"]').click()
    expect(page.get_by_role("button", name="EZ Call").or_(page.get_by_role("link", name="EZ Call"))).to_be_visible()
    return id_


def under_the_search_bar(page: Page, verb: str) -> None:
    page.locator(f".st-key-conversations-act-{verb} button").click()


def bubble(frame: FrameLocator, id_: int) -> None:
    """The action bubble has the colour of the tag."""
    expect(frame.locator(f'.ag-row[row-id="{id_}"] .disc')).to_have_css("background-color", AMBER[1])


def search(page: Page, text: str) -> FrameLocator:
    page.get_by_role("textbox", name="Search", exact=True).fill(text)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("q="))
    return grid(page)


def test_conversations(app: AppServer, store: Store, open_page: Open) -> None:
    c = contact.c
    longest = select(message.c.contact_id).order_by(message.c.id.desc()).limit(1).scalar_subquery()
    with store.read() as reader:
        one = reader.execute(select(c.id, c.first_name, c.last_name, c.phone, c.email).where(c.id == longest)).one()
        own = select(message.c.body).where(message.c.contact_id == one.id)
        body = max(reader.execute(own).scalars(), key=len)
    page = open_page(app.url)
    for tab in ("All 5", "Hot leads", "Recents"):
        expect(page.get_by_role("radio", name=re.compile(f"^{tab}"))).to_be_visible()
    sentence = " ".join(body.split()[:8]).replace('"', "")
    for text in (f"{one.first_name} {one.last_name}", one.phone[2:], one.email, f'"{sentence}"'):
        frame = search(page, text)
        expect(frame.locator(f'.ag-row[row-id="{one.id}"]')).to_be_visible()
        expect(frame.locator(f'.ag-row[row-id="{one.id}"] mark').first).to_be_visible()


def test_conversations_search(app: AppServer, store: Store, open_page: Open) -> None:
    with store.read() as reader:
        wanted = select(conversation.c.id).where(conversation.c.is_archived == 0).order_by(conversation.c.id).limit(2)
        chosen = list(reader.execute(wanted).scalars())
    do(store, "hot", chosen)
    page = open_page(app.url)
    page.get_by_text(re.compile("^Hot leads")).click()
    expect(page).to_have_url(re.compile("tab=hot"))
    frame = grid(page)
    name = shown(store, chosen[0]).phone
    page.get_by_role("textbox", name="Search", exact=True).fill(name)
    page.get_by_role("button", name="→").click()
    expect(frame.locator(".ag-row")).to_have_count(1)
    expect(frame.locator(f'.ag-row[row-id="{chosen[0]}"]')).to_be_visible()
    page.get_by_role("button", name="✕").click()
    expect(frame.locator(f'.ag-row[row-id="{chosen[1]}"]')).to_be_visible()
    do(store, "not_hot", chosen)


def test_how_to_archive_a_conversation(app: AppServer, store: Store, open_page: Open) -> None:
    page = open_page(app.url)
    id_ = choose_conversation(page, 5)
    page.locator(".st-key-reader-bar").get_by_role("button", name="Archive").click()
    expect(strip(page)).to_contain_text("archived 1 conversation")
    page.get_by_role("button", name="Close", exact=True).last.click()
    chosen = tick(grid(page), 1, 3)
    expect(selected(page)).to_contain_text("2 selected")
    under_the_search_bar(page, "archive")
    expect(strip(page)).to_contain_text("archived 2 conversations")
    assert all(shown(store, each).is_archived for each in (id_, *chosen))
    do(store, "restore", [id_, *chosen])


def test_how_to_unarchive_a_conversation(app: AppServer, store: Store, open_page: Open) -> None:
    page = open_page(app.url)
    chosen = ids(grid(page), 2, 4, 6)
    do(store, "archive", chosen)
    page.reload()
    grid(page)
    page.locator(".st-key-conversations-kebab button").first.click()
    page.get_by_text(re.compile("^Archived")).click()
    expect(page).to_have_url(re.compile("tab=archived"))
    expect(grid(page).locator(f'.ag-row[row-id="{chosen[0]}"]')).to_be_visible()
    first = choose_conversation(page, 0)
    page.locator(".st-key-reader-bar").get_by_role("button", name="Unarchive").click()
    expect(strip(page)).to_contain_text("unarchived 1 conversation")
    page.goto(f"{app.url}/?tab=archived")
    tick(grid(page), 0, 1)
    expect(selected(page)).to_contain_text("2 selected")
    under_the_search_bar(page, "restore")
    expect(strip(page)).to_contain_text("unarchived 2 conversations")
    assert first in chosen
    assert not any(shown(store, each).is_archived for each in chosen)


def test_mark_contact_as_a_hot_lead(app: AppServer, store: Store, open_page: Open) -> None:
    page = open_page(app.url)
    id_ = choose_conversation(page, 5)
    page.get_by_role("button", name="Hot lead").click()
    expect(strip(page)).to_contain_text("marked 1 conversation as hot")
    page.get_by_text(re.compile("^Hot leads")).click()
    expect(grid(page).locator(f'.ag-row[row-id="{id_}"]')).to_be_visible()


def test_notes(app: AppServer, store: Store, open_page: Open) -> None:
    page = open_page(app.url)
    id_ = choose_conversation(page, 6)
    page.get_by_text("Notes", exact=True).click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" prefers mornings")
    expect(page.locator(".note .status")).to_contain_text("saved")
    page.reload()
    expect(page.get_by_label("Notes")).to_have_value(re.compile("prefers mornings$"))
    assert shown(store, id_).note.endswith("prefers mornings")


def test_add_contact_to_pipeline(app: AppServer, store: Store, open_page: Open, given_data: Path) -> None:
    page = open_page(app.url)
    see_sums(page, store, given_data)
    id_ = choose_conversation(page, 7)
    before = len(shown(store, id_).deals)
    page.get_by_role("button", name="Set pipeline and stage").click()
    choose(page, "Pipeline", "MG Special")
    choose(page, "Stage", "Prospecting")
    page.get_by_role("textbox", name="Amount quoted (optional)").fill("1,250")
    page.get_by_role("checkbox", name=re.compile("As a new deal")).check(force=True)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(strip(page)).to_contain_text("moved 1 conversation to MG Special: Prospecting")
    expect(page.locator(".card").get_by_text("MG Special: Prospecting").first).to_be_visible()
    deals = shown(store, id_).deals
    assert len(deals) == before + 1
    assert 125_000 in [deal.amount_cents for deal in deals]
    see_card(page, "MG Special", "Prospecting", "$1,250")


def test_edit_contact_information(app: AppServer, store: Store, open_page: Open) -> None:
    page = open_page(app.url)
    id_ = choose_conversation(page, 8)
    card = page.locator(".card")
    assert card.get_by_label("Phone", exact=True).get_attribute("readonly") is not None
    for label, value in (("First name", "Zaneta"), ("City", "Salem"), ("E-mail", "zaneta@example.com")):
        card.get_by_label(label, exact=True).fill(value)
        card.get_by_label(label, exact=True).press("Enter")
        row = card.locator(".field").filter(has=page.get_by_label(label, exact=True))
        expect(row).to_contain_text("saved")
    found = shown(store, id_)
    assert (found.first_name, found.city, found.email) == ("Zaneta", "Salem", "zaneta@example.com")


def test_copy_contact_information(app: AppServer, store: Store, open_page: Open) -> None:
    c = contact.c
    with store.read() as reader:
        full = select(c.id).where(c.email != "", c.zip_code != "", c.date_of_birth.is_not(None)).limit(1)
        id_ = int(reader.execute(full).scalar_one())
    page = open_page(f"{app.url}/?c={id_}")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    found = shown(store, id_)
    wanted = (("e-mail", found.email), ("phone", found.phone), ("zip code", found.zip_code))
    for what, value in (*wanted, ("date of birth", found.date_of_birth)):
        page.get_by_role("button", name=f"Copy {what}", exact=True).click()
        expect(page.locator(".copying .copy.done")).not_to_have_count(0)
        page.wait_for_function("async (text) => await navigator.clipboard.readText() === text", arg=value)


def test_add_tag(app: AppServer, store: Store, open_page: Open) -> None:
    page = open_page(app.url)
    id_ = choose_conversation(page, 9)
    page.get_by_role("button", name="Add a tag, workflow or redrip").click()
    choose(page, "Tags", "call back")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Apply").click()
    bubble(grid(page), id_)
    page.goto(app.url)
    frame = grid(page)
    chosen = tick(frame, 10, 12)
    expect(selected(page)).to_contain_text("2 selected")
    under_the_search_bar(page, "tag")
    choose(page, "Tags", "call back")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Apply").click()
    expect(strip(page)).to_contain_text("2 conversations")
    for each in (id_, *chosen):
        assert "call back" in carried(store, each)
        bubble(frame, each)


def _add(app: AppServer, store: Store, page: Page, kind: str, rows: tuple[int, int, int, int]) -> None:
    """By the plus sign under the tags, by the EZ button, and to several by the button under the search bar."""
    first = choose_conversation(page, rows[0])
    page.get_by_role("button", name="Add a tag, workflow or redrip").click()
    page.get_by_role("dialog").get_by_text(kind.capitalize(), exact=True).first.click()
    choose(page, kind.capitalize(), f"My {kind}")
    page.get_by_role("button", name="Save", exact=True).click()
    until(page, lambda: f"in the {kind}" in carried(store, first))
    page.goto(app.url)
    second = choose_conversation(page, rows[1])
    page.get_by_role("button", name=f"EZ {kind.capitalize()}").click()
    choose(page, kind.capitalize(), f"My {kind}")
    page.get_by_role("button", name="Save", exact=True).click()
    until(page, lambda: f"in the {kind}" in carried(store, second))
    expect(strip(page)).to_contain_text(f"enrolled 1 conversation in My {kind}")
    page.goto(app.url)
    frame = grid(page)
    chosen = tick(frame, *rows[2:])
    expect(selected(page)).to_contain_text("2 selected")
    under_the_search_bar(page, kind)
    choose(page, kind.capitalize(), f"My {kind}")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(strip(page)).to_contain_text(f"enrolled 2 conversations in My {kind}")
    for each in (first, second, *chosen):
        assert f"in the {kind}" in carried(store, each)
        bubble(frame, each)


def test_add_workflow(app: AppServer, store: Store, open_page: Open) -> None:
    _add(app, store, open_page(app.url), "workflow", (13, 14, 15, 16))


def test_add_redrip(app: AppServer, store: Store, open_page: Open) -> None:
    page, rows = open_page(app.url), (17, 18, 19, 20)
    store.write(people.SYSTEM, lose, ids(grid(page), *rows))
    _add(app, store, page, "redrip", rows)


def test_call_contact(app: AppServer, store: Store, open_page: Open) -> None:
    page = open_page(app.url)
    id_ = choose_conversation(page, 21)
    link = page.get_by_role("link", name="EZ Call")
    expect(link).to_have_attribute("href", f"tel:{shown(store, id_).phone}")
    link.click()
    expect(page.get_by_role("dialog")).to_contain_text("How did it go?")
    with store.read() as reader:
        assert len(calls.find(reader, id_)) == 1


def test_templates_in_conversations(app: AppServer, store: Store, open_page: Open) -> None:
    page = open_page(app.url)
    id_ = choose_conversation(page, 22)
    area = page.get_by_label(f"Text to {shown(store, id_).name}")
    area.press_sequentially("apartment_ask_day ")
    expect(area).to_have_value(re.compile("^What day would you like to make the booking for\\?"))
    area.fill("")
    page.get_by_role("button", name="Template", exact=True).click()
    page.get_by_label("Search templates").fill("bank ask account number")
    page.get_by_role("option").first.click()
    expect(area).to_have_value(re.compile("account number"))
