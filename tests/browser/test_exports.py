"""An export in a real browser: the list as a file, and told where it is told what was done."""

import csv
from pathlib import Path

import pytest
from playwright.sync_api import expect

from core import conversations, people
from core.conversations import ConversationFilter, Slice
from tests.browser.conftest import Open, Picture, Serve
from tests.browser.hands import EVIL, furnish, grid
from tests.browser.talking import open_store
from tests.server import AppServer


@pytest.fixture(scope="module")
def running(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> AppServer:
    folder = tmp_path_factory.mktemp("exports")
    furnish(folder, 120)
    return serve(folder)


def test_the_list_is_loaded_down_as_it_stands(running: AppServer, open_page: Open, picture: Picture) -> None:
    page = open_page(f"{running.url}/?tab=all&archived=1&sort=name&down=0")
    grid(page)
    page.get_by_role("button", name="Export", exact=True).click()
    expect(page.get_by_text("conversations as listed: this filter, in this order, every page.")).to_be_visible()
    picture(page, "export")
    with page.expect_download() as loaded:
        page.get_by_role("link", name="Export", exact=True).click()
    assert loaded.value.suggested_filename.startswith("conversations-")
    with Path(loaded.value.path()).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    with open_store(running) as store, store.read() as reader:
        wanted = ConversationFilter(include_archived=True, user_id=people.local_actor(store).id)
        found = conversations.find(reader, wanted, conversations.Sort("name", False), Slice(1_000)).rows
    assert [row["phone"] for row in rows] == list(found["phone"])
    assert EVIL in {row["first_name"] for row in rows}
    assert not any(row["last_message"].startswith(("=", "+", "-", "@")) for row in rows)
    expect(page.get_by_text(f"exported {len(rows)} conversations as CSV: archived ones included").first).to_be_visible()
    page.goto(f"{running.url}/exports")
    expect(page.get_by_text(f"exported {len(rows)} conversations as CSV: archived ones included").first).to_be_visible()
    expect(page.get_by_role("link", name="About the file")).to_be_visible()
