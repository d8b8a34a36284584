"""Keys in a real browser: each does what its button does, and none acts while somebody types."""

import re
from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import expect

from core import people
from core.database import Store
from pages.ui import actions, desk
from tests.browser.conftest import Open, Picture, Serve
from tests.browser.hands import cell, furnish, grid, ids, is_same_frame, mark_frame, selected, strip
from tests.browser.test_bulk import archived
from tests.server import AppServer


@pytest.fixture(scope="module")
def running(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> AppServer:
    folder = tmp_path_factory.mktemp("keys")
    furnish(folder)
    return serve(folder)


@pytest.fixture
def store(running: AppServer) -> Iterator[Store]:
    """The same database from another process; nothing is selected, and archiving asks no question."""
    with closing(Store.open(f"sqlite:///{running.data_dir / 'talkdeck.db'}")) as opened:
        actor = people.local_actor(opened)
        opened.write(actor, people.prefer, desk.TICKS, None)
        opened.write(actor, people.prefer, actions.STOPS, True)
        yield opened


def test_rows_are_walked_ticked_archived_and_brought_back_by_keys_alone(
    running: AppServer, store: Store, open_page: Open
) -> None:
    before = archived(store)
    page = open_page(running.url)
    frame = grid(page)
    wanted = ids(frame, 1, 2)
    for key in "jjxjx":
        page.keyboard.press(key)
    expect(selected(page)).to_contain_text("2 selected")
    page.keyboard.press("e")
    expect(strip(page)).to_contain_text("2 conversations")
    row = frame.locator(f'.ag-row[row-id="{wanted[0]}"]')
    expect(row).to_have_count(0)
    assert archived(store) == before | set(wanted)
    page.keyboard.press("z")
    expect(row).to_be_visible()
    assert archived(store) == before


def test_no_key_acts_while_somebody_types_or_a_dialog_is_open(
    running: AppServer, store: Store, open_page: Open
) -> None:
    before = archived(store)
    page = open_page(running.url)
    frame = grid(page)
    frame.locator('.ag-row[row-index="1"] .bubble').click()
    expect(selected(page)).to_contain_text("1 selected")
    page.keyboard.press("/")
    page.keyboard.type("eaxhqtz?")
    expect(page.get_by_label("Search", exact=True)).to_have_value("eaxhqtz?")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_label("Search", exact=True).fill("")
    page.get_by_text("conversations in All").first.click()
    page.keyboard.press("t")
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("Create a new tag").click()
    dialog.get_by_label("Name").press_sequentially("hexe")
    dialog.get_by_text("For 1 selected conversation").click()
    page.keyboard.press("e")
    page.wait_for_timeout(500)
    expect(dialog).to_be_visible()
    assert archived(store) == before


def test_the_help_shows_every_key(running: AppServer, store: Store, open_page: Open, picture: Picture) -> None:
    page = open_page(running.url)
    grid(page)
    page.keyboard.press("?")
    help_ = page.get_by_role("dialog", name="Keys")
    expect(help_).to_contain_text("Undo what was done last")
    picture(page, "keys")
    page.keyboard.press("Escape")
    expect(help_).to_have_count(0)


def test_working_through_a_list_by_keys_and_back_to_the_same_grid(
    running: AppServer, store: Store, open_page: Open, picture: Picture
) -> None:
    before = archived(store)
    page = open_page(running.url)
    frame = grid(page)
    mark_frame(page)
    names, found = [cell(frame, row) for row in range(3)], ids(frame, 0, 1, 2)
    page.keyboard.press("q")
    expect(page.get_by_text(re.compile("^1 of [0-9]+$"))).to_be_visible()
    page.keyboard.press("j")
    expect(page.locator(".st-key-reader-name")).to_have_text(names[1])
    page.keyboard.press("e")
    expect(page.locator(".st-key-reader-name")).to_have_text(names[2])
    expect(page.get_by_text(re.compile("^3 of [0-9]+$"))).to_be_visible()
    picture(page, "work_through")
    assert archived(store) == before | {found[1]}
    page.keyboard.press("Escape")
    expect(page.locator(".st-key-reader-name")).to_have_count(0)
    expect(frame.locator(f'.ag-row[row-id="{found[0]}"]')).to_be_visible()
    assert ids(frame, 0, 1) == [found[0], found[2]]
    assert is_same_frame(page)
    page.keyboard.press("z")
    expect(frame.locator(f'.ag-row[row-id="{found[1]}"]')).to_be_visible()
