"""Every page and dialog can be read by eye and by a screen reader, in light and dark, wide and narrow: axe-core finds
nothing wrong with contrast (4.5), names, roles and labels.
"""

from contextlib import closing
from functools import partial

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from core import custom, people, workflows
from core.database import Store
from core.workflows import Draft, Step
from tests.browser.axe import violations
from tests.browser.conftest import Open, Scheme, Serve
from tests.browser.hands import furnish, grid
from tests.server import AppServer

SIZES: dict[str, ViewportSize] = {"1280": {"width": 1280, "height": 860}, "400": {"width": 400, "height": 800}}
Way = tuple[Scheme, str]
WAYS: tuple[Way, ...] = (("light", "1280"), ("dark", "400"), ("light", "400"), ("dark", "1280"))
IN_SHORT = WAYS[:2]
"""Each theme and each width once; all four at full figures."""

PLACES = {
    "board": ("in open stages of", ""),
    "pipelines": ("New lead", "New pipeline"),
    "cleanup": ("New rule", "New rule"),
    "workflows": ("My workflow", ""),
    "workflows?w=1": ("Rules", ""),
    "workflows?new=redrip": ("Save and switch on", ""),
    "templates": ("New template", "New template"),
    "tags": ("New tag", "New tag"),
    "history": ("filled in demo data", ""),
    "import": ("What do you want to import?", ""),
    "settings": ("Fields of contacts", "New field"),
}
"""A page, a word by which it is there, and the button of its dialog."""

OF_ONE = (
    ("button", "Tag"), ("button", "Stage"), ("button", "Follow up"), ("button", "EZ Workflow"), ("button", "EZ Redrip"),
    ("link", "EZ Call"), ("button", "Add a tag, workflow or redrip"), ("button", "Set pipeline and stage"),
    ("button", "Link with another contact of the same person"), ("button", "Template"),
)  # fmt: skip
CONTACT = 5


@pytest.fixture(scope="module")
def app(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> AppServer:
    folder = tmp_path_factory.mktemp("access")
    furnish(folder, 120)
    with closing(Store.open(f"sqlite:///{folder / 'talkdeck.db'}")) as store:
        actor = people.local_actor(store)
        for kind in ("workflow", "redrip"):
            steps = Step("wait", wait_seconds=86_400), Step("send", "Still there?")
            store.write(actor, workflows.add, Draft(f"My {kind}", kind, steps))  # type: ignore[arg-type]
        store.write(actor, custom.add, "Roof", "choice", ["slate", "tin"])
    return serve(folder)


def settled(page: Page) -> list[str]:
    """What is wrong once nothing fades in or out any more."""
    page.wait_for_function("() => document.getAnimations().every((each) => each.playState !== 'running')")
    return violations(page)


def close(page: Page) -> None:
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_what_cannot_be_read_is_found(app: AppServer, open_page: Open) -> None:
    page = open_page(app.url)
    frame = grid(page)
    spoil = "(node) => { node.style.color = '#ccc'; node.style.background = '#fff'; }"
    frame.locator(".time").first.evaluate(spoil)
    page.get_by_role("button", name="New contact").evaluate("(node) => { node.replaceChildren(); }")
    assert {line.split(":")[0] for line in settled(page)} == {"color-contrast", "button-name"}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "way" in metafunc.fixturenames:
        metafunc.parametrize("way", WAYS if metafunc.config.getoption("--full") else IN_SHORT, ids="-".join)


@pytest.fixture
def look(way: Way, open_page: Open) -> Open:
    """Opens a page in one theme and one width."""
    scheme, width = way
    return partial(open_page, viewport=SIZES[width], color_scheme=scheme)


def test_every_page_can_be_read(app: AppServer, look: Open) -> None:
    page = look(app.url)
    grid(page)
    found = {"list": settled(page)}
    page.get_by_role("button", name="New contact").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    found["New contact"] = settled(page)
    for place, (sign, dialog) in PLACES.items():
        page.goto(f"{app.url}/{place}")
        expect(page.get_by_text(sign).first).to_be_visible()
        found[place] = settled(page)
        if dialog:
            page.get_by_role("button", name=dialog).click()
            expect(page.get_by_role("dialog")).to_be_visible()
            found[dialog] = settled(page)
    assert not {where: wrong for where, wrong in found.items() if wrong}


def test_a_conversation_and_its_dialogs_can_be_read(app: AppServer, look: Open) -> None:
    page = look(f"{app.url}/contact?c={CONTACT}")
    expect(page.locator(".composer .area")).to_be_visible()
    found = {"contact": settled(page)}
    page.goto(f"{app.url}/?c={CONTACT}")
    expect(page.locator(".composer .area")).to_be_visible()
    expect(page.get_by_label("Notes")).to_be_visible()
    found["conversation"] = settled(page)
    for role, name in OF_ONE:
        page.locator(".st-key-reader").get_by_role(role, name=name, exact=True).click()  # type: ignore[arg-type]
        expect(page.get_by_role("dialog")).to_be_visible()
        found[name] = settled(page)
        close(page)
    assert not {where: wrong for where, wrong in found.items() if wrong}
