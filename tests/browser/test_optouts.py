"""Opt-outs in a real browser: texts decided, a request by voice, the list as a file; hours of sending changed."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from sqlalchemy import select, update

from core import hours, people
from core.database import Store, Work
from core.database.tables import contact, conversation
from core.messages import Incoming, accept, opt_outs, reviews
from tests.browser.conftest import Open, Picture, Serve
from tests.browser.hands import EVIL, furnish, strip
from tests.browser.talking import field, open_store
from tests.server import AppServer

REFUSALS = ("please stop texting me", f"take me off your list {EVIL}", "No me mande más mensajes")


@pytest.fixture(scope="module")
def running(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> AppServer:
    folder = tmp_path_factory.mktemp("optouts")
    furnish(folder, 100)
    app = serve(folder)
    with open_store(app) as store:
        for n, (phone, body) in enumerate(zip(_phones(store), REFUSALS, strict=False)):
            accept(store, app.data_dir, "US", Incoming(f"R{n}", phone, body))
    return app


def _phones(store: Store) -> list[str]:
    """Of contacts who are not out."""
    with store.read() as reader:
        out = {each.phone for each in opt_outs.find(reader, people.local_actor(store), limit=1_000)}
        return [
            each for each in reader.execute(select(contact.c.phone).order_by(contact.c.id)).scalars() if each not in out
        ]


@pytest.fixture
def store(running: AppServer) -> Iterator[Store]:
    with open_store(running) as opened:
        yield opened


def waiting(store: Store) -> list[str]:
    with store.read() as reader:
        return [each.body for each in reviews.waiting(reader, people.local_actor(store))]


def test_what_sounds_like_an_opt_out_is_decided(
    running: AppServer, store: Store, open_page: Open, picture: Picture
) -> None:
    page = open_page(running.url + "/optouts")
    expect(page.get_by_text("3 contacts wrote what sounds like an opt-out")).to_be_visible()
    expect(page.get_by_text(EVIL).first).to_be_visible()
    picture(page, "optouts")
    page.get_by_role("button", name="Not an opt-out").first.click()
    expect(page.get_by_role("button", name="Not an opt-out")).to_have_count(2)
    assert waiting(store) == list(REFUSALS[1:])
    strip(page).get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Not an opt-out")).to_have_count(3)
    page.get_by_role("button", name="Record opt-out").last.click()
    page.get_by_role("button", name="Yes, no more texts").click()
    expect(page.get_by_role("button", name="Not an opt-out")).to_have_count(2)
    expect(page.get_by_text(f"“{REFUSALS[2]}”")).to_be_visible()
    assert waiting(store) == list(REFUSALS[:2])
    page.get_by_role("link", name="Open conversation").first.click()
    expect(page.locator(".thread").get_by_text(REFUSALS[0])).to_be_visible()


def test_the_panel_shows_what_a_contact_said_about_texts(
    running: AppServer, store: Store, open_page: Open, picture: Picture
) -> None:
    with open_store(running) as opened:
        (phone, *_) = _phones(opened)
        accept(opened, running.data_dir, "US", Incoming("L1", phone, "STOP"))
        accept(opened, running.data_dir, "US", Incoming("L2", phone, "START"))
        with opened.read() as reader:
            id_ = reader.execute(select(contact.c.id).where(contact.c.phone == phone)).scalar_one()
    page = open_page(f"{running.url}/?c={id_}")
    consent = page.locator(".card section").filter(has_text="Consent")
    expect(consent).to_contain_text("Opted in")
    expect(consent).to_contain_text("“STOP”")
    expect(consent).to_contain_text("texted")
    consent.scroll_into_view_if_needed()
    picture(page, "panel-consent")


def test_a_request_by_voice_is_recorded_and_found(
    running: AppServer, store: Store, open_page: Open, picture: Picture
) -> None:
    page = open_page(running.url + "/optouts")
    page.get_by_role("button", name="Record an opt-out").click()
    page.get_by_label("Phone", exact=True).fill("(212) 555-0147")
    page.get_by_label("How they asked").fill("said it on the phone")
    picture(page, "optouts-form")
    page.get_by_role("button", name="Record", exact=True).click()
    expect(page.get_by_text("“said it on the phone”")).to_be_visible()
    page.get_by_role("textbox", name="Search").fill("5550147")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 contact opted out and matches this.")).to_be_visible()
    with page.expect_download() as started:
        page.get_by_role("link", name="Export").click()
    lines = started.value.path().read_text(encoding="utf-8").splitlines()
    assert lines[0] == "phone,date,source,text"
    assert any(
        each.startswith("+12125550147,") and each.endswith(",told to a person,said it on the phone") for each in lines
    )


def test_a_window_of_hours_is_added_changed_and_taken_back(
    running: AppServer, store: Store, open_page: Open, picture: Picture
) -> None:
    page = open_page(running.url + "/settings")
    expect(page.get_by_text("Texas, Sun: 12:00-21:00")).to_be_visible()
    page.get_by_role("button", name="New window").click()
    page.get_by_role("combobox", name="Place").fill("Louis")
    page.get_by_role("option", name="Louisiana").click()
    for day in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat"):
        page.get_by_role("button", name=day, exact=True).click()
    page.get_by_text("Closed all day").click()
    page.get_by_label("Rule it comes from").fill("our counsel")
    picture(page, "hours-form")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("Louisiana, Sun: closed")).to_be_visible()
    with store.read() as reader:
        (made,) = [each for each in hours.windows(reader) if each.place == "LA"]
    assert (made.days, made.opens, made.closes, made.source) == ("6", 0, 0, "our counsel")
    strip(page).get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Louisiana, Sun: closed (retired)")).to_be_visible()
    picture(page, "hours")


def test_who_writes_at_night_is_told_which_time_it_is_there(
    running: AppServer, store: Store, open_page: Open, picture: Picture
) -> None:
    asleep = store.write(people.SYSTEM, _put_to_bed)
    page = open_page(f"{running.url}/?c={asleep}")
    expect(page.get_by_text("where they are, outside the hours of sending.")).to_be_visible()
    field(page).fill("Are you awake?")
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_enabled()
    picture(page, "composer-night")


def _put_to_bed(work: Work) -> int:
    """Somebody who lives where it is night now."""
    there = next(f"Etc/GMT{-n:+d}" for n in range(-12, 13) if (work.now // 3_600 + n) % 24 == 1)
    c = conversation.c
    id_: int = work.conn.execute(select(c.id).where(c.is_opted_out == 0).order_by(c.id.desc()).limit(1)).scalar_one()
    place = {"time_zone": there, "time_zone_source": "person"}
    work.conn.execute(update(contact).where(contact.c.id == id_).values(place))
    return id_
