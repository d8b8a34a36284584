"""Hostile strings as the name or text of everything that has one, on every page: they are shown as they are, and
nothing else happens.
"""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import update

from core import bulk, calls, cleanup, contacts, custom, notes, people, pipelines, tags, templates, workflows
from core.bulk import Action
from core.conversations import ConversationFilter, views
from core.database import Store, Work
from core.database.tables import deal
from core.messages import consent
from core.people import local_actor
from core.words import fold
from core.workflows.steps import Step
from tests.browser import hostile
from tests.browser.conftest import Open, Picture, Serve
from tests.browser.hands import furnish, grid, receive
from tests.browser.hostile import assert_shown, look, names
from tests.browser.talking import open_store
from tests.server import AppServer

ARCHIVED = 10
"""Of the contacts with hostile names."""


@dataclass(frozen=True)
class World:
    """What was put in: ids, and the names that shall be shown."""

    app: AppServer
    texts: list[str]
    contacts: dict[int, str]
    tags: list[str]
    templates: list[str]
    views: list[str]
    rules: list[str]
    field: str
    event: int

    @property
    def open(self) -> int:
        """The contact that carries everything."""
        return next(iter(self.contacts))


@pytest.fixture(scope="module")
def world(serve: Serve, given_data: Path, tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("hostile")
    furnish(folder, 40)
    app, texts = serve(folder), hostile.strings(given_data)
    with open_store(app) as store:
        actor = local_actor(store)
        made: dict[str, Any] = store.write(actor, furnish_everything, texts)
        ids = list(made["contacts"])
        for n, id_ in enumerate(ids):
            receive(store, id_, made["bodies"][n % len(made["bodies"])])
            do(store, "tag", [id_], tag_ids=made["tag_ids"][n * 5 : n * 5 + 5] or made["tag_ids"][:5])
            do(store, "move", [id_], stage_id=made["stages"][n % len(made["stages"])], amount_cents=n)
            do(store, "assign", [id_], owner_id=made["owners"][n % len(made["owners"])])
        event = do(store, "hot", ids)
        for workflow_id in made["workflows"][:20]:
            do(store, "enroll", ids[:1], workflow_id=workflow_id)
        do(store, "archive", ids[-ARCHIVED:])
        store.write(actor, furnish_one, ids[0], texts, made["bodies"])
        do(store, "assign", ids[:1], owner_id=made["owners"][-1])  # what the strip on every page tells
    shown = {name: made[name] for name in ("contacts", "tags", "templates", "views", "rules", "field")}
    return World(app, texts, event=event, **shown)


def do(store: Store, name: str, ids: Iterable[int], **params: Any) -> int:
    return bulk.start(store, local_actor(store), bulk.action(name, **params), bulk.choose("ticked", ids))


def furnish_everything(work: Work, texts: list[str]) -> dict[str, Any]:
    """Contacts, tags, users, stages, templates, workflows, views, rules and a field of choices, all named hostilely."""
    called = names(texts, 200)
    pairs = list(zip(called[::2], [*called[1::2], ""], strict=False))  # few enough for one page of the list
    given = [{"first_name": first, "last_name": last} for first, last in pairs]
    added = [contacts.add(work, f"31255{n + 50_000:05}", "US", each) for n, each in enumerate(given)]
    eighty, sixty, tagged = names(texts, 80), names(texts, 60), names(texts, 60)
    titles, shortcuts = names(texts, templates.LONGEST_TITLE), names(texts, templates.LONGEST_SHORTCUT)
    bodies = names(texts, 1_500)
    for n, title in enumerate(titles):
        shortcut = fold(shortcuts[n]).replace(" ", "")[: templates.LONGEST_SHORTCUT]
        drafted = templates.Draft(title, bodies[n % len(bodies)], shortcut, sixty[n % 30])
        templates.add(work, drafted)
    for name in eighty[:100]:
        views.save(work, name, "tab=all", is_shared=False)
        cleanup.add(work, name, None, ConversationFilter(tab="all", search=name), Action("archive"))
    field = next(name for name in sixty if ":red[x]" in name)
    custom.add(work, field, "choice", names(texts, 100, 200))
    steps = (Step("send", body=bodies[0]), Step("wait", wait_seconds=86_400), Step("send", body=bodies[1]))
    wanted = [(eighty[n % 7], name, "") for n, name in enumerate(eighty)]
    places = pipelines.ensure(work, work.record("test.stages"), wanted)
    return {
        "contacts": {each.contact_id: " ".join(pair).strip() for each, pair in zip(added, pairs, strict=True)},
        "bodies": bodies,
        "tags": tagged,
        "tag_ids": [tags.add(work, name, n % 8, n) for n, name in enumerate(tagged)],
        "owners": [people.add(work, name, None, ["analyst"]) for name in eighty],
        "stages": [place.stage_id for place in places.values()],
        "templates": titles,
        "views": eighty[:100],
        "rules": eighty[:100],
        "field": field,
        "workflows": [workflows.add(work, workflows.Draft(name, "workflow", steps)) for name in eighty],
    }


def furnish_one(work: Work, contact_id: int, texts: list[str], bodies: list[str]) -> None:
    """A deal's account and reason, a call's note, a note, and an opt-out in hostile words."""
    work.conn.execute(
        update(deal).where(deal.c.contact_id == contact_id).values(account=bodies[0], lost_reason=bodies[1])
    )
    call_id = calls.log(work, contact_id)
    calls.describe(work, contact_id, call_id, calls.Told("reached", 60, bodies[0]))
    notes.save(work, contact_id, "\n".join(texts), 0)
    consent.record_opt_out(work, contact_id, bodies[2])


def test_the_look_sees_what_a_string_does(browser: BrowserContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hostile, "WAITS", 1)
    page = browser.new_page()
    look(page)
    for made in (
        "<script>top.hit=1</script>", "<iframe srcdoc='<script>top.hit=1</script>'></iframe>", "<img src=x>",
        "<a href='javascript:top.hit=1'>x</a>", "<div style='width: 3000px'>W</div>", "<span class=katex>x</span>",
        "<header><a href='/x'>x</a></header><p class=st-key-frame style='position: fixed; inset: 0'>last</p>",
    ):  # fmt: skip
        page.set_content(made)
        with pytest.raises(AssertionError):
            look(page)
    page.set_content("<p>a &lt;b&gt; c</p>")
    assert_shown(page, ["a <b> c"])
    with pytest.raises(AssertionError):
        assert_shown(page, ["a b c"])
    page.close()


def test_the_list_in_each_tab(world: World, open_page: Open, picture: Picture) -> None:
    page = open_page(f"{world.app.url}/?tab=all")
    ids = list(world.contacts)
    found = scrolled(page)
    assert [id_ for id_ in ids[:-ARCHIVED] if not any(world.contacts[id_] in name for name in found)] == []
    look(page)
    picture(page, "hostile_list")
    for address in ("?tab=hot&sort=name", "?tab=recents", "?tab=archived", "?q=%3Cscript%3Etop.hit%3D1%3C%2Fscript%3E"):
        page.goto(f"{world.app.url}/{address}")
        grid(page)
        look(page)
    page.goto(
        f"{world.app.url}/?q=%22%3Ared%5Bx%5D%20%24x%5E2%24%20%3Csvg%2Fonload%3Dtop.hit%3D1%3E%22&tags=x&sort=%3Cb%3E"
    )
    expect(page.get_by_text("No conversation matches").first).to_be_visible()
    assert_shown(page, [":red[x] $x^2$ <svg/onload=top.hit=1>"])
    look(page)


def scrolled(page: Page) -> set[str]:
    """The names in the list, read from its top to its end."""
    frame = grid(page)
    found: set[str] = set()
    for _ in range(8):
        found |= {" ".join(name.split()) for name in frame.locator('.ag-row [col-id="name"]').all_text_contents()}
        frame.locator(".ag-body-viewport").evaluate("each => { each.scrollTop += 400; }")
        page.wait_for_timeout(60)
    return found


def test_the_tools_of_the_list(world: World, open_page: Open) -> None:
    page = open_page(world.app.url)
    grid(page)
    page.get_by_role("button", name="Views").click()
    expect(page.get_by_text("Save what is shown now as")).to_be_visible()
    assert_shown(page, world.views)
    look(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Filters").click()
    expect(page.locator('[class*="st-key-conversations-facet"]').first).to_be_visible()  # nothing is drawn anew then
    assert_shown(page, [world.field])
    for label in ("Tags", "Stage", "Pipeline"):
        page.get_by_role("combobox", name=label, exact=True).press("ArrowDown")  # a click may but close the one before
        expect(page.get_by_role("option").first).to_be_visible()
        look(page)


def test_an_open_conversation_and_its_dialogs(world: World, open_page: Open, picture: Picture) -> None:
    page = open_page(f"{world.app.url}/?c={world.open}")
    expect(page.locator(".thread .message").first).to_be_visible()
    expect(page.get_by_label("Notes", exact=True)).not_to_have_value("")
    assert_shown(page, [world.contacts[world.open]])
    look(page)
    picture(page, "hostile_open")
    for name in ("tag", "follow_up", "move"):
        page.locator(f".st-key-reader-{name} button").first.click()
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_role("button", name="Cancel")).to_be_visible()
        assert_shown(page, [world.contacts[world.open]], '[role="dialog"]')
        look(page)
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
    page.goto(f"{world.app.url}/contact?c={world.open}")
    expect(page.locator(".thread .message").first).to_be_visible()
    look(page)


def test_pages_of_names(world: World, open_page: Open, picture: Picture) -> None:
    page = open_page(f"{world.app.url}/templates")
    assert_shown(page, world.templates)
    look(page)
    picture(page, "hostile_templates")
    page.goto(f"{world.app.url}/tags")
    expect(page.get_by_role("heading", name="Tags")).to_be_visible()
    assert_shown(page, world.tags)
    look(page)
    picture(page, "hostile_tags")
    page.goto(f"{world.app.url}/cleanup")
    expect(page.get_by_role("heading", name="Rules")).to_be_visible()
    assert_shown(page, world.rules)
    look(page)
    picture(page, "hostile_cleanup")
    page.goto(f"{world.app.url}/history")
    expect(page.get_by_role("button", name="Show older ones")).to_be_visible()
    look(page)
    picture(page, "hostile_history")
    page.goto(f"{world.app.url}/history?event={world.event}")
    expect(page.locator("canvas").first).to_be_visible()
    look(page)
    page.goto(f"{world.app.url}/settings")
    expect(page.get_by_text("My EZ buttons")).to_be_visible()
    assert_shown(page, [world.field])
    look(page)
    picture(page, "hostile_settings")


def test_pipelines_and_the_board(world: World, open_page: Open, picture: Picture) -> None:
    page = open_page(f"{world.app.url}/pipelines")
    expect(page.get_by_role("heading", name="Pipelines")).to_be_visible()
    assert_shown(page, world.rules)  # stages have the same names
    look(page)
    with open_store(world.app) as store, store.read() as reader:
        last = pipelines.find(reader)[-1]
    page.goto(f"{world.app.url}/board?pipeline={last.id}")
    expect(page.locator(".card").first).to_be_visible()
    assert_shown(page, [last.name, *[stage.name for stage in last.stages]])
    look(page)
    picture(page, "hostile_board")
    page.locator(".card .menu").first.click()
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    look(page)


def test_workflows(world: World, open_page: Open, picture: Picture) -> None:
    page = open_page(f"{world.app.url}/workflows")
    expect(page.get_by_role("table")).to_be_visible()
    assert_shown(page, world.rules)  # they have the same names
    look(page)
    page.get_by_role("table").get_by_role("link").first.click()
    expect(page.get_by_role("table", name="Schedule")).to_be_visible()
    look(page)
    picture(page, "hostile_workflow")
    page.get_by_role("button", name="Change", exact=True).click()
    expect(page.get_by_role("button", name="Discard")).to_be_visible()
    look(page)


def test_an_import(world: World, open_page: Open, picture: Picture) -> None:
    columns = names(world.texts, 60)[:60]
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(["Phone", "First Name", "Tags", *columns])
    for n, text in enumerate(names(world.texts, 200)):
        table.writerow([f"73455{n + 50_000:05}" if n % 2 else text, text, "", *[text] * len(columns)])
    page = open_page(f"{world.app.url}/import")
    expect(page.get_by_text("One row per person")).to_be_visible()
    name = ":red[x] $x^2$ <img src=x onerror=top.hit=1>.csv"
    page.locator('input[type="file"]').set_input_files(
        [{"name": name, "mimeType": "text/csv", "buffer": out.getvalue().encode()}]
    )
    expect(page.get_by_text("What the import would do")).to_be_visible()
    expect(page.locator("canvas").first).to_be_visible()
    assert_shown(page, [name])
    look(page)
    picture(page, "hostile_import")
    page.locator(".st-key-imports-run button").click()
    expect(page.get_by_text("Problems", exact=True)).to_be_visible()
    expect(page.locator("canvas").first).to_be_visible()
    assert_shown(page, [name])
    look(page)
    picture(page, "hostile_import_result")
