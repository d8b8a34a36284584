"""The page of analytics in a real browser: figures are read, opened and followed to the contacts that they count."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import update

from core import people
from core.database import Store, Work
from core.database.tables import deal, pipeline, stage, user
from tests.browser import axe, hostile
from tests.browser.conftest import Open, Picture, Serve
from tests.browser.hands import EVIL, choose, furnish, grid, selected, where
from tests.browser.talking import open_store
from tests.server import AppServer

DAYS = "from=2025-08-01&to=2026-01-02"
VIEWS = {
    "summary": ["value_by_stage", "flow", "forecast", "funnel"],
    "stages": ["funnel", "conversion", "time_in_stage", "velocity"],
    "outcomes": ["flow", "win_rate", "lost_reasons", "bridge"],
    "care": ["ageing", "gone_quiet", "unanswered"],
    "messages": ["volumes", "first_reply", "replies_by_step", "messages_to_quote", "messages_to_win"],
}
WORDS = {"summary": "Summary", "stages": "Stages", "outcomes": "Outcomes", "care": "Needs care", "messages": "Messages"}


@pytest.fixture(scope="module")
def running(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> AppServer:
    folder = tmp_path_factory.mktemp("analytics")
    furnish(folder)
    app = serve(folder)
    with open_store(app) as store:
        store.write(people.SYSTEM, _spoil)
    return app


def _spoil(work: Work) -> None:
    """A pipeline, a stage, an owner and a reason whose names are hostile."""
    for named in (pipeline, stage, user):
        work.conn.execute(update(named).where(named.c.id == 1).values(name=EVIL))
    work.conn.execute(update(deal).where(deal.c.lost_reason == "price").values(lost_reason=EVIL))
    work.record("test.spoil")


@pytest.fixture
def store(running: AppServer) -> Iterator[Store]:
    with open_store(running) as opened:
        yield opened


def block(page: Page, name: str) -> Locator:
    return page.locator(f".st-key-analytics-block-{name}")


def drawn(page: Page, *names: str) -> None:
    for name in names:
        expect(block(page, name).locator(".marks")).to_be_visible()


def open_table(page: Page, name: str) -> None:
    """The table behind a chart, once the page is drawn."""
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    block(page, name).get_by_text("Table", exact=True).click()
    expect(block(page, name).get_by_role("row").first).to_be_visible()


def test_a_number_opens_what_it_counts_and_its_contacts_in_the_inbox(
    running: AppServer, open_page: Open, picture: Picture
) -> None:
    page = open_page(f"{running.url}/analytics?{DAYS}")
    drawn(page, *VIEWS["summary"])
    picture(page, "analytics")
    behind = block(page, "value_by_stage")
    open_table(page, "value_by_stage")
    line = behind.get_by_role("row").filter(has_text="Quoted")
    n = line.get_by_role("link").first.inner_text()
    line.get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Deals by stage: Quoted, Open, Deals")).to_be_visible()
    expect(page.get_by_text(re.compile(f"^{n} deals?, "))).to_be_visible()
    assert "of=value_by_stage" in where(page)
    picture(page, "analytics-rows")
    button = page.get_by_role("button", name=re.compile("^Open these .* in the inbox$"))
    contacts = re.search(r"these ([\d,]+) contacts?", button.inner_text())
    assert contacts is not None
    button.click()
    grid(page)
    expect(selected(page)).to_contain_text(f"{contacts[1]} selected")
    page.go_back()
    expect(page.get_by_role("heading", name="Deals by stage: Quoted, Open, Deals")).to_be_visible()
    page.get_by_role("button", name="Back to the figures").click()
    drawn(page, "value_by_stage")


def test_what_is_asked_for_stands_in_the_address(running: AppServer, open_page: Open, picture: Picture) -> None:
    page = open_page(f"{running.url}/analytics?{DAYS}")
    drawn(page, "flow")
    choose(page, "Owner", "Nobody")
    about = page.locator(".st-key-analytics-about")
    expect(about).to_contain_text("owner nobody · days begin")
    choose(page, "Period", "Last month")
    expect(about).not_to_contain_text("Aug 2025")
    expect(about).to_contain_text(re.compile("^1 .* – .*, owner nobody"))
    page.wait_for_function("() => !location.search.includes('2025-08-01')")
    asked = where(page)
    assert "owner=0" in asked
    assert "from=" in asked
    page.go_back()
    expect(about).to_contain_text("1 Aug 2025 – 2 Jan 2026, owner nobody")
    page.goto(f"{running.url}/analytics{asked}")
    expect(page.get_by_role("combobox", name="Owner", exact=True)).to_have_value("Nobody")
    choose(page, "Broken down by", "Owner")
    expect(block(page, "flow")).to_contain_text("Nothing to show for these days and filters.")
    page.goto(f"{running.url}/analytics?{DAYS}&by=owner&view=nonsense")
    expect(page.get_by_text("Ignored in this link, because it cannot be used: view.")).to_be_visible()
    drawn(page, *VIEWS["summary"])
    picture(page, "analytics-by-owner")


def test_every_view_is_drawn_in_the_dark_on_a_phone_and_hostile_names_are_text(
    running: AppServer, open_page: Open, picture: Picture
) -> None:
    page = open_page(f"{running.url}/analytics?{DAYS}", viewport={"width": 400, "height": 860}, color_scheme="dark")
    for view, names in VIEWS.items():
        page.get_by_role("radio", name=WORDS[view]).click()
        drawn(page, *names)
        hostile.look(page)
        picture(page, f"analytics-{view}-400-dark")
    page.go_back()
    page.set_viewport_size({"width": 1280, "height": 1500})
    page.get_by_role("radio", name="Stages").click()
    drawn(page, "funnel")
    open_table(page, "funnel")
    expect(block(page, "funnel").get_by_role("row").nth(1)).to_contain_text(EVIL)
    hostile.look(page)
    picture(page, "analytics-stages-dark")


def test_figures_are_checked_against_their_rows_refreshed_and_taken_along(
    running: AppServer, store: Store, open_page: Open, picture: Picture
) -> None:
    page = open_page(f"{running.url}/analytics?{DAYS}&view=check")
    page.get_by_role("button", name="Check now").click()
    expect(page.get_by_text("Every figure equals its rows.")).to_be_visible()
    checked = page.locator(".st-key-analytics-page").get_by_role("row").filter(has_text="Texts by hour and weekday")
    expect(checked).to_contain_text("672672")
    picture(page, "analytics-check")
    page.goto(f"{running.url}/analytics?{DAYS}&view=outcomes")
    drawn(page, "lost_reasons")
    with page.expect_download() as taken:
        block(page, "lost_reasons").get_by_role("button", name="CSV").click()
    assert taken.value.suggested_filename == "lost_reasons.csv"
    assert taken.value.path().read_bytes().startswith(b"reason,deals,amount_cents,unquoted\r\n")
    block(page, "lost_reasons").locator(".marks").hover()
    with page.expect_download() as taken:
        block(page, "lost_reasons").get_by_role("button", name=re.compile("^Download as PNG")).click()
    assert taken.value.path().read_bytes().startswith(b"\x89PNG")
    aged = block(page, "flow").get_by_text(re.compile("^As of "))
    before = aged.inner_text()
    store.write(people.SYSTEM, lambda work: work.record("test.write"))
    block(page, "flow").get_by_role("button", name="Refresh").click()
    expect(aged).not_to_have_text(before)


def test_a_screen_reader_finds_its_way_and_the_summary_prints_to_one_page_without_anything_to_press(
    running: AppServer, open_page: Open
) -> None:
    page = open_page(f"{running.url}/analytics?{DAYS}")
    drawn(page, *VIEWS["summary"])
    assert axe.violations(page) == []
    printed = page.pdf(format="A4", print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Refresh")).to_have_count(0)
    expect(page.get_by_role("combobox", name="Owner")).to_have_count(0)
    expect(page.get_by_role("heading", name="Funnel")).to_be_visible()
