"""A fresh application: whatever its first request asks for, the frame runs, and it says how to begin."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open, Picture, Serve


@pytest.mark.parametrize("path", ["/", "/contact", "/conversations", "/shell", "/nowhere"])
def test_the_frame_runs_on_the_very_first_request(serve: Serve, open_page: Open, path: str) -> None:
    page = open_page(serve().url + path)
    # Only the frame names the product in the title; a page that Streamlit finds by itself has its file's name there.
    expect(page).to_have_title(re.compile("Talkdeck$"))
    expect(page.get_by_test_id("stHeaderLogo")).to_be_visible()


@pytest.fixture(scope="module")
def address(serve: Serve) -> str:
    """Of an installation that stays empty."""
    return serve().url


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_first_page_appears_in_both_themes(address: str, open_page: Open, picture: Picture, scheme: str) -> None:
    page = open_page(address, color_scheme=scheme)
    expect(page).to_have_title("Conversations · Talkdeck")
    expect(page.get_by_test_id("stException")).to_have_count(0)
    picture(page, f"first-start-{scheme}")


def test_an_empty_installation_says_how_to_begin(address: str, open_page: Open, picture: Picture) -> None:
    page = open_page(address)
    expect(page.get_by_text("No conversations yet")).to_be_visible()
    picture(page, "inbox_empty")
