"""A contact is put into a pipeline in a real browser: stage, amount as typed, and its history afterwards."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from core import conversations, pipelines
from core.database import Store
from core.database.tables import conversation
from tests.browser.conftest import Open, Picture, Serve
from tests.browser.hands import choose, furnish, grid, strip
from tests.server import AppServer


@pytest.fixture(scope="module")
def running(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> AppServer:
    folder = tmp_path_factory.mktemp("pipeline")
    furnish(folder, 120)
    return serve(folder)


@pytest.fixture
def store(running: AppServer) -> Iterator[Store]:
    with closing(Store.open(f"sqlite:///{running.data_dir / 'talkdeck.db'}")) as opened:
        yield opened


def test_a_contact_is_put_into_a_stage_with_the_amount_that_was_quoted_and_then_lost(
    running: AppServer, store: Store, open_page: Open, picture: Picture
) -> None:
    c = conversation.c
    with store.read() as reader:
        wanted = select(c.id).where(c.deal_count == 0, c.is_archived == 0).order_by(c.activity_key.desc()).limit(1)
        id_ = int(reader.execute(wanted).scalar_one())
        offered = pipelines.find(reader)[0]
    first = next(stage.name for stage in offered.stages if stage.kind == "open")
    lost = next(stage.name for stage in offered.stages if stage.kind == "lost")
    page = open_page(f"{running.url}/?c={id_}")
    grid(page)
    page.get_by_role("button", name="Set pipeline and stage").click()
    choose(page, "Stage", first)
    page.get_by_role("textbox", name="Amount quoted (optional)").fill("$1250.50")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(strip(page)).to_contain_text(f"moved 1 conversation to {offered.name}: {first}")
    expect(page.get_by_text("$1,250.50").first).to_be_visible()
    page.get_by_role("button", name="Set pipeline and stage").click()
    expect(page.get_by_role("textbox", name="Amount quoted (optional)")).to_have_value("1,250.50")
    choose(page, "Stage", lost)
    page.get_by_role("textbox", name="Why was it lost? (optional)").fill("too dear")
    expect(page.get_by_role("checkbox", name="Stop their workflows and redrips")).to_be_checked()
    picture(page, "pipeline-dialog")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(strip(page)).to_contain_text(f"moved 1 conversation to {offered.name}: {lost}")
    with store.read() as reader:
        [deal] = conversations.get(reader, id_).deals
    assert (deal.outcome, deal.amount_cents, deal.lost_reason) == ("lost", 125_050, "too dear")
    page.get_by_role("button", name="Set pipeline and stage").click()
    page.get_by_role("dialog").get_by_text("History").click()
    expect(page.get_by_role("dialog")).to_contain_text(f"{first}: less than an hour, from")
