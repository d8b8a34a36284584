"""Acting on many in a real browser: exactly what was ticked changes, nothing twice, and all of it can be undone."""

import json
import random
import re
from collections.abc import Iterator
from contextlib import closing, suppress

import pytest
from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as TooLate
from sqlalchemy import func, select

from core import bulk, people
from core.conversations import ConversationFilter, find_ids
from core.database import Store
from core.database.tables import change, contact_tag, conversation, event, event_state, tag
from pages.ui import actions, desk
from tests.browser.conftest import Open, Picture, Serve
from tests.browser.hands import furnish, go, grid, ids, is_same_frame, mark_frame, receive, selected, strip, tick
from tests.server import AppServer


@pytest.fixture(scope="module")
def running(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> AppServer:
    folder = tmp_path_factory.mktemp("bulk")
    furnish(folder, 1_500)
    return serve(folder)


@pytest.fixture
def store(running: AppServer) -> Iterator[Store]:
    """The same database from another process; nothing is selected, and archiving asks no question."""
    with closing(Store.open(f"sqlite:///{running.data_dir / 'talkdeck.db'}")) as opened:
        actor = people.local_actor(opened)
        opened.write(actor, people.prefer, desk.TICKS, None)
        opened.write(actor, people.prefer, actions.STOPS, True)
        yield opened


def archived(store: Store) -> set[int]:
    with store.read() as reader:
        return set(reader.execute(select(conversation.c.id).where(conversation.c.is_archived == 1)).scalars())


def count(store: Store, verb: str, n: int) -> int:
    """How many events of this verb were meant for so many conversations."""
    with store.read() as reader:
        chosen = reader.execute(select(event.c.selection).where(event.c.verb == verb)).scalars()
        return sum(json.loads(text)["n"] == n for text in chosen)


def test_exactly_the_ticked_change_although_another_process_moved_the_rows(
    running: AppServer, store: Store, open_page: Open
) -> None:
    before = archived(store)
    page = open_page(running.url)
    frame = grid(page)
    mark_frame(page)
    ticked = tick(frame, 1, 3)
    expect(selected(page)).to_contain_text("2 selected")
    [other] = ids(frame, 7)
    receive(store, other, "I come to the top")
    page.get_by_role("button", name="Archive", exact=True).click()
    expect(strip(page)).to_contain_text("2 conversations")
    expect(selected(page)).to_contain_text("Nothing selected")
    assert archived(store) == before | set(ticked)
    expect(frame.locator(".bubble.on")).to_have_count(0)
    assert ids(frame, 0) == [other]
    assert is_same_frame(page)
    page.get_by_role("button", name="Undo").click()
    expect(frame.locator(f'.ag-row[row-id="{ticked[0]}"]')).to_be_visible()
    assert archived(store) == before


def test_what_got_a_message_after_it_was_ticked_is_skipped_and_named(
    running: AppServer, store: Store, open_page: Open
) -> None:
    before = archived(store)
    page = open_page(running.url)
    frame = grid(page)
    kept, gone = tick(frame, 2, 4)
    expect(selected(page)).to_contain_text("2 selected")
    page.wait_for_timeout(1100)  # times are kept in seconds
    receive(store, kept, "wait, one more thing")
    page.get_by_role("button", name="Archive", exact=True).click()
    expect(strip(page)).to_contain_text("1 skipped")
    assert archived(store) == before | {gone}
    page.get_by_role("link", name="Details").click()
    expect(page.get_by_text(re.compile("1 got a message since"))).to_be_visible()


def test_300_are_tagged_with_a_tag_made_on_the_way(
    running: AppServer, store: Store, open_page: Open, picture: Picture
) -> None:
    page = open_page(running.url + "/?size=100")
    grid(page)
    for _ in range(3):
        page.get_by_role("button", name="Select this page").click()
        expect(page.get_by_role("button", name="Select this page")).to_have_count(0)
        page.get_by_role("button", name="Next page").click()
    expect(selected(page)).to_contain_text("300 selected")
    page.get_by_role("button", name="Tag", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("Create a new tag").click()
    dialog.get_by_label("Name").fill("Spring clean")
    dialog.get_by_role("radio", name="Teal").click()
    expect(dialog.get_by_role("radio", name="Teal")).to_be_checked()
    dialog.get_by_role("button", name="Create and choose it").click()
    expect(dialog.get_by_role("button", name="Apply")).to_be_enabled()
    picture(page, "bulk_tag")
    dialog.get_by_role("button", name="Apply").dblclick()
    expect(strip(page)).to_contain_text("300 conversations")
    with store.read() as reader:
        made = reader.execute(select(tag).where(tag.c.name == "Spring clean")).one()
        carriers = reader.execute(select(func.count()).select_from(contact_tag).where(contact_tag.c.tag_id == made.id))
        assert (carriers.scalar_one(), made.color) == (300, 6)
    assert count(store, "contact.tag", 300) == 1


def test_all_that_match_are_archived_by_one_job_brought_back_and_found_in_the_history(
    running: AppServer, store: Store, open_page: Open, picture: Picture
) -> None:
    with store.read() as reader:
        wanted = find_ids(reader, ConversationFilter())
    before, n = archived(store), f"{len(wanted):,}"
    page = open_page(running.url)
    grid(page)
    page.get_by_role("button", name=re.compile("^Select all")).click()
    expect(selected(page)).to_contain_text(f"{n} selected")
    page.get_by_role("button", name="Archive", exact=True).click()
    confirm(page, f"Archive {n} conversations", len(wanted), picture)
    expect(page.get_by_test_id("stToast")).to_contain_text(n)
    expect(page.get_by_text(re.compile("^0 conversations in All"))).to_be_visible()
    assert archived(store) == before | set(wanted)
    assert count(store, "conversation.archive", len(wanted)) == 1
    picture(page, "bulk_archived")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text(re.compile(f"^{n} conversations in All"))).to_be_visible()
    assert archived(store) == before
    check_books(store)
    go(page, "Admin", "History")
    expect(page.get_by_text(re.compile("· undone")).first).to_be_visible()
    picture(page, "history")


def confirm(page: Page, label: str, n: int, picture: Picture) -> None:
    """Type the number and press the button, twice."""
    dialog = page.get_by_role("dialog")
    run = dialog.get_by_role("button", name=label)
    expect(run).to_be_disabled()
    dialog.get_by_label(re.compile("Type")).fill(str(n))
    page.keyboard.press("Tab")
    expect(run).to_be_enabled()
    picture(page, "bulk_preview")
    run.dblclick()


def test_a_slow_double_click_on_undo_undoes_once(running: AppServer, store: Store, open_page: Open) -> None:
    before = archived(store)
    page = open_page(running.url)
    frame = grid(page)
    [ticked] = tick(frame, 1)
    expect(selected(page)).to_contain_text("1 selected")
    page.get_by_role("button", name="Archive", exact=True).click()
    expect(frame.locator(f'.ag-row[row-id="{ticked}"]')).to_have_count(0)
    page.reload()
    grid(page)
    box = page.get_by_role("button", name="Undo").bounding_box()
    assert box is not None
    for pause in (200, 0):
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.wait_for_timeout(pause)
    expect(frame.locator(f'.ag-row[row-id="{ticked}"]')).to_be_visible()
    page.wait_for_timeout(700)
    assert archived(store) == before


STEPS = ("tick", "tick", "archive", "archive twice", "undo", "undo twice", "reload", "close", "open", "key")


@pytest.mark.timeout(3_600)  # at full figures
def test_random_hands_double_nothing_and_leave_nothing_stuck(
    running: AppServer, store: Store, open_page: Open, is_full: bool
) -> None:
    page = open_page(running.url)
    for seed in range(100 if is_full else 5):
        hand = random.Random(seed)
        for _ in range(5):
            page = step(page, hand.choice(STEPS), hand)
        page.goto(running.url)
        grid(page)
        expect(page.get_by_text("Something went wrong")).to_have_count(0)
        check_books(store)
    assert count(store, "conversation.archive", 1)


def step(page: Page, what: str, hand: random.Random) -> Page:
    """One thing a hurried person does; whatever cannot be clicked now is not."""
    archive = page.get_by_role("button", name="Archive", exact=True).first
    undo = page.get_by_role("button", name="Undo").first
    with suppress(TooLate):
        if what == "tick":
            tick(grid(page), hand.randrange(9))
        elif what == "open":
            grid(page).locator(f'.ag-row[row-index="{hand.randrange(9)}"] [col-id="name"]').click(timeout=500)
        elif what.startswith("archive") and archive.count() and archive.is_enabled():
            archive.click(click_count=2 if what.endswith("twice") else 1, timeout=500)
        elif what.startswith("undo") and undo.count():
            undo.click(click_count=2 if what.endswith("twice") else 1, timeout=500)
        elif what == "reload":
            page.reload()
        elif what == "close":
            again = page.context.new_page()
            again.goto(page.url)
            page.close()
            return again
        elif what == "key":
            page.keyboard.press(hand.choice("ehxzj"))
    return page


def check_books(store: Store) -> None:
    """Every event has ended, its outcomes sum to what was selected, and the rows' changes follow on each other."""
    with store.read() as reader:
        stuck = select(event.c.id).join(event_state).where(event_state.c.state.in_(["queued", "running", "undoing"]))
        assert reader.execute(stuck).all() == []
        rows = reader.execute(
            select(change.c.contact_id, change.c.before, change.c.after)
            .where(change.c.table_name == "conversation", change.c.outcome == "changed")
            .order_by(change.c.event_id, change.c.n)
        ).all()
    last: dict[tuple[int, str], object] = {}
    for row in rows:
        before, after = json.loads(row.before), json.loads(row.after)
        for name in ("is_archived", "is_hot"):
            if name in after:
                assert last.get((row.contact_id, name), before[name]) == before[name]
                last[row.contact_id, name] = after[name]


def test_the_strip_of_the_last_action_leaves_every_page_in_reach(
    running: AppServer, store: Store, open_page: Open
) -> None:
    with store.read() as reader:
        first = find_ids(reader, ConversationFilter(is_hot=False))[0]
    meant = bulk.choose("ticked", [first], words="silent for very long, and more of the same " * 5)
    bulk.start(store, people.local_actor(store), bulk.action("hot"), meant)
    page = open_page(running.url)
    grid(page)
    expect(strip(page)).to_contain_text("silent for very long")
    last = page.get_by_test_id("stTopNavSection").last.bounding_box()
    covered = strip(page).bounding_box()
    assert last is not None
    assert covered is not None
    assert covered["x"] >= last["x"] + last["width"]
