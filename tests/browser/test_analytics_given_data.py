"""Counts and sums of the given deals stand on the page of analytics to the cent, and so do their lists."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Open, Picture, Serve
from tests.browser.given import furnish
from tests.server import AppServer

EVER = "from=2016-01-01&to=2036-01-01"
"""Every day of the deals; one of the last days is still to come, so deals are shown as they stand now."""


@pytest.fixture(scope="module")
def app(serve: Serve, tmp_path_factory: pytest.TempPathFactory, given_data: Path) -> AppServer:
    folder = tmp_path_factory.mktemp("figures")
    furnish(folder, given_data)
    return serve(folder)


@pytest.fixture(scope="module")
def expected(given_data: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((given_data / "real" / "EXPECTED.json").read_text(encoding="utf-8"))
    deals: dict[str, Any] = found["star"]["deals"]
    return deals


def behind(page: Page, name: str) -> Locator:
    """The table behind a chart."""
    block = page.locator(f".st-key-analytics-block-{name}")
    expect(block.locator(".marks")).to_be_visible()
    block.get_by_text("Table", exact=True).click()
    expect(block.get_by_role("row").nth(1)).to_be_visible()
    return block


def money(amount: float) -> str:
    return f"${amount:,.2f}".removesuffix(".00")


def test_deals_by_stage_and_their_sums(
    app: AppServer, expected: dict[str, Any], open_page: Open, picture: Picture
) -> None:
    page = open_page(f"{app.url}/analytics?{EVER}")
    table = behind(page, "value_by_stage")
    quoted, unquoted = expected["amount_sum_by_stage"], 0
    for stage, n in expected["by_stage"].items():
        cells = table.get_by_role("row").filter(has_text=stage).first.get_by_role("cell").all_inner_texts()
        assert cells[0] == stage
        is_quoted = stage in ("Won", "Lost")
        assert cells[2:4] == [f"{n:,}", money(quoted[stage]) if is_quoted else "no amount"], stage
        unquoted += int(cells[4].replace(",", ""))
    assert unquoted == expected["amount_blank"]
    for label, shown in (
        ("Deals won", f"{expected['by_stage']['Won']:,}"),
        ("Deals lost", f"{expected['by_stage']['Lost']:,}"),
        ("Amount won", money(expected["amount_sum"])),
        ("Deals created", f"{expected['rows']:,}"),
    ):
        tile = page.get_by_test_id("stMetric").filter(has_text=label)
        expect(tile.get_by_test_id("stMetricValue")).to_have_text(shown)
    picture(page, "analytics-given")
    table.get_by_role("row").filter(has_text="Won").get_by_role("link").nth(1).click()
    words = f"{expected['by_stage']['Won']:,} deals, {money(expected['amount_sum'])} in all, "
    expect(page.get_by_text(re.compile("^" + re.escape(words)))).to_be_visible()


def test_deals_by_pipeline(app: AppServer, expected: dict[str, Any], open_page: Open, picture: Picture) -> None:
    page = open_page(f"{app.url}/analytics?{EVER}&by=pipeline")
    table = behind(page, "value_by_stage")
    counted: Counter[str] = Counter()
    for line in table.get_by_role("row").all()[1:]:
        cells = line.get_by_role("cell").all_inner_texts()
        counted[cells[0]] += int(cells[3].replace(",", ""))
    assert counted == expected["by_pipeline"]
    picture(page, "analytics-given-by-pipeline")
