"""What a person sees when a page fails: a sentence, or a number to report; never code."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from tests import postgres, server
from tests.browser.conftest import Open, Picture, Serve

PAGE = """
import streamlit as st

from core.errors import Invalid


def expected() -> None:
    raise Invalid("The file is empty. Choose another.")


def bug() -> None:
    raise ValueError("+1 212-555-0100 is a secret")


st.button("Expected in a callback", on_click=expected)
st.button("Bug in a callback", on_click=bug)
if st.button("Expected in the page"):
    expected()
if st.button("Bug in the page"):
    bug()
"""


@pytest.fixture(scope="module")
def failing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[server.AppServer]:
    """The application with a first page that fails on request."""
    copy = tmp_path_factory.mktemp("copy")
    shutil.copy(server.ROOT / "app.py", copy)
    for folder in ("core", "pages", ".streamlit"):
        shutil.copytree(server.ROOT / folder, copy / folder)
    (copy / "pages" / "inbox" / "conversations.py").write_text(PAGE)
    with server.running(tmp_path_factory.mktemp("data"), copy) as running:
        yield running


@pytest.mark.parametrize("place", ["a callback", "the page"])
def test_an_expected_failure_is_its_sentence(failing: server.AppServer, open_page: Open, place: str) -> None:
    page = open_page(failing.url)
    page.get_by_role("button", name=f"Expected in {place}").click()
    expect(page.get_by_text("The file is empty. Choose another.")).to_be_visible()
    expect(page.get_by_test_id("stException")).to_have_count(0)


@pytest.mark.parametrize("place", ["a callback", "the page"])
def test_a_bug_is_a_number_found_in_the_log(
    failing: server.AppServer, open_page: Open, picture: Picture, place: str
) -> None:
    page = open_page(failing.url)
    page.get_by_role("button", name=f"Bug in {place}").click()
    told = page.get_by_text("Something went wrong")
    expect(told).to_be_visible()
    number = re.search(r"incident ([0-9A-F]{8})", told.inner_text())
    assert number
    assert "secret" not in page.content()
    assert f"Incident {number[1]}\nTraceback" in failing.log.read_text()
    picture(page, "failure")


def test_a_database_that_is_away_is_said_once(serve: Serve, open_page: Open, picture: Picture) -> None:
    with postgres.running() as database:
        app = serve(TALKDECK_DATABASE_URL=database.url("postgres"))
        page = open_page(app.url)
        expect(page.get_by_role("link", name="Import your contacts and messages")).to_be_visible()
        database.stop()
        page.reload()
        expect(page.get_by_text("The database cannot be reached")).to_be_visible()
        expect(page.get_by_test_id("stAlert")).to_have_count(1)
        picture(page, "database_away")
        assert httpx.get(f"{app.url}/healthz").status_code == 503
        for route in ("notes", "drafts"):
            told = httpx.post(f"{app.url}/{route}/1", json={"text": "kept", "base": 0}, headers={"Origin": app.url})
            assert (told.status_code, told.json()["is_lost"]) == (503, True)


def test_the_log_of_a_failing_application_is_not_taken_for_a_healthy_one(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="failed meanwhile"), server.running(tmp_path) as running:
        running.log.write_text("Traceback (most recent call last):")
