"""Hostile strings in every field of the panel, many to one page: none runs, none breaks the layout."""

from contextlib import closing
from pathlib import Path

from playwright.sync_api import expect

from core import bulk, contacts, custom, notes, people, tags
from core.database import Store
from core.errors import AppError
from core.words import line
from tests.browser.conftest import Open, Picture, Serve
from tests.browser.hands import furnish
from tests.browser.hostile import look, strings

PLAIN = ("first_name", "last_name", "city", "state", "source")
OF_A_PAGE = 45


def test_no_hostile_string_runs_or_breaks_the_page(
    serve: Serve, open_page: Open, picture: Picture, given_data: Path, tmp_path: Path
) -> None:
    hostile = strings(given_data)
    furnish(tmp_path, 40)
    with closing(Store.open(f"sqlite:///{tmp_path / 'talkdeck.db'}")) as store:
        pages = fill(store, hostile)
    app = serve(tmp_path)
    page = open_page(app.url)
    for contact_id, shown in pages.items():
        page.goto(f"{app.url}/?c={contact_id}")
        for name, text in shown.items():
            box = page.locator(".card").locator(f"[id='field-{name}']")
            expect(box).to_have_value(text)
        expect(page.get_by_label("Notes", exact=True)).not_to_have_value("")
        look(page)
    picture(page, "panel_nasty")
    page.goto(f"{app.url}/settings")
    expect(page.get_by_text("Fields of contacts")).to_be_visible()
    expect(page.locator("[class*='st-key-fields-line']")).to_have_count(OF_A_PAGE - len(PLAIN))
    look(page)


def fill(store: Store, hostile: list[str]) -> dict[int, dict[str, str]]:
    """Fields with hostile names, and contacts whose every field holds a hostile string; what each shall show."""
    own = [add(store, f"{n} {hostile[-n - 1]}"[:60]) for n in range(OF_A_PAGE - len(PLAIN))]
    names = [*PLAIN, *(custom.key(id_) for id_ in own)]
    found = {}
    for place in range(0, len(hostile), OF_A_PAGE):
        texts = dict(zip(names, hostile[place : place + OF_A_PAGE], strict=False))
        contact_id = place // OF_A_PAGE + 1
        found[contact_id] = {name: text for name, text in texts.items() if put(store, contact_id, name, text)}
        found[contact_id] = {name: line(text) for name, text in found[contact_id].items()}
        body = "\n".join(texts.values())
        version = with_note(store, contact_id)
        store.write(people.SYSTEM, notes.save, contact_id, body, version)
        for text in list(texts.values())[:8]:
            tag(store, contact_id, text)
    return found


def add(store: Store, name: str) -> int:
    return int(store.write(people.SYSTEM, custom.add, name, "text"))


def put(store: Store, contact_id: int, name: str, text: str) -> bool:
    """False where the field says in words that it cannot hold this."""
    with store.read() as reader:
        seen = contacts.values(reader, contact_id) | custom.values(reader, contact_id)
    try:
        store.write(people.SYSTEM, contacts.edit, contact_id, {name: text}, seen)
    except AppError as refused:
        if "at most" not in str(refused):
            raise
        return False
    return True


def with_note(store: Store, contact_id: int) -> int:
    with store.read() as reader:
        return notes.get(reader, contact_id).version


def tag(store: Store, contact_id: int, name: str) -> None:
    try:
        tag_id = store.write(people.SYSTEM, tags.add, name, 1, 0)
    except AppError:
        return
    bulk.start(store, people.SYSTEM, bulk.action("tag", tag_ids=[tag_id]), bulk.choose("ticked", [contact_id]))
