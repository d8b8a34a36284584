"""Ticks in a real browser: they belong to conversations, wherever their rows go."""

import re
from contextlib import closing

import pytest
from playwright.sync_api import expect

from core import people
from core.database import Store
from pages.ui import desk
from tests.browser.conftest import Open, Picture, Serve
from tests.browser.hands import cell, furnish, grid, is_same_frame, mark_frame, names
from tests.server import AppServer


@pytest.fixture(scope="module")
def running(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> AppServer:
    folder = tmp_path_factory.mktemp("inbox")
    furnish(folder)
    return serve(folder)


@pytest.fixture
def address(running: AppServer) -> str:
    """Of an inbox in which nothing is selected."""
    with closing(Store.open(f"sqlite:///{running.data_dir / 'talkdeck.db'}")) as store:
        store.write(people.local_actor(store), people.prefer, desk.TICKS, None)
    return running.url


def test_ticks_keep_to_their_conversation_when_the_order_and_the_page_change(
    address: str, open_page: Open, picture: Picture
) -> None:
    page = open_page(address)
    frame = grid(page)
    mark_frame(page)
    ticked = cell(frame, 2)
    frame.locator('.ag-row[row-index="2"] .bubble').click()
    expect(page.locator(".st-key-conversations-ticks")).to_contain_text("1 selected")
    frame.locator('.ag-header-cell[col-id="name"]').click()
    expect(page).to_have_url(re.compile("sort=name"))
    expect(page.locator(".st-key-conversations-ticks")).to_contain_text("Show selected")
    page.get_by_role("button", name="Next page").click()
    expect(page.get_by_text("rows 51–100 of")).to_be_visible()
    frame.locator('.ag-row[row-index="0"] .bubble').click()
    expect(page.locator(".st-key-conversations-ticks")).to_contain_text("2 selected")
    page.get_by_role("button", name="Show selected").click()
    expect(page.get_by_text("rows 1–2 of 2 conversations")).to_be_visible()
    expect(frame.locator(".ag-row .bubble.on")).to_have_count(2)
    assert ticked in names(frame, 2)
    picture(page, "inbox_only_selected")
    page.get_by_role("button", name="Back to the list").click()
    expect(page.get_by_text("rows 51–100 of")).to_be_visible()
    page.go_back()
    page.go_back()
    expect(frame.locator('.ag-row[row-index="2"] .bubble')).to_have_attribute("aria-checked", "true")
    assert cell(frame, 2) == ticked
    assert is_same_frame(page)


def test_ticks_come_back_when_the_grid_is_mounted_anew(address: str, open_page: Open) -> None:
    page = open_page(address)
    frame = grid(page)
    frame.locator('.ag-row[row-index="1"] .bubble').click()
    expect(page.locator(".st-key-conversations-ticks")).to_contain_text("1 selected")
    page.emulate_media(color_scheme="dark")
    frame.locator('.ag-row[row-index="3"] .bubble').click()
    expect(page.locator(".st-key-conversations-ticks")).to_contain_text("2 selected")
    expect(grid(page).locator(".ag-row .bubble.on")).to_have_count(2)
    grid(page).locator('.ag-row[row-index="2"] [col-id="name"]').click()
    page.get_by_role("link", name="Own page").click()
    page.get_by_role("link", name="In the list").click()
    expect(grid(page).locator(".ag-row .bubble.on")).to_have_count(2)


def test_ticks_that_the_filter_hides_are_counted_and_can_be_dropped(address: str, open_page: Open) -> None:
    page = open_page(address)
    frame = grid(page)
    frame.locator(".ag-header-cell .bubble").click()
    expect(page.locator(".st-key-conversations-ticks")).to_contain_text("50 selected")
    page.get_by_text(re.compile("^Hot leads")).click()
    hidden = page.locator(".st-key-conversations-ticks").get_by_text("hidden by the filter")
    expect(hidden).to_be_visible()
    shown = 50 - int(re.findall(r"(\d+) hidden", hidden.inner_text())[0])
    page.get_by_role("button", name="Drop hidden").click()
    expect(page.locator(".st-key-conversations-ticks")).to_have_text(re.compile(f"^{shown} selected"))
    page.get_by_role("button", name="Clear selection").click()
    expect(frame.locator(".bubble.on")).to_have_count(0)


def test_shift_ticks_a_run_of_rows(address: str, open_page: Open) -> None:
    page = open_page(address)
    frame = grid(page)
    frame.locator('.ag-row[row-index="1"] .bubble').click()
    frame.locator('.ag-row[row-index="5"] .bubble').click(modifiers=["Shift"])
    expect(page.locator(".st-key-conversations-ticks")).to_contain_text("5 selected")


def test_the_selection_is_there_after_a_reload(address: str, open_page: Open) -> None:
    page = open_page(address)
    frame = grid(page)
    frame.locator('.ag-row[row-index="1"] .bubble').click()
    expect(page.locator(".st-key-conversations-ticks")).to_contain_text("1 selected")
    page.get_by_role("button", name=re.compile("^Select all")).click()
    said = page.locator(".st-key-conversations-ticks").get_by_text(re.compile("^[0-9]+ selected$"))
    expect(said).not_to_have_text("1 selected")
    total = said.inner_text()
    frame.locator('.ag-row[row-index="0"] .bubble').click()
    left = f"{int(total.split()[0]) - 1} selected"
    expect(said).to_have_text(left)
    page.reload()
    expect(said).to_have_text(left)
    again = grid(page)
    expect(again.locator('.ag-row[row-index="0"] .bubble')).to_have_attribute("aria-checked", "false")
    expect(again.locator('.ag-row[row-index="5"] .bubble')).to_have_attribute("aria-checked", "true")
