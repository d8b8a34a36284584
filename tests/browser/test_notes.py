"""Notes in a real browser: typing that a closed or killed window cannot take away, and two who write at once."""

import random
import time
from contextlib import closing, suppress

import pytest
from playwright.sync_api import Error, Locator, Page, expect

from core import notes
from core.database import Store
from tests.browser.conftest import Open, Picture, Serve
from tests.browser.hands import furnish, grid
from tests.server import AppServer

RUNS, FULL_RUNS = 6, 100
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


@pytest.mark.timeout(1_800)
def test_a_window_may_end_at_any_moment(app: AppServer, open_page: Open, is_full: bool) -> None:
    drawn = random.Random(7)
    for run in range(FULL_RUNS if is_full else RUNS):
        contact_id = 20 + run
        before = kept(app, contact_id).body
        page = opened(app, open_page, contact_id)
        editor(page).focus()
        editor(page).press("Control+End")
        begun, typed = time.monotonic(), ""
        end = begun + drawn.uniform(0.2, 6.0)
        moments: list[float] = []
        while time.monotonic() < end:
            letter = drawn.choice("abcdefgh ")
            page.keyboard.type(letter)
            moments.append(time.monotonic())
            typed += letter
            time.sleep(drawn.choice((0.02, 0.1, 0.1, 0.9)) if time.monotonic() + 1 < end else 0.02)
        ended = time.monotonic()
        way = ("close", "reload", "kill")[run % 3]
        finish(page, way)
        safe = typed[: sum(moment < ended - MOST_LOST for moment in moments)]
        wanted = before + safe
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline and not kept(app, contact_id).body.startswith(wanted):
            time.sleep(0.1)
        body = kept(app, contact_id).body
        assert body.startswith(wanted), (run, way)
        assert (before + typed).startswith(body), (run, way)
        assert kept(app, contact_id).clashes == ()
        page.close()


def finish(page: Page, way: str) -> None:
    """End a window as people and machines do."""
    if way == "close":
        page.close()
    elif way == "reload":
        page.reload()
    else:
        with page.expect_event("crash"), suppress(Error):
            page.goto("chrome://crash", timeout=2_000)


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
