"""Hostile strings as messages and drafts in a real browser: they are drawn as they are, but for what turns the writing
round, and nothing else happens."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from core.database import Store
from core.messages import Incoming, accept, drafts
from core.people import SYSTEM, local_actor
from core.words import straight
from tests.browser import hostile
from tests.browser.conftest import Open, Picture, Serve
from tests.browser.hands import furnish
from tests.browser.hostile import look
from tests.browser.talking import field, open_store
from tests.core.messages import world
from tests.server import AppServer

MOST = 9_000


@pytest.fixture(scope="module")
def strings(given_data: Path) -> list[str]:
    return [*hostile.strings(given_data), "a\n" * 40]


@pytest.fixture(scope="module")
def app(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> AppServer:
    folder = tmp_path_factory.mktemp("hostile")
    furnish(folder, 40)
    return serve(folder)


def contacts(store: Store, n: int) -> list[int]:
    return store.write(SYSTEM, world.contacts, n, 5_000)


def test_messages_are_drawn_as_they_came(app: AppServer, open_page: Open, picture: Picture, strings: list[str]) -> None:
    with open_store(app) as store:
        (id_,) = contacts(store, 1)
        for n, body in enumerate(strings):
            accept(store, app.data_dir, "US", Incoming(f"H{n}", world.phone(id_ + 5_000), body))
    page = open_page(f"{app.url}/?c={id_}")
    expect(page.locator(".thread .message.in")).to_have_count(len(strings), timeout=60_000)
    drawn = page.locator(".thread .message.in .body").all_text_contents()
    assert drawn == [straight(body.replace("\0", "\ufffd")) for body in strings if body]
    hrefs = [str(link.get_attribute("href")) for link in page.locator(".thread a").all()]
    assert hrefs
    assert all(href.lower().startswith(("http://", "https://")) for href in hrefs)
    look(page)
    page.goto(f"{app.url}/contact?c={id_}")
    expect(page.locator(".thread .message.in")).to_have_count(len(strings), timeout=60_000)
    look(page)
    picture(page, "hostile_thread")


def test_drafts_come_back_as_they_were(app: AppServer, open_page: Open, strings: list[str]) -> None:
    pieces = [""]
    for each in strings:
        text = straight(each).replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")
        if len(pieces[-1]) + len(text) > MOST:
            pieces.append("")
        pieces[-1] += text + "\n"
    with open_store(app) as store:
        ids = contacts(store, len(pieces))
        for id_, text in zip(ids, pieces, strict=True):
            store.write(local_actor(store), drafts.save, id_, text)
    for id_, text in zip(ids, pieces, strict=True):
        page = open_page(f"{app.url}/contact?c={id_}")
        expect(field(page)).to_be_visible()
        assert field(page).evaluate("each => each.value") == text
        field(page).press("End")
        field(page).press_sequentially("!")
        with page.expect_response(f"**/drafts/{id_}") as answered:
            field(page).blur()
        assert answered.value.ok
        page.reload()
        expect(field(page)).to_be_visible()
        assert len(field(page).input_value()) == len(text) + 1
        look(page)
