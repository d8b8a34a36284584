"""Workflows in a real browser: one is made from nothing, somebody is enrolled, and its page says where they are."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from core import workflows
from core.database import Store
from core.workflows import Step, Workflow
from tests.browser.conftest import Open, Picture, Serve
from tests.browser.hands import choose, furnish, go, grid, strip, tick, until, where
from tests.browser.talking import open_store
from tests.server import AppServer

NAME = "Come *back*"
CARRIED_ON = re.compile(r"2\. Send|3\. Wait")
"""Where somebody is by themselves; at night the text is held, by day it goes at once."""


@pytest.fixture(scope="module")
def running(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> AppServer:
    folder = tmp_path_factory.mktemp("workflows")
    furnish(folder, 100)
    return serve(folder)


@pytest.fixture
def store(running: AppServer) -> Iterator[Store]:
    with open_store(running) as opened:
        yield opened


def made(store: Store) -> list[Workflow]:
    with store.read() as reader:
        return [each for each in workflows.find(reader) if each.name == NAME]


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def press(page: Page, label: str, title: str) -> None:
    """A button of the steps, and the title that is there then."""
    page.get_by_role("button", name=label).click()
    expect(page.get_by_text(title, exact=True)).to_be_visible()
    page.wait_for_timeout(450)  # a second press sooner than this is the same one


def test_a_workflow_is_made_someone_is_enrolled_and_its_page_says_where_they_are(
    running: AppServer, store: Store, open_page: Open, picture: Picture
) -> None:
    page = open_page(running.url)
    grid(page)
    go(page, "Outreach", "Workflows")
    button(page, "New workflow").click()
    press(page, "Wait", "2. Wait")
    press(page, "Mark as hot", "3. Mark as hot")
    press(page, "Move step 3 up", "2. Mark as hot")
    press(page, "Move step 2 up", "1. Mark as hot")
    button(page, "Save and switch on").click()
    expect(page.get_by_text("Give it a name of at most")).to_be_visible()
    expect(page.get_by_text("Step 2 needs a text").first).to_be_visible()
    page.get_by_role("textbox", name="Name", exact=True).fill(NAME)
    page.get_by_label("Text of step 2", exact=True).press_sequentially("Hi {first_name|there}, still looking?")
    expect(page.get_by_text("were enrolled now and never answered")).to_be_visible()
    picture(page, "workflow-editor")
    button(page, "Save and switch on").click()  # at once, while the last letters are on their way
    expect(button(page, "Pause")).to_be_visible()
    [workflow] = made(store)
    text = Step("send", "Hi {first_name|there}, still looking?")
    assert workflow.steps == (Step("hot"), text, Step("wait", wait_seconds=86_400))
    assert where(page) == f"?w={workflow.id}"
    enrolled(page, store, workflow.id)
    go(page, "Outreach", "Workflows")
    page.get_by_role("link", name=NAME, exact=True).click()
    person = page.get_by_role("table", name="People").get_by_role("link")
    expect(person).to_have_count(1)
    expect(page.get_by_role("table", name="People")).to_contain_text(CARRIED_ON)
    picture(page, "workflow")
    button(page, "Pause").click()
    expect(page.get_by_text("nobody in it moves until it is switched on")).to_be_visible()
    person.click()
    expect(page.locator(".st-key-reader")).to_be_visible()
    page.go_back()
    expect(page.get_by_text("nobody in it moves until it is switched on")).to_be_visible()


def enrolled(page: Page, store: Store, workflow_id: int) -> None:
    """From the list, by the button under the search bar."""
    page.get_by_role("link", name="Conversations").first.click()
    tick(grid(page), 3)
    page.get_by_role("button", name="Workflow", exact=True).click()
    choose(page, "Workflow", NAME)
    button(page, "Save").click()
    expect(strip(page)).to_contain_text("enrolled 1 conversation")

    def is_in() -> bool:
        with store.read() as reader:
            return sum(workflows.counts(reader, workflow_id).values()) == 1

    until(page, is_in)


def test_who_qualifies_for_a_redrip_is_selected_in_the_list(
    running: AppServer, open_page: Open, picture: Picture
) -> None:
    page = open_page(running.url + "/workflows?new=redrip")
    button(page, "Count who qualifies now").click()
    expect(page.get_by_text("qualify now, by these rules")).to_be_visible()
    said = page.get_by_text("qualify now, by these rules").inner_text().split()[0]
    button(page, "Select them in the list").click()
    grid(page)
    expect(page.locator(".st-key-conversations-ticks")).to_contain_text(f"{said} selected")
    picture(page, "redrip-qualifying")
