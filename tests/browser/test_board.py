"""The board in a real browser: cards dragged, moved by keys and by menu, several at once, won, lost, and taken back."""

import re
from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import func, select

from core import bulk, people, pipelines
from core import undo as undo_
from core.database import Store
from core.database.tables import deal
from core.pipelines import Pipeline, Stage
from tests.browser.conftest import Open, Picture, Serve
from tests.browser.hands import furnish, go, selected, strip, until
from tests.server import AppServer


@pytest.fixture(scope="module")
def running(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> AppServer:
    folder = tmp_path_factory.mktemp("board")
    furnish(folder, 600)
    return serve(folder)


@pytest.fixture
def store(running: AppServer) -> Iterator[Store]:
    with closing(Store.open(f"sqlite:///{running.data_dir / 'talkdeck.db'}")) as opened:
        yield opened


@pytest.fixture
def sale(store: Store) -> Pipeline:
    """The pipeline that the board shows first."""
    with store.read() as reader:
        return pipelines.find(reader)[0]


def column(page: Page, stage: Stage) -> Locator:
    """By the name, which is followed by what the column says of itself."""
    return page.get_by_role("region", name=re.compile(f"^{re.escape(stage.name)}, "))


def cards(page: Page, stage: Stage) -> Locator:
    return column(page, stage).locator(".card")


def held(store: Store, stage: Stage) -> int:
    with store.read() as reader:
        return int(reader.execute(select(func.count()).where(deal.c.stage_id == stage.id)).scalar_one())


def name_of(card: Locator) -> str:
    return card.locator(".name").inner_text()


def first_two(sale: Pipeline) -> tuple[Stage, Stage]:
    first, second = [stage for stage in sale.stages if stage.kind == "open"][:2]
    return first, second


def closed(sale: Pipeline, kind: str) -> Stage:
    return next(stage for stage in sale.stages if stage.kind == kind)


def lose_one(store: Store, sale: Pipeline) -> int:
    """Somebody else closes a deal of the first stage."""
    wanted = select(deal.c.contact_id, deal.c.id).where(deal.c.stage_id == first_two(sale)[0].id)
    with store.read() as reader:
        contact_id, id_ = reader.execute(wanted.limit(1)).one()
    action = bulk.action("move", stage_id=closed(sale, "lost").id, deal_ids=[id_])
    return bulk.start(store, people.local_actor(store), action, bulk.choose("ticked", [contact_id]))


def undo(page: Page, store: Store, stage: Stage, n: int) -> None:
    strip(page).get_by_role("button", name="Undo").click()
    until(page, lambda: held(store, stage) == n)
    expect(column(page, stage).locator(".count")).to_have_text(f"{n} deals")


def test_a_card_is_dragged_into_another_stage_and_the_undo_brings_it_back(
    running: AppServer, store: Store, sale: Pipeline, open_page: Open, picture: Picture
) -> None:
    first, second = first_two(sale)
    before = held(store, second)
    page = open_page(running.url)
    go(page, "Pipeline", "Board")
    expect(column(page, second).locator(".count")).to_have_text(f"{before} deals")
    picture(page, "board")
    card = cards(page, first).first
    name = name_of(card)
    card.drag_to(column(page, second))
    expect(strip(page)).to_contain_text(f"moved 1 conversation to {sale.name}: {second.name}")
    expect(column(page, second).locator(".count")).to_have_text(f"{before + 1} deals")
    expect(cards(page, second).first).to_contain_text(name)
    assert held(store, second) == before + 1
    undo(page, store, second, before)


def test_everything_is_done_by_keys(
    running: AppServer, store: Store, sale: Pipeline, open_page: Open, picture: Picture
) -> None:
    first, second = first_two(sale)
    lost = closed(sale, "lost")
    n = {stage.id: held(store, stage) for stage in sale.stages}
    page = open_page(f"{running.url}/board")
    card = cards(page, first).nth(1)
    name = name_of(card)
    cards(page, first).first.focus()
    page.keyboard.press("ArrowDown")
    expect(card).to_be_focused()
    page.keyboard.press("Shift+ArrowRight")
    until(page, lambda: held(store, second) == n[second.id] + 1)
    moved = cards(page, second).first
    expect(moved).to_contain_text(name)
    expect(moved).to_be_focused()
    undo(page, store, second, n[second.id])
    cards(page, first).first.focus()
    page.keyboard.press("l")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(f"{name_of(cards(page, first).first)}: {lost.name}.")
    dialog.get_by_role("combobox", name="Why? (optional)").fill("too dear")
    page.keyboard.press("Enter")
    picture(page, "board-lost")
    dialog.get_by_role("button", name="Lost", exact=True).click()
    expect(strip(page)).to_contain_text(f"moved 1 conversation to {sale.name}: {lost.name}")
    with store.read() as reader:
        newest = select(deal.c.lost_reason).where(deal.c.stage_id == lost.id).order_by(deal.c.changed_at.desc())
        assert reader.execute(newest.limit(1)).scalar_one() == "too dear"
    undo(page, store, lost, n[lost.id])


def test_several_cards_go_together(
    running: AppServer, store: Store, sale: Pipeline, open_page: Open, picture: Picture
) -> None:
    first, second = first_two(sale)
    n = held(store, second)
    page = open_page(f"{running.url}/board")
    cards(page, first).first.focus()
    page.keyboard.press("x")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("x")
    expect(page.get_by_text("2 deals selected")).to_be_visible()
    page.keyboard.press("m")
    expect(page.get_by_role("button", name=second.name, exact=True)).to_be_visible()
    picture(page, "board-menu")
    page.get_by_role("button", name=second.name, exact=True).press("Enter")
    until(page, lambda: held(store, second) == n + 2)
    undo(page, store, second, n)
    expect(page.get_by_text("2 deals selected")).to_have_count(0)


def test_a_column_loads_when_it_is_read_and_all_of_it_moves_after_a_look(
    running: AppServer, store: Store, sale: Pipeline, open_page: Open
) -> None:
    lost, won = closed(sale, "lost"), closed(sale, "won")
    n = held(store, lost)
    page = open_page(f"{running.url}/board?pipeline={sale.id}")
    expect(column(page, lost).locator(".count")).to_have_text(f"{n} deals")
    expect(cards(page, lost)).to_have_count(0)
    column(page, lost).get_by_role("button", name=f"Show {lost.name}").click()
    expect(cards(page, lost)).to_have_count(min(n, 40))
    while n > cards(page, lost).count():
        at = cards(page, lost).count()
        column(page, lost).locator(".rest").scroll_into_view_if_needed()
        until(page, lambda at=at: cards(page, lost).count() > at)  # type: ignore[misc]
    expect(cards(page, lost)).to_have_count(n)
    column(page, lost).get_by_role("button", name=f"All {n} deals of {lost.name}").click()
    page.get_by_role("button", name=won.name, exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(f"{n} deals: {won.name}.")
    dialog.get_by_role("button", name="Won", exact=True).click()
    until(page, lambda: held(store, lost) == 0)
    undo(page, store, lost, n)
    with store.read() as reader:
        contacts = reader.execute(select(func.count(deal.c.contact_id.distinct())).where(deal.c.stage_id == lost.id))
        n = contacts.scalar_one()
    column(page, lost).get_by_role("button", name=f"deals of {lost.name}").click()
    page.get_by_role("button", name="Open in Conversations").click()
    expect(selected(page)).to_contain_text(f"{n} selected")


def test_the_board_is_filtered_as_the_list_is_and_a_card_opens_its_contact(
    running: AppServer, store: Store, sale: Pipeline, open_page: Open
) -> None:
    first, _ = first_two(sale)
    with store.read() as reader:
        owner = reader.execute(
            select(deal.c.owner_id).where(deal.c.stage_id == first.id, deal.c.owner_id.is_not(None)).limit(1)
        ).scalar_one()
        n = reader.execute(
            select(func.count()).where(deal.c.stage_id == first.id, deal.c.owner_id == owner)
        ).scalar_one()
    page = open_page(f"{running.url}/board?pipeline={sale.id}&who=these&owner={owner}")
    expect(column(page, first).locator(".count")).to_have_text("1 deal" if n == 1 else f"{n} deals")
    page.get_by_role("button", name=re.compile("^Remove filter: owner")).click()
    n = held(store, first)
    expect(column(page, first).locator(".count")).to_have_text(f"{n} deals")
    event_id = lose_one(store, sale)
    page.get_by_role("button", name="The board has changed: show").click()
    expect(column(page, first).locator(".count")).to_have_text(f"{n - 1} deals")
    undo_.start(store, people.local_actor(store), event_id)
    page.get_by_role("button", name="The board has changed: show").click()
    expect(column(page, first).locator(".count")).to_have_text(f"{n} deals")
    card = cards(page, first).first
    name = name_of(card)
    card.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/contact\?c=\d+"))
    expect(page.locator(".st-key-reader-name")).to_contain_text(name)
    expect(page.locator(".card").get_by_text(f"{sale.name}: {first.name}").first).to_be_visible()
    page.go_back()
    expect(cards(page, first).first).to_be_visible()


def test_an_administrator_makes_stages_and_deletes_one_into_another(
    running: AppServer, store: Store, sale: Pipeline, open_page: Open, picture: Picture
) -> None:
    first, second = first_two(sale)
    n = held(store, first), held(store, second)
    page = open_page(f"{running.url}/pipelines")
    page.get_by_role("button", name="New stage").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Name").fill("Signing")
    dialog.get_by_role("button", name="Add", exact=True).click()
    expect(strip(page)).to_contain_text(f"added the stage Signing to {sale.name}")
    expect(page.get_by_text("Signing", exact=True)).to_be_visible()
    picture(page, "pipelines")
    page.locator(f".st-key-stages-change-{first.id} button").first.click()
    dialog.get_by_role("combobox", name="To delete it, move its deals to").click()
    page.get_by_role("option", name=second.name, exact=True).click()
    dialog.get_by_role("button", name=f"Delete and move {n[0]} deals").click()
    expect(strip(page)).to_contain_text(f"deleted the stage {first.name} and moved")
    until(page, lambda: (held(store, first), held(store, second)) == (0, n[0] + n[1]))
    go(page, "Pipeline", "Board")
    expect(column(page, second).locator(".count")).to_have_text(f"{n[0] + n[1]} deals")
    expect(column(page, first)).to_have_count(0)
    strip(page).get_by_role("button", name="Undo").click()
    expect(column(page, first).locator(".count")).to_have_text(f"{n[0]} deals")
