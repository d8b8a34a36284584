"""The outbox in a real browser: a text is watched going out, another is opened, taken back and sent again."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from core import clock, people, setup
from core.database import Store, Work
from core.database.tables import conversation, outbox
from core.messages import Text, numbers
from core.messages.gate import NO_ZONE, QUIET
from core.messages.outbox import put_all
from tests.browser.conftest import Open, Picture, Serve
from tests.browser.hands import EVIL, furnish
from tests.browser.talking import open_store
from tests.server import AppServer

SOON, LATER = 8, 86_400


@pytest.fixture(scope="module")
def running(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> AppServer:
    folder = tmp_path_factory.mktemp("outbox")
    furnish(folder, 100)
    return serve(folder)


@pytest.fixture
def store(running: AppServer) -> Iterator[Store]:
    with open_store(running) as opened:
        yield opened


def stock(store: Store) -> None:
    """Texts in every state, to contacts who may be texted."""
    actor = people.local_actor(store)
    store.write(actor, setup.choose, {"sender_number": "+12125550100", "segments_per_day": "2000"})
    store.write(actor, numbers.add, "+12125550101", "Spanish line", 3)

    def put(work: Work) -> None:
        c, o = conversation.c, outbox.c
        own = select(c.id).where(c.is_opted_out == 0).order_by(c.activity_key.desc()).limit(8)
        ids = list(work.conn.execute(own).scalars())
        texts = [
            Text(ids[0], EVIL, work.now + LATER),
            Text(ids[1], "Are you still looking for a quote? I can call you tomorrow.", work.now + LATER),
            Text(ids[2], "Watch me go", work.now + SOON),
            *[Text(id_, "Just checking in about your renewal", work.now + LATER, "workflow") for id_ in ids[3:6]],
            Text(ids[6], "This one failed", work.now), Text(ids[7], "Nobody knows about this one", work.now),
        ]  # fmt: skip
        made = [each.row_id for each in put_all(work, work.record("test.write"), texts)]
        for id_, values in (
            (made[3], {"state": "held", "reason": QUIET}), (made[4], {"state": "held", "reason": NO_ZONE}),
            (made[6], {"state": "failed", "reason": "The phone cannot get texts.", "error_code": "21211",
                       "message_id": 1}),
            (made[7], {"state": "failed", "reason": "The provider does not know this text. It may not have been sent.",
                       "error_code": "unclear", "message_id": 2}),
        ):  # fmt: skip
            work.conn.execute(update(outbox).where(o.id == id_).values(updated_at=work.now, **values))

    store.write(actor, put)


def state(page: Page, name: str) -> None:
    page.get_by_role("radio", name=name).or_(page.get_by_role("button", name=name)).first.click()


def test_an_empty_outbox(running: AppServer, open_page: Open, picture: Picture) -> None:
    page = open_page(running.url + "/outbox")
    expect(page.get_by_text("Nothing waits to be sent.")).to_be_visible()
    picture(page, "outbox-empty")


def test_a_text_is_watched_going_out_and_others_are_dealt_with(
    running: AppServer, store: Store, open_page: Open, picture: Picture
) -> None:
    stock(store)
    begun = clock.now()
    page = open_page(running.url + "/outbox")
    expect(page.get_by_text("Watch me go")).to_be_visible()
    expect(page.get_by_text("Queue 4")).to_be_visible()
    picture(page, "outbox")
    expect(page.get_by_text("Watch me go")).to_have_count(0)  # without a touch, once it is due
    assert clock.now() >= begun + SOON
    expect(page.get_by_text("Queue 3")).to_be_visible()
    state(page, "Held 2")
    expect(page.get_by_text("Time zone unknown")).to_be_visible()
    state(page, "Failed 2")
    expect(page.get_by_text("The phone cannot get texts")).to_be_visible()
    picture(page, "outbox-failed")
    again = page.get_by_text("Nobody knows about this one").locator(
        "xpath=ancestor::*[contains(@class, 'st-key-outbox-line')]"
    )
    again.get_by_role("button", name="Send again").click()
    expect(page.get_by_role("dialog").get_by_text("may send it twice")).to_be_visible()
    page.get_by_role("dialog").get_by_role("button", name="Send again").click()
    expect(page.get_by_text("Failed 1")).to_be_visible()
    state(page, "Queue")
    quote = page.get_by_text("Are you still looking").locator(
        "xpath=ancestor::*[contains(@class, 'st-key-outbox-line')]"
    )
    quote.get_by_role("button", name="Take back").click()
    expect(page.get_by_text("Are you still looking")).to_have_count(0)
    expect(page.get_by_text("Taken back 1")).to_be_visible()
    assert page.evaluate("top.hit") is None


def test_the_conversation_of_a_text_is_one_click_away(running: AppServer, store: Store, open_page: Open) -> None:
    page = open_page(running.url + "/outbox")
    line = page.locator("[class*=st-key-outbox-line]").filter(has_text="Nobody knows about this one").first
    line.get_by_role("link").click()
    expect(page.locator(".st-key-reader")).to_be_visible()
    assert "c=" in page.url


def test_a_number_is_added_and_retired(running: AppServer, open_page: Open, picture: Picture) -> None:
    page = open_page(running.url + "/settings")
    page.get_by_role("button", name="New number").click()
    page.get_by_role("dialog").get_by_label("Phone").fill("(212) 555-0155")
    page.get_by_role("dialog").get_by_label("Label (optional)").fill("Night desk")
    page.get_by_role("dialog").get_by_role("button", name="Add").click()
    line = page.locator("[class*=st-key-numbers-line]").filter(has_text="Night desk")
    expect(line).to_contain_text("(212) 555-0155")
    picture(page, "settings-numbers")
    line.get_by_role("button", name="Change").click()
    page.get_by_role("dialog").get_by_role("button", name="Retire").click()
    expect(line).to_contain_text("retired")
