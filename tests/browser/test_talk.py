"""One conversation in a real browser: reading it, answering it, and what comes in meanwhile."""

import io
import re
import time

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from core import templates
from core.people import local_actor
from tests.browser.conftest import Open, Picture, Serve
from tests.browser.hands import EVIL, furnish
from tests.browser.talking import bodies, come, drafts, field, open_store, out, sent, talk_to
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
    page.locator(".message.waits").get_by_role("button", name="Undo").click()
    expect(field(page)).to_have_value("Too early")
    expect(page.locator(".message.waits")).to_have_count(0)
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


def test_what_comes_in_is_shown_while_somebody_types(app: AppServer, open_page: Open) -> None:
    page = open_page(app.url)
    id_ = talk_to(app, page, 7)
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("r")
    typed = "I am still typing this long answer, letter by letter, without a pause"
    begun = typed[:20]
    page.keyboard.type(begun, delay=10)
    come(app, id_, "And here is my question")
    page.keyboard.type(typed[20:], delay=60)
    expect(page.locator(".thread .message.in").last).to_contain_text("And here is my question")
    expect(field(page)).to_have_value(typed)
    expect(field(page)).to_be_focused()
    expect(page.get_by_role("status").filter(has_text="New message: And here is my question")).to_be_attached()


def test_it_opens_at_the_first_unread_message(app: AppServer, open_page: Open, picture: Picture) -> None:
    page = open_page(app.url)
    id_ = talk_to(app, page, 8)
    page.goto("about:blank")
    for n in range(15):
        come(app, id_, f"Unread {n}\n" + "and more of it " * 12)
    page.goto(f"{app.url}/?c={id_}")
    expect(page.locator(".thread .new")).to_contain_text("new messages")
    expect(page.locator(".thread .new")).to_be_in_viewport()
    expect(page.locator(".thread .message").last).not_to_be_in_viewport()
    picture(page, "talk_unread")
    field(page).fill("Thanks for all of these")
    field(page).press("Control+Enter")
    expect(page.locator(".thread .new")).to_have_count(0)


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
    expect(page.get_by_role("option")).to_have_count(2)
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
    expect(page.get_by_role("option")).to_have_count(1)
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


def test_a_picture_message_is_shown(app: AppServer, open_page: Open, picture: Picture) -> None:
    page = open_page(app.url)
    id_ = talk_to(app, page, 14)
    data = io.BytesIO()
    Image.new("RGB", (800, 600), (180, 90, 20)).save(data, "JPEG")
    come(app, id_, "My car", [data.getvalue(), b"<script>top.hit=1</script>"])
    shown = page.locator(".thread img")
    expect(shown).to_be_visible()
    assert shown.evaluate("each => each.decode().then(() => each.naturalWidth)") == 480
    expect(page.locator(".thread .file")).to_contain_text("file")
    picture(page, "talk_picture")


def test_links_are_safe_and_texts_stay_text(app: AppServer, open_page: Open) -> None:
    page = open_page(app.url)
    id_ = talk_to(app, page, 15)
    come(app, id_, f"See https://example.org/a?b=1, or javascript:alert(1) {EVIL}")
    link = page.locator(".thread .message").last.locator("a")
    expect(link).to_have_count(2)
    assert link.first.get_attribute("href") == "https://example.org/a?b=1"
    assert {each.get_attribute("rel") for each in link.all()} == {"noopener noreferrer"}
    assert page.evaluate("window.hit") is None


def test_events_stand_between_the_messages_and_can_be_hidden(app: AppServer, open_page: Open) -> None:
    page = open_page(app.url)
    talk_to(app, page, 16)
    page.locator(".st-key-reader-hot button, .st-key-reader-not_hot button").first.click()
    expect(page.locator(".thread .event").last).to_contain_text("hot")
    page.get_by_label("Events").uncheck()
    expect(page.locator(".thread .event")).to_have_count(0)
    page.reload()
    expect(page.locator(".thread .message").first).to_be_visible()
    expect(page.locator(".thread .event")).to_have_count(0)
    page.get_by_label("Events").check()
    expect(page.locator(".thread .event").last).to_contain_text("hot")


def search(page: Page, text: str) -> None:
    page.get_by_label("Search in this conversation").fill(text)
    page.get_by_label("Search in this conversation").press("Enter")


def test_a_long_thread_is_searched_as_a_whole(app: AppServer, open_page: Open, picture: Picture) -> None:
    page = open_page(app.url)
    id_ = talk_to(app, page, 17)
    for n in range(230):
        come(app, id_, f"Needle {n}" if n in (3, 120, 228) else f"Hay {n}")
    field(page).fill("Enough of that")  # from now on the conversation is read
    field(page).press("Control+Enter")
    expect(page.locator(".message.waits")).to_have_count(1)
    page.reload()
    expect(page.locator(".thread .message").last).to_contain_text("Enough of that")
    expect(page.locator(".thread .message", has_text=re.compile("Needle 3$"))).to_have_count(0)
    search(page, "needle")
    expect(page.locator(".hits")).to_have_text("3 of 3")
    expect(page.locator(".message.current")).to_contain_text("Needle 228")
    page.get_by_role("button", name="Earlier hit").click()
    page.get_by_role("button", name="Earlier hit").click()
    expect(page.locator(".message.current")).to_contain_text("Needle 3")
    expect(page.locator(".message.current")).to_be_in_viewport()
    picture(page, "talk_search")
    search(page, "")
    expect(page.locator(".hits")).to_be_hidden()
    assert bodies(page)[-1] == "Enough of that"


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


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_everything_stands_below_each_other(
    app: AppServer, open_page: Open, picture: Picture, scheme: str
) -> None:
    page = open_page(app.url, viewport={"width": 400, "height": 860}, color_scheme=scheme)
    talk_to(app, page, 19)
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    picture(page, f"talk_phone_{scheme}")
