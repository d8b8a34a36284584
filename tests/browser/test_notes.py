"""Notes in a real browser: typing that a closed or killed window cannot take away, and two who write at once."""

import os
import random
import signal
import time
from contextlib import closing, suppress

import pytest
from playwright.sync_api import Error, Locator, Page, expect

from core import notes
from core.database import Store
from tests.browser.conftest import Browsers, Open, Picture, Serve
from tests.browser.hands import furnish, grid
from tests.server import AppServer

RUNS, FULL_RUNS = 1, 20
"""For each way a window may end."""

WAYS = ("close", "reload", "crash", "kill", "kill_server")
MOST_LOST = 2.0
"""Seconds of typing."""


@pytest.fixture(scope="module")
def app(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> AppServer:
    folder = tmp_path_factory.mktemp("notes")
    furnish(folder)
    return serve(folder)


def kept(app: AppServer, contact_id: int) -> notes.Note:
    with closing(Store.open(f"sqlite:///{app.data_dir / 'talkdeck.db'}")) as store, store.read() as reader:
        return notes.get(reader, contact_id)


def versions(app: AppServer, contact_id: int) -> list[str]:
    with closing(Store.open(f"sqlite:///{app.data_dir / 'talkdeck.db'}")) as store, store.read() as reader:
        return [version.body for version in notes.versions(reader, contact_id)]


def editor(page: Page) -> Locator:
    return page.get_by_label("Notes", exact=True)


def status(page: Page) -> Locator:
    return page.locator(".note .status")


def opened(app: AppServer, open_page: Open, contact_id: int) -> Page:
    page = open_page(f"{app.url}/?c={contact_id}")
    expect(editor(page)).to_be_visible()
    return page


def test_notes(app: AppServer, open_page: Open, picture: Picture) -> None:
    page = opened(app, open_page, 3)
    grid(page)
    editor(page).press_sequentially("Called twice, wants a quote", delay=20)
    expect(status(page)).to_contain_text("saved")
    picture(page, "notes_saved")
    assert kept(app, 3).body == "Called twice, wants a quote"
    page.reload()
    expect(editor(page)).to_have_value("Called twice, wants a quote")
    editor(page).fill("Wants nothing")
    expect(status(page)).to_contain_text("saved")
    page.get_by_role("button", name="Earlier versions").click()
    page.get_by_role("button", name="Restore the version").first.click()
    expect(editor(page)).to_have_value("Called twice, wants a quote")
    assert "Wants nothing" in versions(app, 3)
    page.locator(".st-key-conversations-search input").fill("twice wants quote")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 conversation", exact=False).first).to_be_visible()


def test_fifty_saves_in_a_row_never_clash(app: AppServer, open_page: Open) -> None:
    page = opened(app, open_page, 4)
    for n in range(50):
        editor(page).press("End")
        editor(page).type(f"{n} ")
        editor(page).blur()  # sent at once, whether or not the one before was answered
    expect(status(page)).to_contain_text("saved")
    note = kept(app, 4)
    assert (note.body, note.clashes) == ("".join(f"{n} " for n in range(50)), ())


def test_what_was_typed_stays_with_its_conversation(app: AppServer, open_page: Open) -> None:
    page = opened(app, open_page, 6)
    frame = grid(page)
    editor(page).type("for the sixth")
    frame.locator('.ag-row[row-index="2"] [col-id="card"]').click()  # before it can have been saved
    expect(page).not_to_have_url(f"{app.url}/?c=6")
    expect(editor(page)).not_to_have_value("for the sixth")
    editor(page).type("for another")
    expect(status(page)).to_contain_text("saved")
    assert kept(app, 6).body == "for the sixth"


@pytest.mark.timeout(1_800)  # at full figures
@pytest.mark.parametrize("way", WAYS)
def test_a_window_may_end_at_any_moment(  # noqa: PLR0913 - fixtures
    app: AppServer, serve: Serve, open_page: Open, browsers: Browsers, is_full: bool, way: str
) -> None:
    drawn = random.Random(way)
    first = 20 + FULL_RUNS * WAYS.index(way)
    for contact_id in range(first, first + (FULL_RUNS if is_full else RUNS)):
        before = kept(app, contact_id).body
        page = opened(app, own_browser(browsers) if way == "kill" else open_page, contact_id)
        editor(page).press("Control+End")
        typed, moments = type_for_a_while(page, drawn)
        ended = time.monotonic()
        if way == "kill_server":  # whoever types on loses nothing at all
            app.kill()
            page.keyboard.type("more")
            app, typed, safe = serve(app.data_dir, app.port), typed + "more", typed + "more"
        else:
            finish(page, way)
            safe = typed[: sum(moment < ended - MOST_LOST for moment in moments)]
        assert_kept(app, contact_id, before + safe, before + typed)
        page.close()


def type_for_a_while(page: Page, drawn: random.Random) -> tuple[str, list[float]]:
    """Letters, some in a hurry, some after a pause, the last ones in a hurry; and when each was typed."""
    typed, moments = "", []
    end = time.monotonic() + drawn.uniform(0.2, 6.0)
    while time.monotonic() < end:
        letter = drawn.choice("abcdefgh ")
        page.keyboard.type(letter)
        moments.append(time.monotonic())
        typed += letter
        time.sleep(drawn.choice((0.02, 0.1, 0.1, 0.9)) if time.monotonic() + 1 < end else 0.02)
    return typed, moments


def own_browser(browsers: Browsers) -> Open:
    """Opens a page in a browser that may be killed."""
    starter, options = browsers

    def opened(url: str) -> Page:
        page = starter.launch(**options).new_page()
        page.goto(url)
        return page

    return opened


def finish(page: Page, way: str) -> None:
    """End a window as people and machines do."""
    if way == "close":
        page.close()
    elif way == "reload":
        page.reload()
    elif way == "crash":
        with page.expect_event("crash"), suppress(Error):
            page.goto("chrome://crash", timeout=2_000)
    else:
        assert page.context.browser is not None
        told = page.context.browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")
        os.kill(next(each["id"] for each in told["processInfo"] if each["type"] == "browser"), signal.SIGKILL)


def assert_kept(app: AppServer, contact_id: int, least: str, most: str) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and not kept(app, contact_id).body.startswith(least):
        time.sleep(0.1)
    note = kept(app, contact_id)
    assert note.body.startswith(least), contact_id
    assert most.startswith(note.body), contact_id
    assert note.clashes == ()


def test_two_who_write_at_once_keep_both_texts(app: AppServer, open_page: Open, picture: Picture) -> None:
    one, two = (opened(app, open_page, 8) for _ in range(2))
    editor(one).fill("What Ann knows")
    expect(status(one)).to_contain_text("saved")
    editor(two).fill("What Bob knows")
    expect(two.locator(".beside")).to_contain_text("What Ann knows")
    editor(two).press("End")
    editor(two).type(" and more")
    expect(status(two)).to_contain_text("saved")
    picture(two, "notes_clash")
    assert (kept(app, 8).body, [each.body for each in kept(app, 8).clashes]) == (
        "What Ann knows",
        ["What Bob knows and more"],
    )
    two.get_by_role("button", name="Keep both").click()
    expect(editor(two)).to_have_value("What Bob knows and more\n\nWhat Ann knows")
    expect(two.locator(".beside")).to_be_empty()
    assert kept(app, 8).body == "What Bob knows and more\n\nWhat Ann knows"
    assert kept(app, 8).clashes == ()
