"""No mouse: a contact is found, a note written, a template sent, a stage set by keys alone, and the focus is seen."""

import re
from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from core import conversations, people, pipelines, templates
from core.database import Store
from core.database.tables import conversation
from core.templates import Draft
from tests.browser.conftest import Open, Serve
from tests.browser.hands import furnish, grid, strip, until
from tests.browser.talking import out
from tests.server import AppServer

PRIMARY = "11, 98, 179"  # of the light theme
FOCUSED = """(paint) => {
  let node = document.activeElement;
  while (node && (node.shadowRoot || node.contentDocument)) {
    node = node.shadowRoot ? node.shadowRoot.activeElement : node.contentDocument.activeElement;
  }
  const chain = [];
  for (let each = node; each && chain.length < 7; each = each.parentElement) { chain.push(getComputedStyle(each)); }
  const isMarked = (style) => (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0)
    || [style.boxShadow, style.borderTopColor].some((each) => each.includes(paint));
  return { name: node.getAttribute('aria-label') || node.innerText || '', isSeen: chain.some(isMarked) };
}"""
MOST_STEPS = 40
TEMPLATE = "When may we look at the roof?"


@pytest.fixture(scope="module")
def app(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> AppServer:
    folder = tmp_path_factory.mktemp("keyboard")
    furnish(folder, 120)
    with closing(Store.open(f"sqlite:///{folder / 'talkdeck.db'}")) as store:
        store.write(people.local_actor(store), templates.add, Draft("Roof visit", TEMPLATE))
    return serve(folder)


@pytest.fixture
def store(app: AppServer) -> Iterator[Store]:
    with closing(Store.open(f"sqlite:///{app.data_dir / 'talkdeck.db'}")) as opened:
        yield opened


def focused(page: Page) -> str:
    """The name of what has the focus, which must be seen."""
    until(page, lambda: page.evaluate(FOCUSED, PRIMARY)["isSeen"])
    return str(page.evaluate(FOCUSED, PRIMARY)["name"])


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def go_to(page: Page, name: str) -> None:
    """Tab on until what is called so has the focus."""
    for _ in range(MOST_STEPS):
        page.keyboard.press("Tab")
        if re.search(name, focused(page)):
            return
    raise AssertionError(f"no tab stop is called {name}")


def find(page: Page, phone: str, id_: int) -> None:
    frame = grid(page)
    press(page, "/")
    assert focused(page) == "Search"
    page.keyboard.type(phone)
    press(page, "Enter")
    expect(frame.locator(".ag-row")).to_have_count(1)
    press(page, "Escape", "j")
    expect(frame.locator(f'.ag-row[row-id="{id_}"] .ag-cell-focus')).to_be_visible()
    focused(page)
    press(page, "Enter")
    expect(page.get_by_label("Notes")).to_be_visible()


def write_a_note(page: Page, words: str) -> None:
    press(page, "n")
    expect(page.get_by_label("Notes")).to_be_focused()
    focused(page)
    page.keyboard.type(words)
    expect(page.locator(".note .status")).to_contain_text("saved")
    press(page, "Escape")


def send_the_template(page: Page) -> None:
    press(page, "r")
    go_to(page, "^Template$")
    press(page, "Enter")
    page.keyboard.type("roof visit")
    press(page, "Enter")
    expect(page.locator(".composer .area")).to_have_value(TEMPLATE)
    press(page, "Control+Enter")
    expect(page.locator(".message.waits")).to_have_count(1)
    press(page, "Escape")


def set_the_stage(page: Page, name: str) -> None:
    press(page, "s")
    expect(page.get_by_role("dialog")).to_be_visible()
    go_to(page, "^Stage$")
    page.keyboard.type(name)
    press(page, "Enter")
    go_to(page, "^Save$")
    press(page, "Enter")
    expect(strip(page)).to_contain_text("moved 1 conversation to")


def test_a_days_work_by_keys_alone(app: AppServer, store: Store, open_page: Open) -> None:
    c = conversation.c
    with store.read() as reader:
        wanted = select(c.id).where(c.is_archived == 0, c.is_opted_out == 0, c.deal_count == 0).order_by(c.id).limit(1)
        id_ = int(reader.execute(wanted).scalar_one())
        phone = conversations.get(reader, id_).phone
        stages = pipelines.find(reader)[0].stages
    first = next(stage.name for stage in stages if stage.kind == "open")
    page = open_page(app.url)
    find(page, phone, id_)
    write_a_note(page, "prefers mornings")
    send_the_template(page)
    set_the_stage(page, first)
    with store.read() as reader:
        found = conversations.get(reader, id_)
    assert found.note == "prefers mornings"
    assert [body for _, body in out(app, id_)] == [TEMPLATE]
    assert [deal.stage for deal in found.deals] == [first]
