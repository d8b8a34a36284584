"""Writing a text in a real browser: drafts, templates, fields, times, and taking it back."""

import re
import time

import pytest
from playwright.sync_api import expect

from core import templates
from core.people import local_actor
from tests.browser.conftest import Open, Picture, Serve
from tests.browser.hands import furnish
from tests.browser.talking import come, drafts, field, open_store, out, sent, talk_to
from tests.server import AppServer


@pytest.fixture(scope="module")
def app(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> AppServer:
    folder = tmp_path_factory.mktemp("talk")
    furnish(folder)
    running = serve(folder)
    with open_store(running) as store:
        for title, shortcut, folder_name in (
            ("Cafe", "caf", ""),
            ("Hello again", "hi", "A"),
            ("Hello twice", "hi", "B"),
        ):
            body = f"{title} {{first_name|there}}, your agent {{my_name}}"
            store.write(local_actor(store), templates.add, templates.Draft(title, body, shortcut, folder_name, False))
    return running


def wait_for(app: AppServer, contact_id: int, body: str, status: str) -> None:
    end = time.monotonic() + 30
    while sent(app, contact_id, body) != [status]:
        assert time.monotonic() < end, sent(app, contact_id, body)
        time.sleep(0.2)


def test_a_text_is_written_sent_and_delivered(app: AppServer, open_page: Open, picture: Picture) -> None:
    page = open_page(app.url)
    id_ = talk_to(app, page, 2)
    field(page).fill("Good morning, all well?")
    field(page).press("Control+Enter")
    waits = page.locator(".message.waits")
    expect(waits).to_contain_text("sending in")
    expect(field(page)).to_have_value("")
    picture(page, "talk_sending")
    wait_for(app, id_, "Good morning, all well?", "delivered")
    last = page.locator(".message.out", has_text="Good morning, all well?")
    expect(last).to_contain_text("delivered")
    expect(waits).to_have_count(0)
    expect(last).to_have_count(1)


def test_undo_brings_the_text_back_into_the_field(app: AppServer, open_page: Open) -> None:
    page = open_page(app.url)
    id_ = talk_to(app, page, 3)
    field(page).fill("Too early")
    page.get_by_role("button", name="Send", exact=True).click()
    page.locator(".message.waits").get_by_role("button", name="Undo").dblclick()
    expect(field(page)).to_have_value("Too early")
    expect(page.locator(".message.waits")).to_have_count(0)
    page.wait_for_timeout(1_000)
    expect(page.get_by_text("This text is on its way")).to_have_count(0)
    assert out(app, id_) == [("cancelled", "Too early")]
    page.reload()
    expect(field(page)).to_have_value("Too early")


def test_a_double_press_writes_one_text(app: AppServer, open_page: Open) -> None:
    page = open_page(app.url)
    id_ = talk_to(app, page, 4)
    field(page).fill("Once")
    page.get_by_role("button", name="Send", exact=True).dblclick()
    expect(page.locator(".message.waits")).to_have_count(1)
    field(page).press("Control+Enter")
    time.sleep(1)
    assert [body for _, body in out(app, id_)] == ["Once"]


def test_a_draft_outlives_reloads_and_other_conversations(app: AppServer, open_page: Open) -> None:
    page = open_page(app.url)
    first = talk_to(app, page, 5)
    field(page).fill("A thought of mine")
    second = talk_to(app, page, 6)  # a new document: the tab was as good as closed
    field(page).press_sequentially("Another", delay=5)
    page.locator(".st-key-reader-next button").first.click()
    expect(field(page)).not_to_have_value("Another")
    page.locator(".st-key-reader-previous button").first.click()
    expect(field(page)).to_have_value("Another")
    page.goto(f"{app.url}/contact?c={first}")
    expect(field(page)).to_have_value("A thought of mine")
    assert drafts(app, second) == "Another"


def test_a_shortcut_becomes_its_template_and_a_clash_asks(app: AppServer, open_page: Open, picture: Picture) -> None:
    page = open_page(app.url)
    talk_to(app, page, 9)
    for key in ("Space", "Tab", "Enter"):
        field(page).fill("")
        field(page).press_sequentially("Caf")
        field(page).press(key)
        expect(field(page)).to_have_value(re.compile(r"^Cafe \S.*, your agent Local user$"))
    field(page).fill("")
    field(page).press_sequentially("see https://example.org/caf")
    field(page).press("Space")
    expect(field(page)).to_have_value("see https://example.org/caf ")
    field(page).fill("")
    field(page).press_sequentially("well hi")
    field(page).press("Tab")
    expect(page.get_by_role("listbox").get_by_role("option")).to_have_count(2)
    picture(page, "talk_clash")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(field(page)).to_have_value(re.compile("^well Hello twice "))
    page.keyboard.press("Control+z")
    expect(field(page)).to_have_value("well hi")


def test_a_template_is_found_by_title_and_counts_its_use(app: AppServer, open_page: Open) -> None:
    page = open_page(app.url)
    id_ = talk_to(app, page, 10)
    page.get_by_role("button", name="Template", exact=True).click()
    page.keyboard.type("cafe")
    expect(page.get_by_role("listbox").get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(field(page)).to_have_value(re.compile("^Cafe "))
    field(page).press("Control+Enter")
    expect(page.locator(".message.waits")).to_contain_text("template")
    assert [state for state, _ in out(app, id_)] == ["scheduled"]
    with open_store(app) as store, store.read() as reader:
        assert {each.title: each.use_count for each in templates.find(reader, 1)}["Cafe"] == 1


def test_a_field_without_a_value_stops_the_text_and_the_cost_is_said(app: AppServer, open_page: Open) -> None:
    page = open_page(app.url)
    talk_to(app, page, 11)
    send = page.get_by_role("button", name="Send", exact=True)
    field(page).fill("Your {policy} is ready")
    expect(page.locator(".composer .lacks")).to_contain_text("{policy} has no value")
    expect(page.locator(".composer .missing")).to_have_text("{policy}")
    expect(send).to_be_disabled()
    field(page).fill("Your {policy|policy} is ready 👍")
    expect(page.locator(".composer .cost")).to_contain_text("Unicode because of “👍”")
    expect(send).to_be_enabled()


def test_a_text_for_later_can_be_cancelled_or_hurried(app: AppServer, open_page: Open, picture: Picture) -> None:
    page = open_page(app.url)
    id_ = talk_to(app, page, 12)
    for body in ("Not so soon", "Perhaps sooner"):
        field(page).fill(body)
        page.get_by_role("button", name="Later", exact=True).click()
        page.get_by_role("button", name="Tomorrow 9:00").click()
        picture(page, "talk_later")
        page.get_by_role("button", name="Schedule", exact=True).click()
        expect(page.locator(".message.waits", has_text=body)).to_contain_text("scheduled for")
    page.locator(".message.waits", has_text="Not so soon").get_by_role("button", name="Cancel").click()
    expect(page.locator(".message.waits")).to_have_count(1)
    page.get_by_role("button", name="Send now").click()
    expect(page.locator(".message.out", has_text="Perhaps sooner")).to_contain_text("delivered")
    assert out(app, id_) == [("cancelled", "Not so soon"), ("sent", "Perhaps sooner")]


def test_who_has_opted_out_cannot_be_texted(app: AppServer, open_page: Open, picture: Picture) -> None:
    page = open_page(app.url)
    id_ = talk_to(app, page, 13)
    come(app, id_, "Please stop texting me")
    page.get_by_role("button", name="Record the opt-out").click()
    page.get_by_role("button", name="This cannot be undone").click()
    expect(page.locator(".composer .notice")).to_contain_text("They have opted out")
    expect(field(page)).to_be_hidden()
    picture(page, "talk_opted_out")


def test_by_keyboard_alone_and_with_names_for_all(app: AppServer, open_page: Open) -> None:
    page = open_page(app.url)
    id_ = talk_to(app, page, 18)
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("r")
    page.keyboard.press("Tab")  # to the template button
    page.keyboard.press("Enter")
    page.keyboard.type("cafe")
    page.keyboard.press("Enter")
    expect(field(page)).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".message.waits")).to_have_count(1)
    assert [state for state, _ in out(app, id_)] == ["scheduled"]
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator(".st-key-reader-name")).to_have_count(0)
