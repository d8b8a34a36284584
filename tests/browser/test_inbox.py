"""The inbox in a real browser: what only a browser can show."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open, Picture, Serve
from tests.browser.hands import EVIL, cell, furnish, grid, is_same_frame, mark_frame, names, where


@pytest.fixture(scope="module")
def address(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("inbox")
    furnish(folder)
    return serve(folder).url


def test_rows_of_every_tab_in_light_and_dark(address: str, open_page: Open, picture: Picture) -> None:
    page = open_page(address)
    frame = grid(page)
    mark_frame(page)
    picture(page, "inbox_light")
    before = names(frame)
    page.get_by_text(re.compile("^Hot leads")).click()
    expect(page).to_have_url(re.compile("tab=hot"))
    expect(frame.locator('.ag-row[row-index="0"] .sign.hot')).to_be_visible()
    page.locator(".st-key-conversations-kebab button").first.click()
    page.get_by_text(re.compile("^Archived")).click()
    expect(page).to_have_url(re.compile("tab=archived"))
    expect(frame.locator('.ag-row[row-index="0"] .sign.archived')).to_be_visible()
    page.go_back()
    page.go_back()
    expect(frame.locator('.ag-row[row-index="1"] [col-id="name"]')).to_have_text(before[1])
    assert names(frame) == before
    assert is_same_frame(page)
    dark = open_page(address, color_scheme="dark")
    grid(dark)
    picture(dark, "inbox_dark")


def test_the_header_says_by_which_columns_the_list_can_be_ordered(
    address: str, open_page: Open, picture: Picture
) -> None:
    page = open_page(address)
    frame = grid(page)
    offered = frame.locator(".ag-header-cell:has(.ag-sort-indicator-icon:not(.ag-hidden))")
    expect(offered.locator(".ag-header-cell-text")).to_have_text(["Name", "Amount", "Activity"])
    picture(page, "inbox_sortable")


def test_a_search_marks_what_matched_and_the_x_clears_it(address: str, open_page: Open, picture: Picture) -> None:
    page = open_page(address)
    frame = grid(page)
    page.keyboard.press("/")
    page.keyboard.type("you")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("q=you"))
    expect(frame.locator('.ag-row[row-index="0"] mark').first).to_have_text(re.compile("you", re.IGNORECASE))
    picture(page, "inbox_search")
    page.get_by_role("button", name="✕").click()
    expect(frame.locator("mark")).to_have_count(0)
    assert where(page) == ""


def test_a_conversation_opens_beside_the_same_grid_and_back_closes_it(
    address: str, open_page: Open, picture: Picture
) -> None:
    page = open_page(address)
    frame = grid(page)
    mark_frame(page)
    wanted = cell(frame, 3)
    frame.locator('.ag-row[row-index="3"] [col-id="name"]').click()
    expect(page.locator(".st-key-reader-name")).to_have_text(wanted)
    expect(page.locator(".st-key-reader-number")).to_have_text(re.compile(r"^\(\d{3}\) \d{3}-\d{4}$"))
    expect(page.locator(".thread .message").first).to_be_visible()
    expect(frame.locator('.ag-row.open [col-id="card"]')).to_be_visible()
    picture(page, "inbox_open")
    page.keyboard.press("j")
    expect(page.locator(".st-key-reader-name")).not_to_have_text(wanted)
    page.go_back()
    expect(page.locator(".st-key-reader-name")).to_have_text(wanted)
    page.go_back()
    expect(page.locator(".st-key-reader-name")).to_have_count(0)
    assert is_same_frame(page)
    assert cell(frame, 3) == wanted


def test_enter_opens_the_row_and_escape_closes_it(address: str, open_page: Open) -> None:
    page = open_page(address)
    frame = grid(page)
    frame.locator('.ag-row[row-index="0"] [col-id="name"]').click()
    expect(page.locator(".st-key-reader-name")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".st-key-reader-name")).to_have_count(0)
    wanted = cell(frame, 2)
    frame.locator('.ag-row[row-index="2"] [col-id="name"]').focus()
    page.keyboard.press("Enter")
    expect(page.locator(".st-key-reader-name")).to_have_text(wanted)


def test_a_pasted_link_opens_the_same_rows_page_and_conversation(address: str, open_page: Open) -> None:
    page = open_page(address)
    frame = grid(page)
    frame.locator('.ag-header-cell[col-id="name"]').click()
    expect(page).to_have_url(re.compile("sort=name"))
    page.get_by_role("button", name="Next page").click()
    expect(page.get_by_text("rows 51–100 of")).to_be_visible()
    seen = names(frame)
    frame.locator('.ag-row[row-index="1"] [col-id="name"]').click()
    expect(page.locator(".st-key-reader-name")).to_have_text(seen[1])
    other = open_page(address + "/" + where(page))
    expect(other.locator(".st-key-reader-name")).to_have_text(seen[1])
    other.get_by_role("button", name="Close").click()
    expect(other.get_by_text("rows 51–100 of")).to_be_visible()
    frame = grid(other)
    expect(frame.locator('.ag-row[row-index="0"] [col-id="name"]')).to_be_visible()
    assert names(frame) == seen


def test_hostile_text_is_drawn_as_text(address: str, open_page: Open, picture: Picture) -> None:
    page = open_page(address)
    frame = grid(page)
    assert EVIL in cell(frame, 0)
    frame.locator('.ag-row[row-index="0"] [col-id="name"]').click()
    expect(page.locator(".thread .message").last).to_contain_text(EVIL)
    picture(page, "inbox_hostile")
    assert page.evaluate("window.hit") is None
    assert page.locator('img[src="x"], img[src*="outside"]').count() == 0
    assert frame.locator("img").count() == 0


def test_a_phone_wide_window_shows_cards_then_the_conversation_alone(
    address: str, open_page: Open, picture: Picture
) -> None:
    page = open_page(address, viewport={"width": 400, "height": 800})
    frame = grid(page)
    expect(frame.locator('.ag-row[row-index="1"] [col-id="card"]')).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    picture(page, "inbox_400")
    frame.locator('.ag-row[row-index="1"] [col-id="card"]').click()
    expect(page.locator(".thread .message").first).to_be_visible()
    picture(page, "inbox_400_open")
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    page.get_by_role("button", name="Close").click()
    expect(frame.locator('.ag-row[row-index="1"] [col-id="card"]')).to_be_visible()


def test_filters_are_chips_that_can_be_removed(address: str, open_page: Open, picture: Picture) -> None:
    page = open_page(address)
    grid(page)
    page.get_by_role("button", name="Filters").click()
    page.get_by_text("From contact", exact=True).click()
    expect(page).to_have_url(re.compile("last=in"))
    page.get_by_text("Unread", exact=True).click()
    expect(page).to_have_url(re.compile("unread=1"))
    picture(page, "inbox_filters")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Remove filter: unread").click()
    expect(page).not_to_have_url(re.compile("unread=1"))
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)
    page.get_by_role("button", name="Filters").click()
    chosen = page.locator(".st-key-conversations-filter-unread").get_by_role("radio", checked=True)
    expect(chosen).to_have_count(0)


def test_the_filters_say_how_many_each_choice_would_find(address: str, open_page: Open, picture: Picture) -> None:
    page = open_page(address)
    grid(page)
    counted = page.locator(".st-key-conversations-facet-tags")
    for _ in range(20):  # the figures come from the mirror, which is loaded a moment after the start
        page.get_by_role("button", name="Filters").click()
        page.wait_for_timeout(1_000)
        if counted.is_visible():
            break
        page.keyboard.press("Escape")
    expect(counted).to_have_text(re.compile(r"^\D+ \d+( · |$)"))
    picture(page, "inbox_facets")


def test_a_changed_width_is_there_on_the_next_visit(address: str, open_page: Open) -> None:
    page = open_page(address)
    frame = grid(page)
    header = frame.locator('.ag-header-cell[col-id="name"]')
    before = header.bounding_box()
    handle = frame.locator('.ag-header-cell[col-id="name"] .ag-header-cell-resize').bounding_box()
    assert before is not None
    assert handle is not None
    x, y = handle["x"] + handle["width"] / 2, handle["y"] + 10
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 80, y, steps=5)
    page.mouse.up()
    for _ in range(10):
        page.wait_for_timeout(1_200)  # the report of a width waits until the hand rests
        again = grid(open_page(address)).locator('.ag-header-cell[col-id="name"]').bounding_box()
        assert again is not None
        if again["width"] != before["width"]:
            break
    assert abs(again["width"] - before["width"] - 80) < 5


def test_no_hits_says_what_to_drop(address: str, open_page: Open, picture: Picture) -> None:
    page = open_page(address + "/?q=zzzzzz&unread=1")
    expect(page.get_by_text("No conversation matches all of this.")).to_be_visible()
    without = page.get_by_role("button", name="Search without").first
    expect(without).to_be_visible()
    expect(page.get_by_text("0 conversations in All")).to_be_visible()
    picture(page, "inbox_no_hits")
    without.click()
    grid(page)


def test_the_contact_page_stands_by_itself(address: str, open_page: Open, picture: Picture) -> None:
    page = open_page(address)
    frame = grid(page)
    wanted = cell(frame, 4)
    frame.locator('.ag-row[row-index="4"] [col-id="name"]').click()
    page.get_by_role("link", name="Own page").click()
    expect(page).to_have_url(re.compile(r"contact\?c=\d+"))
    expect(page.locator(".st-key-reader-name")).to_have_text(wanted)
    expect(page.locator(".thread .message").first).to_be_visible()
    picture(page, "contact")
