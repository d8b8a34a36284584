"""A follow-up in a real browser: planned for any time, it comes back by itself, marked, and is done by one click."""

import re
from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import expect
from sqlalchemy import update

from core import clock
from core.database import Store
from core.database.tables import conversation
from tests.browser.conftest import Open, Picture, Serve
from tests.browser.hands import furnish, grid, ids, strip
from tests.server import AppServer


@pytest.fixture(scope="module")
def running(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> AppServer:
    folder = tmp_path_factory.mktemp("follow")
    furnish(folder, 120)
    return serve(folder)


@pytest.fixture
def store(running: AppServer) -> Iterator[Store]:
    with closing(Store.open(f"sqlite:///{running.data_dir / 'talkdeck.db'}")) as opened:
        yield opened


def test_a_follow_up_is_planned_by_key_and_comes_back_to_the_top(
    running: AppServer, store: Store, open_page: Open, picture: Picture
) -> None:
    page = open_page(running.url)
    frame = grid(page)
    [id_] = ids(frame, 6)
    frame.locator('.ag-row[row-index="6"] [col-id="name"]').click()
    expect(page.get_by_role("button", name="Follow up", exact=True)).to_be_visible()
    page.get_by_label("Messages").click()
    page.keyboard.press("f")
    page.get_by_text("In 3 days").click()
    picture(page, "follow-up-dialog")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(strip(page)).to_contain_text("planned a follow-up with 1 conversation")
    expect(frame.locator(f'.ag-row[row-id="{id_}"]').get_by_label("Follow-up planned")).to_be_visible()
    with store.engine.begin() as connection:  # three days later
        wanted = conversation.c.id == id_
        connection.execute(update(conversation).where(wanted).values(follow_up_at=clock.now() - 1))
    page.wait_for_timeout(2_500)
    page.reload()
    frame = grid(page)
    expect(frame.locator('.ag-row[row-index="0"]').get_by_label("Follow-up due")).to_be_visible()
    assert ids(frame, 0) == [id_]
    picture(page, "follow-up-due")
    page.get_by_role("button", name="Follow-up done").click()
    expect(strip(page)).to_contain_text(re.compile("done with the follow-up"))
    expect(frame.locator(f'.ag-row[row-id="{id_}"]').get_by_label("Follow-up due")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(frame.locator('.ag-row[row-index="0"]').get_by_label("Follow-up due")).to_be_visible()
