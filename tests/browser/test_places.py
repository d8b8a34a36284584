"""History, tags and cleaning up: they fit a phone in the dark, and what is done there can be undone."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, Picture, Serve
from tests.browser.hands import furnish


@pytest.fixture(scope="module")
def address(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("places")
    furnish(folder)
    return serve(folder).url


def is_narrow(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_every_place_fits_a_phone(address: str, open_page: Open, picture: Picture) -> None:
    page = open_page(address, viewport={"width": 400, "height": 800}, color_scheme="dark")
    for place, sign in (("tags", "New tag"), ("cleanup", "New rule"), ("history", "filled in demo data")):
        page.goto(f"{address}/{place}")
        expect(page.get_by_text(sign).first).to_be_visible()
        assert is_narrow(page), place
        picture(page, f"{place}_400_dark")


def test_a_tag_is_changed_merged_and_brought_back(address: str, open_page: Open, picture: Picture) -> None:
    page = open_page(address + "/tags")
    page.get_by_role("button", name="Change Callback").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Merge into another tag").click()
    page.get_by_role("option", name="Bundle").click()
    dialog.get_by_role("button", name="Merge").click()
    expect(page.locator(".st-key-frame")).to_contain_text("merged the tag Callback into Bundle")
    expect(page.get_by_text("retired")).to_be_visible()
    picture(page, "tags_merged")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("retired")).to_have_count(0)


def test_a_proposal_opens_as_a_filter_and_is_never_proposed_again(
    address: str, open_page: Open, picture: Picture
) -> None:
    page = open_page(address + "/cleanup")
    never = page.get_by_role("button", name="Never propose again")
    expect(never.first).to_be_visible()
    picture(page, "cleanup")
    proposed = never.count()
    never.first.click()
    expect(never).to_have_count(proposed - 1)
    page.get_by_role("button", name="Undo").click()
    expect(never).to_have_count(proposed)
    page.get_by_role("link", name="Open in the list").first.click()
    expect(page.get_by_text(re.compile("^[0-9,]+ conversations? in All"))).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Remove filter")).first).to_be_visible()
