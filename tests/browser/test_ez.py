"""The EZ buttons in a real browser: a workflow asked for once, and a call that is dialled, logged and told about."""

import re
from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import expect

from core import calls, people, workflows
from core.database import Store
from core.workflows import Draft, Step
from tests.browser.conftest import Open, Picture, Serve
from tests.browser.hands import EVIL, choose, furnish, grid, ids, strip, until
from tests.server import AppServer


@pytest.fixture(scope="module")
def running(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> AppServer:
    folder = tmp_path_factory.mktemp("ez")
    furnish(folder, 120)
    return serve(folder)


@pytest.fixture
def store(running: AppServer) -> Iterator[Store]:
    with closing(Store.open(f"sqlite:///{running.data_dir / 'talkdeck.db'}")) as opened:
        yield opened


def in_it(store: Store, contact_id: int) -> bool:
    with store.read() as reader:
        return "Late nudge" in [run.name for run in workflows.live(reader, contact_id)]


def test_ez_redrip_asks_once_which_one_it_means(
    running: AppServer, store: Store, open_page: Open, picture: Picture
) -> None:
    draft = Draft("Late nudge", "redrip", (Step("wait", wait_seconds=86_400), Step("send", EVIL)))
    store.write(people.local_actor(store), workflows.add, draft)
    page = open_page(running.url)
    frame = grid(page)
    frame.locator('.ag-row[row-index="2"] [col-id="name"]').click()
    page.get_by_role("button", name="EZ Redrip").click()
    choose(page, "Redrip", "Late nudge")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(strip(page)).to_contain_text("enrolled 1 conversation in Late nudge")
    [second] = ids(frame, 4)
    frame.locator('.ag-row[row-index="4"] .entry').click()
    page.get_by_role("button", name="EZ Redrip").hover()
    expect(page.get_by_text("Adds to Late nudge")).to_be_visible()
    picture(page, "ez-hint")
    page.wait_for_timeout(600)
    page.get_by_role("button", name="EZ Redrip").click()
    until(page, lambda: in_it(store, second))
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.evaluate("window.hit") is None


def test_ez_call_dials_logs_and_asks_how_it_went(
    running: AppServer, store: Store, open_page: Open, picture: Picture
) -> None:
    page = open_page(running.url)
    frame = grid(page)
    [id_] = ids(frame, 3)
    frame.locator('.ag-row[row-index="3"] [col-id="name"]').click()
    link = page.get_by_role("link", name="EZ Call")
    expect(link).to_have_attribute("href", re.compile(r"^tel:\+1\d{10}$"))
    link.click()
    expect(page.get_by_role("dialog")).to_contain_text("How did it go?")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="How did it go?").click()
    page.get_by_text("Voicemail").click()
    page.get_by_label("How long").fill("1:20")
    page.get_by_label("Note", exact=True).fill(EVIL)
    picture(page, "call-dialog")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_label("Messages")).to_contain_text("called · voicemail · 1:20 · <img src=x")
    with store.read() as reader:
        assert [each.outcome for each in calls.find(reader, id_)] == ["voicemail"]
    assert page.evaluate("window.hit") is None
