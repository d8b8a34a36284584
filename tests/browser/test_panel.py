"""The contact beside its messages in a real browser: fields, copies, tags, new and linked contacts."""

import re
from contextlib import closing

import pytest
from playwright.sync_api import Locator, Page, expect

from core import contacts, custom, people
from core.database import Store
from tests.browser.conftest import Open, Picture, Serve
from tests.browser.hands import EVIL, furnish, grid, strip
from tests.server import AppServer

CONTACT = 5
LABELS = {"e-mail": "E-mail", "date of birth": "Date of birth", "zip code": "Zip code"}


@pytest.fixture(scope="module")
def app(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> AppServer:
    folder = tmp_path_factory.mktemp("panel")
    furnish(folder)
    return serve(folder)


def values(app: AppServer, contact_id: int = CONTACT) -> dict[str, str]:
    with closing(Store.open(f"sqlite:///{app.data_dir / 'talkdeck.db'}")) as store, store.read() as reader:
        return contacts.values(reader, contact_id) | custom.values(reader, contact_id)


def edit(app: AppServer, name: str, value: str, contact_id: int = CONTACT) -> None:
    """Somebody else changes a field."""
    with closing(Store.open(f"sqlite:///{app.data_dir / 'talkdeck.db'}")) as store:
        with store.read() as reader:
            seen = contacts.values(reader, contact_id)
        store.write(people.SYSTEM, contacts.edit, contact_id, {name: value}, seen)


def open_contact(app: AppServer, open_page: Open, contact_id: int = CONTACT) -> Page:
    page = open_page(f"{app.url}/?c={contact_id}")
    expect(field(page, "City")).to_be_visible()
    return page


def field(page: Page, label: str) -> Locator:
    return page.locator(".card").get_by_label(label, exact=True)


def row(page: Page, label: str) -> Locator:
    return page.locator(".card .field").filter(has=page.get_by_label(label, exact=True))


def test_edit_contact_information(app: AppServer, open_page: Open, picture: Picture) -> None:
    page = open_contact(app, open_page)
    grid(page)
    assert field(page, "Phone").get_attribute("readonly") is not None
    field(page, "Phone").focus()
    expect(row(page, "Phone")).to_contain_text("so it stays")
    field(page, "City").fill("Salem")
    field(page, "City").press("Enter")
    expect(row(page, "City")).to_contain_text("saved")
    field(page, "First name").fill("Zaneta")
    field(page, "State").focus()  # leaving a field saves it
    expect(row(page, "First name")).to_contain_text("saved")
    expect(page.locator(".st-key-reader-name")).to_contain_text("Zaneta")
    assert (values(app)["city"], values(app)["first_name"]) == ("Salem", "Zaneta")
    field(page, "E-mail").fill("nobody")
    field(page, "E-mail").press("Enter")
    expect(row(page, "E-mail")).to_contain_text("Write it like name@example.com")
    expect(field(page, "E-mail")).to_have_value("nobody")
    picture(page, "panel_refused")
    field(page, "E-mail").press("Escape")
    strip(page).get_by_role("button", name="Undo").click()
    expect(page.locator(".st-key-reader-name")).not_to_contain_text("Zaneta")
    page.reload()
    expect(field(page, "City")).to_have_value("Salem")


def test_a_field_that_somebody_else_changed_is_chosen(app: AppServer, open_page: Open, picture: Picture) -> None:
    page = open_contact(app, open_page)
    edit(app, "source", "Their source")
    field(page, "Source").fill("My source")
    field(page, "Source").press("Enter")
    expect(row(page, "Source")).to_contain_text("Somebody else has changed this meanwhile")
    expect(row(page, "Source")).to_contain_text("Their source")
    assert values(app)["source"] == "Their source"
    picture(page, "panel_stale")
    row(page, "Source").get_by_role("button", name="Save mine").click()
    expect(row(page, "Source")).to_contain_text("saved")
    assert values(app)["source"] == "My source"
    edit(app, "source", "Theirs again")
    field(page, "Source").fill("Mine again")
    field(page, "Source").press("Enter")
    row(page, "Source").get_by_role("button", name="Keep “").click()
    expect(field(page, "Source")).to_have_value("Theirs again")
    for n in range(5):  # one's own second save never trips
        field(page, "Source").fill(f"Source {n}")
        field(page, "Source").press("Enter")
    expect(row(page, "Source")).to_contain_text("saved")
    expect(field(page, "Source")).to_have_value("Source 4")
    assert values(app)["source"] == "Source 4"


def test_copy_contact_information(app: AppServer, open_page: Open) -> None:
    page = open_contact(app, open_page)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    for name, value in (("zip_code", "02139"), ("date_of_birth", "1985-04-23"), ("email", "ann@example.com")):
        edit(app, name, value)
    page.reload()
    copied = {"e-mail": "ann@example.com", "date of birth": "1985-04-23", "zip code": "02139"}
    for name, text in copied.items():
        page.get_by_role("button", name=f"Copy {name}", exact=True).click()
        expect(row(page, LABELS[name]).get_by_text("copied", exact=True)).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()") == text
    page.get_by_role("button", name="Copy phone", exact=True).click()
    expect(page.locator(".copying .copy.done")).not_to_have_count(0)
    assert re.fullmatch(r"\+1\d{10}", page.evaluate("navigator.clipboard.readText()"))


def test_add_tag(app: AppServer, open_page: Open, picture: Picture) -> None:
    page = open_contact(app, open_page, 9)
    grid(page)
    chips = page.locator(".card .chip")
    before = chips.count()
    page.get_by_role("button", name="Add a tag, workflow or redrip").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox").first.click()
    page.get_by_role("option").nth(1).click()
    page.keyboard.press("Escape")
    picture(page, "panel_add")
    dialog.get_by_role("button", name="Apply").click()
    expect(chips).to_have_count(before + 1)
    chips.last.get_by_role("button").click()
    expect(chips).to_have_count(before)


def test_a_new_contact_and_the_same_person(app: AppServer, open_page: Open, picture: Picture) -> None:
    page = open_page(app.url)
    grid(page)
    page.get_by_role("button", name="New contact").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Phone").fill("734-555-CALL")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_contain_text("no letters")
    dialog.get_by_label("Phone").fill("(734) 555-0142")
    dialog.get_by_label("First name").fill("Ottilie")
    dialog.get_by_role("button", name="Save").click()
    expect(page.locator(".st-key-reader-name")).to_contain_text("Ottilie")
    made = page.url
    page.get_by_role("button", name="Link with another contact").click()
    dialog.get_by_label("Name, phone or e-mail").fill("Ottilie")
    expect(dialog).to_contain_text("No other contact matches")
    dialog.get_by_label("Name, phone or e-mail").fill("Sarah")
    dialog.get_by_role("radio").first.check(force=True)
    picture(page, "panel_person")
    dialog.get_by_role("button", name="Link").click()
    page.locator(".card .item .what").filter(has_text="Sarah").click()
    expect(page.locator(".st-key-reader-name")).to_contain_text("Sarah")
    page.locator(".card .item .what").filter(has_text="Ottilie").click()
    expect(page.locator(".st-key-reader-name")).to_contain_text("Ottilie")
    page.get_by_role("button", name="Another person uses this one").click()
    expect(page.locator(".card")).to_contain_text(["No other contact of this person."])
    page.get_by_role("button", name="New contact").click()
    dialog.get_by_label("Phone").fill("7345550142")  # a known phone opens its contact
    dialog.get_by_role("button", name="Save").click()
    expect(page.locator(".st-key-reader-name")).to_contain_text("Ottilie")
    assert page.url == made


def test_hostile_words_in_every_field_are_shown_as_they_are(app: AppServer, open_page: Open, picture: Picture) -> None:
    page = open_contact(app, open_page, 12)
    for label in ("First name", "Last name", "City", "State", "Source"):
        field(page, label).fill(f"{label} {EVIL}")
        field(page, label).press("Enter")
        expect(row(page, label)).to_contain_text("saved")
    page.get_by_label("Notes").fill(EVIL * 3)
    expect(page.locator(".note .status")).to_contain_text("saved")
    page.reload()
    expect(field(page, "City")).to_have_value(f"City {EVIL}")
    expect(page.get_by_label("Notes")).to_have_value(EVIL * 3)
    picture(page, "panel_hostile")
    assert page.evaluate("window.hit") is None
