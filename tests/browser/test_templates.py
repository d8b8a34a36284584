"""Templates in a real browser: made with a preview while they are typed; counting is the same as in core."""

import random
from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Page, expect

from core import people, sms, templates, words
from core.database import Store
from core.templates import Draft, Template
from tests.browser.conftest import Open, Picture, Serve
from tests.browser.hands import EVIL, furnish, strip
from tests.server import AppServer

RULES = "/_stcore/bidi-components/talkdeck.wording/sms.js"
PIECES = [
    *"abé€^😀“\n中ǅ{}|", "{first_name}", "{last_name|there}", "{{ First  Name }}", "{x", "{Ünknown}", "{constructor}",
    "a" * 40,
]  # fmt: skip


@pytest.fixture(scope="module")
def running(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> AppServer:
    folder = tmp_path_factory.mktemp("templates")
    furnish(folder, 100)
    return serve(folder)


@pytest.fixture
def store(running: AppServer) -> Iterator[Store]:
    with closing(Store.open(f"sqlite:///{running.data_dir / 'talkdeck.db'}")) as opened:
        yield opened


def found(store: Store, title: str) -> list[Template]:
    with store.read() as reader:
        listed = templates.find(reader, people.local_actor(store).id, include_retired=True)
    return [each for each in listed if each.title == title]


def open_templates(running: AppServer, open_page: Open) -> Page:
    """Once it is drawn; before, a server that has just begun does not know its components."""
    page = open_page(running.url + "/templates")
    expect(page.get_by_role("button", name="New template")).to_be_visible()
    return page


def write(page: Page, text: str) -> None:
    page.get_by_label("Text", exact=True).press_sequentially(text)


def test_a_template_is_written_with_its_cost_and_preview_beside_it_and_taken_back(
    running: AppServer, store: Store, open_page: Open, picture: Picture
) -> None:
    page = open_page(running.url + "/templates")
    page.get_by_role("button", name="New template").click()
    page.get_by_label("Title", exact=True).fill("Check in")
    page.get_by_role("textbox", name="Shortcut (optional)").fill("CI")
    write(page, "Hi ")
    page.get_by_role("button", name="City", exact=True).click()
    expect(page.get_by_text("1 segment ·")).to_be_visible()
    write(page, " “ok” {nope}")
    expect(page.get_by_text("Unicode because of ““” “””")).to_be_visible()
    expect(page.get_by_text("{nope} has no value here")).to_be_visible()
    picture(page, "template-form")
    page.get_by_role("button", name="Add", exact=True).click()  # at once, while the last letters are on their way
    expect(page.get_by_role("button", name="Change Check in")).to_be_visible()
    [made] = found(store, "Check in")
    assert (made.shortcut, made.body, made.is_retired) == ("ci", "Hi {city} “ok” {nope}", False)
    strip(page).get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Change Check in")).to_have_count(0)
    assert found(store, "Check in")[0].is_retired


def test_a_template_is_changed_and_retired(running: AppServer, store: Store, open_page: Open) -> None:
    store.write(people.local_actor(store), templates.add, Draft("<b>Odd</b>", EVIL, folder=EVIL[:60]))
    page = open_page(running.url + "/templates")
    page.get_by_role("textbox", name="Search").fill("onerror")
    page.keyboard.press("Enter")
    change = page.get_by_role("button", name="Change <b>Odd</b>")
    change.click()
    expect(page.get_by_label("Text", exact=True)).to_have_value(EVIL)
    page.get_by_label("Text", exact=True).fill("tame")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(change).to_have_count(0)
    assert found(store, "<b>Odd</b>")[0].body == "tame"
    page.get_by_role("textbox", name="Search").fill("tame")
    page.keyboard.press("Enter")
    change.click()
    page.get_by_role("button", name="Retire", exact=True).click()
    expect(change).to_have_count(0)
    assert page.evaluate("window.hit") is None


def test_the_browser_counts_and_fills_as_core_does(running: AppServer, open_page: Open) -> None:
    draw = random.Random(5)
    texts = ["".join(draw.choices(PIECES, k=draw.randrange(60))) for _ in range(400)]
    texts += [character * n for character in "a€中😀" for n in (1, 35, 67, 70, 71, 80, 134, 153, 160, 161, 306, 307)]
    values = {"first_name": "Ann {last_name}", "last_name": " ", "unknown": "known"}
    page = open_templates(running, open_page)
    script = """async ([url, texts, values]) => {
        const rules = await import(url);
        return texts.map((text) => [rules.count(text), rules.pieces(text, values)]);
    }"""
    for text, (counted, pieces) in zip(texts, page.evaluate(script, [RULES, texts, values]), strict=True):
        wanted = sms.count(text)
        assert counted == {
            "encoding": wanted.encoding,
            "units": wanted.units,
            "segments": wanted.segments,
            "left": wanted.left,
            "forcedBy": list(wanted.forced_by),
        }, text
        filled = sms.fill(text, values)
        assert "".join(piece["text"] for piece in pieces) == filled.text, text
        missing = dict.fromkeys(piece["text"] for piece in pieces if piece["kind"] == "missing")
        assert tuple(missing) == filled.missing, text


def test_the_browser_folds_as_core_does(running: AppServer, open_page: Open) -> None:
    letters = [chr(n) for n in (*range(0x20, 0x590), *range(0x1E00, 0x2000), *range(0x1D400, 0x1D7FF))]
    texts = [*letters, "Grüße", "GRÜSSE", "ΟΔΟΣ", "οδός", "ılık", "İzmir", "ﬃ", "Straße 中😀"]
    page = open_templates(running, open_page)
    script = "async ([url, texts]) => { const rules = await import(url); return texts.map(rules.fold); }"
    assert page.evaluate(script, [RULES, texts]) == [words.fold(text) for text in texts]
