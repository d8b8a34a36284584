"""The inbox in a real browser: what only a browser can show."""

import re
from contextlib import closing

import pytest
from playwright.sync_api import FrameLocator, Page, expect
from sqlalchemy import insert, update

from core import people
from core.database import Store, Work
from core.database.search import reindexing
from core.database.tables import contact, contact_tag, conversation, message, tag
from core.demo.fill import fill
from tests.browser.conftest import Open, Picture, Serve
from tests.conftest import NOON

SIZE = 400
EVIL = "<img src=x onerror=top.hit=1> ![x](http://outside.example/x.png) ::JSCODE::top.hit=1::JSCODE::"


@pytest.fixture(scope="module")
def address(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> str:
    """An application over demo conversations, one of which is hostile and has every tag."""
    folder = tmp_path_factory.mktemp("inbox")
    with closing(Store.open(f"sqlite:///{folder / 'talkdeck.db'}")) as store:
        fill(store, people.local_actor(store), (SIZE, 3), NOON, lambda _what, _done: None)
        store.write(people.SYSTEM, _spoil)
    return serve(folder).url


def _spoil(work: Work) -> None:
    first = work.conn.execute(conversation.select().order_by(conversation.c.activity_key.desc())).first()
    assert first is not None
    own = {"event_id": work.record("test.spoil")}
    with reindexing(work.conn, [first.id]):
        work.conn.execute(update(contact).where(contact.c.id == first.id).values(first_name=EVIL, last_name="Ö" * 90))
        work.conn.execute(update(message).where(message.c.id == first.last_message_id).values(body=EVIL * 3))
        work.conn.execute(update(conversation).where(conversation.c.id == first.id).values(is_archived=0, is_hot=1))
    own_tags = contact_tag.select().where(contact_tag.c.contact_id == first.id)
    carried = {row.tag_id for row in work.conn.execute(own_tags)}
    missing = [row.id for row in work.conn.execute(tag.select()) if row.id not in carried]
    work.conn.execute(
        insert(contact_tag), [{"contact_id": first.id, "tag_id": id_, "added_at": work.now, **own} for id_ in missing]
    )
    work.conn.execute(update(tag).where(tag.c.id == missing[0]).values(name=EVIL, priority=99))


def grid(page: Page) -> FrameLocator:
    """The grid, once it shows rows."""
    frame = page.locator('iframe[title="st_aggrid.AgGrid.agGrid"]').last.content_frame
    expect(frame.locator(".ag-row").first).to_be_visible(timeout=30_000)
    return frame


def cell(frame: FrameLocator, row: int, column: str = "name") -> str:
    return frame.locator(f'.ag-row[row-index="{row}"] [col-id="{column}"]').inner_text()


def names(frame: FrameLocator, count: int = 8) -> list[str]:
    return [cell(frame, row) for row in range(count)]


def mark_frame(page: Page) -> None:
    """Leave a mark in the grid's document; a grid mounted anew has lost it."""
    grid(page).locator("body").evaluate("() => { window.mark = 1; }")


def is_same_frame(page: Page) -> bool:
    return bool(grid(page).locator("body").evaluate("() => window.mark === 1"))


def where(page: Page) -> str:
    return str(page.evaluate("location.search"))


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
    expect(page.locator(".reader .message").first).to_be_visible()
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
    expect(page.locator(".reader .message").last).to_contain_text(EVIL)
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
    expect(page.locator(".reader .message").first).to_be_visible()
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
    page.get_by_role("button", name="Filters").click()
    chosen = page.locator(".st-key-conversations-filter-unread").get_by_role("radio", checked=True)
    expect(chosen).to_have_count(0)


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
    page.wait_for_timeout(1200)  # the report of a width waits until the hand rests
    again = grid(open_page(address)).locator('.ag-header-cell[col-id="name"]').bounding_box()
    assert again is not None
    assert abs(again["width"] - before["width"] - 80) < 5


def test_an_empty_installation_says_how_to_begin(serve: Serve, open_page: Open, picture: Picture) -> None:
    page = open_page(serve().url)
    expect(page.get_by_text("No conversations yet")).to_be_visible(timeout=30_000)
    picture(page, "inbox_empty")


def test_no_hits_says_what_to_drop(address: str, open_page: Open, picture: Picture) -> None:
    page = open_page(address + "/?q=zzzzzz&unread=1")
    expect(page.get_by_text("No conversation matches all of this.")).to_be_visible(timeout=30_000)
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
    expect(page.locator(".reader .message").first).to_be_visible()
    picture(page, "contact")
