"""Fields of one's own as columns of the list: chosen, sorted by, paged, and there on the next visit."""

import re
from contextlib import closing

import pytest
from playwright.sync_api import FrameLocator, Locator, Page, expect
from sqlalchemy import insert

from core import conversations, custom, people
from core.conversations import ConversationFilter, Slice, Sort
from core.database import Store, Work
from core.database.tables import custom_value
from tests.browser.conftest import Open, Picture, Serve
from tests.browser.hands import EVIL, furnish, grid, ids, is_same_frame, mark_frame
from tests.server import AppServer

NAME = EVIL[:60]


@pytest.fixture(scope="module")
def app(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> AppServer:
    folder = tmp_path_factory.mktemp("own")
    furnish(folder)
    with closing(Store.open(f"sqlite:///{folder / 'talkdeck.db'}")) as store:
        store.write(people.local_actor(store), _fill)
    return serve(folder)


def _fill(work: Work) -> None:
    """A hostile field that every third contact holds, with many equal numbers, and one that all the others hold."""
    number, text = custom.add(work, NAME, "number"), custom.add(work, "Colour", "text")
    event_id = work.record("test.own")
    listed = conversations.find_ids(work.conn, ConversationFilter(include_archived=True))
    held = [(id_, number, str(id_ % 40)) if n % 3 == 0 else (id_, text, EVIL) for n, id_ in enumerate(listed)]
    kinds = {number: "number", text: "text"}
    rows = [
        {"contact_id": id_, "field_id": of, "value": said, "sort_key": custom.sort_key(kinds[of], said)}
        for id_, of, said in held
    ]
    work.conn.execute(insert(custom_value), [{**row, "event_id": event_id} for row in rows])


def choose(page: Page, name: str) -> None:
    """Switch a column on or off."""
    page.locator(".st-key-conversations-columns").get_by_role("button", name="Columns").click()
    page.locator(".st-key-conversations-columns-shown").get_by_text(name, exact=True).click()
    page.keyboard.press("Escape")


def header(frame: FrameLocator, key: str) -> Locator:
    return frame.locator(f'.ag-header-cell[col-id="{key}"]')


def in_order(app: AppServer) -> tuple[str, list[int]]:
    """The key of the number, and the whole list sorted by it."""
    with closing(Store.open(f"sqlite:///{app.data_dir / 'talkdeck.db'}")) as store, store.read() as reader:
        key = next(custom.key(each.id) for each in custom.find(reader) if each.kind == "number")
        found = conversations.find(reader, ConversationFilter(), Sort(key, descending=False), Slice(1_000)).rows
        return key, [int(id_) for id_ in found["id"]]


def test_a_field_of_ones_own_is_a_column_that_sorts_the_whole_list(
    app: AppServer, open_page: Open, picture: Picture
) -> None:
    key, expected = in_order(app)
    page = open_page(app.url)
    frame = grid(page)
    mark_frame(page)
    expect(header(frame, key)).to_have_count(0)
    choose(page, NAME)
    expect(header(frame, key).locator(".ag-header-cell-text")).to_have_text(" ".join(NAME.split()))
    header(frame, key).click()
    expect(page).to_have_url(re.compile(rf"sort={re.escape(key)}"))
    expect(frame.locator(f'.ag-row[row-index="0"][row-id="{expected[0]}"]')).to_be_visible()
    assert ids(frame, 0, 1, 2) == expected[:3]
    expect(frame.locator(f'.ag-row[row-index="0"] [col-id="{key}"]')).to_have_text(re.compile(r"^\d+$"))
    picture(page, "own_column")
    for first in (50, 100):
        page.get_by_role("button", name="Next page").click()
        expect(page.get_by_text(f"rows {first + 1}–{first + 50} of")).to_be_visible()
        expect(frame.locator(f'.ag-row[row-index="0"][row-id="{expected[first]}"]')).to_be_visible()
    page.get_by_role("button", name="Last page").click()
    expect(frame.locator(f'.ag-row[row-index="0"][row-id="{expected[-50]}"]')).to_be_visible()
    expect(frame.locator(f'.ag-row[row-index="0"] [col-id="{key}"]')).to_have_text("")
    page.get_by_role("button", name="First page").click()
    page.get_by_role("button", name="Go to").click()
    page.locator(f".st-key-conversations-pager-at-{key.replace('.', '-')} input").fill("20")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"at=20"))
    expect(frame.locator(f'.ag-row[row-index="0"] [col-id="{key}"]')).to_have_text("20")
    header(frame, "activity").click()
    expect(page).not_to_have_url(re.compile("sort="))
    assert is_same_frame(page)
    choose(page, NAME)
    expect(header(frame, key)).to_be_hidden()


def test_a_chosen_column_is_there_on_the_next_visit_and_a_link_keeps_its_order(app: AppServer, open_page: Open) -> None:
    key, expected = in_order(app)
    page = open_page(app.url)
    choose(page, NAME)
    expect(header(grid(page), key)).to_be_visible()
    again = open_page(f"{app.url}/?sort={key}&down=0")
    expect(header(grid(again), key)).to_have_attribute("aria-sort", "ascending")
    assert ids(grid(again), 0, 1, 2) == expected[:3]
    choose(again, NAME)
    expect(header(grid(again), key)).to_be_hidden()


def test_hostile_names_and_values_of_fields_are_text_in_the_list(app: AppServer, open_page: Open) -> None:
    page = open_page(app.url)
    frame = grid(page)
    for name in (NAME, "Colour"):
        choose(page, name)
        expect(frame.locator(".ag-header-cell-text", has_text=name)).to_be_visible()
    expect(frame.locator('.ag-row [col-id^="custom."]', has_text=EVIL).first).to_be_visible()
    assert page.evaluate("window.hit") is None
    assert page.locator('img[src="x"], img[src*="outside"]').count() == 0
    assert frame.locator("img").count() == 0


def test_a_link_that_sorts_by_a_field_no_longer_in_use_is_sorted_by_activity(app: AppServer, open_page: Open) -> None:
    page = open_page(f"{app.url}/?sort=custom.999&after=7")
    expect(page.get_by_text("It is sorted by activity.")).to_be_visible()
    grid(page)
    expect(page.get_by_text("rows 1–50 of")).to_be_visible()
