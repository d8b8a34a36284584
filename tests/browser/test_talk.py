"""One conversation in a real browser: what is read in it, and what comes in meanwhile."""

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, Picture, Serve
from tests.browser.hands import EVIL, furnish, grid, names, receive
from tests.browser.talking import bodies, come, field, open_store, talk_to
from tests.server import AppServer


@pytest.fixture(scope="module")
def app(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> AppServer:
    folder = tmp_path_factory.mktemp("talk")
    furnish(folder)
    return serve(folder)


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


def test_what_comes_in_waits_until_a_dialog_is_closed(app: AppServer, open_page: Open) -> None:
    page = open_page(app.url)
    id_ = talk_to(app, page, 25)
    page.get_by_role("link", name="EZ Call").click()
    noted = page.get_by_role("dialog").get_by_label("Note", exact=True)
    noted.click()
    page.keyboard.type("wants to be called")
    come(app, id_, "Are you there?")
    page.wait_for_timeout(5_000)  # two looks at what came in
    page.keyboard.type(" on Monday")
    expect(noted).to_have_value("wants to be called on Monday")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator(".thread .message.in").last).to_contain_text("Are you there?")


def test_what_comes_in_elsewhere_is_announced_beside_the_list(app: AppServer, open_page: Open) -> None:
    page = open_page(app.url)
    id_ = talk_to(app, page, 30)
    page.goto(app.url)
    before = names(grid(page))
    come(app, id_, "Somebody there?")
    show = page.get_by_role("button", name="1 new message: show")
    expect(show).to_be_visible()
    assert names(grid(page)) == before
    show.click()
    expect(grid(page).locator('.ag-row[row-index="0"]').first).to_contain_text("Somebody there?")
    expect(show).to_have_count(0)


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
    with open_store(app) as store:
        receive(store, id_, *(f"Needle {n}" if n in (3, 120, 228) else f"Hay {n}" for n in range(230)))
    page.reload()
    expect(page.locator(".thread .message").last).to_contain_text("Hay 229")
    field(page).fill("Enough of that")  # from now on the conversation is read
    field(page).press("Control+Enter")
    expect(page.locator(".message.waits")).to_have_count(1)
    page.reload()
    expect(page.locator(".thread .message:not(.in)").last).to_contain_text("Enough of that")
    expect(page.locator(".thread .message", has_text=re.compile("Needle 3$"))).to_have_count(0)
    search(page, "needle")
    expect(page.locator(".hits")).to_have_text("3 of 3")
    expect(page.locator(".message.current")).to_contain_text("Needle 228")
    page.get_by_role("button", name="Earlier hit").click()
    page.get_by_role("button", name="Earlier hit").click()
    expect(page.locator(".message.current")).to_contain_text("Needle 3")
    expect(page.locator(".message.current")).to_be_in_viewport()
    picture(page, "talk_search")
    come(app, id_, "One more Needle")
    expect(page.locator(".hits")).to_have_text("1 of 4")  # who looks stays where they are
    expect(page.locator(".message.current")).to_contain_text("Needle 3")
    search(page, "")
    expect(page.locator(".hits")).to_be_hidden()
    assert "Enough of that" in bodies(page)[-3:]  # the simulator may have answered it meanwhile, and nobody else
    expect(page.locator(".thread .message:not(.in)").last).to_contain_text("Enough of that")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_everything_stands_below_each_other(
    app: AppServer, open_page: Open, picture: Picture, scheme: str
) -> None:
    page = open_page(app.url, viewport={"width": 400, "height": 860}, color_scheme=scheme)
    talk_to(app, page, 19)
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    picture(page, f"talk_phone_{scheme}")
