"""An inbox to try in a browser, and the hands to do it with."""

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from playwright.sync_api import FrameLocator, Locator, Page, TimeoutError, expect
from sqlalchemy import insert, update

from core import people
from core.conversations import upkeep
from core.database import Store, Work
from core.database.search import reindexing
from core.database.tables import contact, contact_tag, conversation, enrollment, message, tag
from core.demo.fill import fill
from tests.conftest import NOON

SIZE = 400
PATIENCE_SECONDS = 60
NEVER = 4_000_000_000
"""A second at which none of these tests runs."""

EVIL = "<img src=x onerror=top.hit=1> ![x](http://outside.example/x.png) ::JSCODE::top.hit=1::JSCODE::"


def furnish(folder: Path, size: int = SIZE) -> None:
    """Demo conversations into an empty data folder; the newest one is hostile and carries every tag, and no text goes
    out by itself: whether its hour is lawful would depend on when the tests run.
    """
    with closing(Store.open(f"sqlite:///{folder / 'talkdeck.db'}")) as store:
        fill(store, people.local_actor(store), (size, 3), NOON, lambda _what, _done: None)
        store.write(people.SYSTEM, _spoil)
        store.write(people.SYSTEM, _put_off)


def _put_off(work: Work) -> None:
    due = enrollment.c.next_due_at
    work.conn.execute(update(enrollment).where(due.is_not(None)).values(next_due_at=NEVER))


def _spoil(work: Work) -> None:
    first = work.conn.execute(conversation.select().order_by(conversation.c.activity_key.desc())).first()
    assert first is not None
    own = {"event_id": work.record("test.spoil")}
    with reindexing(work.conn, [first.id]):
        work.conn.execute(update(contact).where(contact.c.id == first.id).values(first_name=EVIL, last_name="Ö" * 90))
        work.conn.execute(update(message).where(message.c.id == first.last_message_id).values(body=EVIL * 3))
        work.conn.execute(update(conversation).where(conversation.c.id == first.id).values(is_archived=0, is_hot=1))
    own_tags = contact_tag.select().where(contact_tag.c.contact_id == first.id)
    carried = {row.tag_id for row in work.conn.execute(own_tags)}
    missing = [row.id for row in work.conn.execute(tag.select()) if row.id not in carried]
    work.conn.execute(
        insert(contact_tag), [{"contact_id": first.id, "tag_id": id_, "added_at": work.now, **own} for id_ in missing]
    )
    work.conn.execute(update(tag).where(tag.c.id == missing[0]).values(name=EVIL, priority=99))


def grid(page: Page) -> FrameLocator:
    """The grid, once it shows rows."""
    frame = page.locator('iframe[title="st_aggrid.AgGrid.agGrid"]').last.content_frame
    expect(frame.locator(".ag-row").first).to_be_visible()
    return frame


def cell(frame: FrameLocator, row: int, column: str = "name") -> str:
    return frame.locator(f'.ag-row[row-index="{row}"] [col-id="{column}"]').inner_text()


def names(frame: FrameLocator, count: int = 8) -> list[str]:
    return [cell(frame, row) for row in range(count)]


def mark_frame(page: Page) -> None:
    """Leave a mark in the grid's document; a grid mounted anew has lost it."""
    grid(page).locator("body").evaluate("() => { window.mark = 1; }")


def is_same_frame(page: Page) -> bool:
    return bool(grid(page).locator("body").evaluate("() => window.mark === 1"))


def where(page: Page) -> str:
    return str(page.evaluate("location.search"))


def ids(frame: FrameLocator, *rows: int) -> list[int]:
    """The conversations in these rows."""
    return [int(frame.locator(f'.ag-row[row-index="{row}"]').first.get_attribute("row-id") or 0) for row in rows]


def tick(frame: FrameLocator, *rows: int) -> list[int]:
    """Click the bubbles of these rows; the conversations in them."""
    found = ids(frame, *rows)
    for row in rows:
        frame.locator(f'.ag-row[row-index="{row}"] .bubble').click()
    return found


def selected(page: Page) -> Locator:
    """The line that says what is selected."""
    return page.locator(".st-key-conversations-ticks")


def go(page: Page, menu: str, name: str) -> None:
    """To another page by the bar at the top."""
    page.get_by_test_id("stTopNavSection").get_by_text(menu, exact=True).click()
    page.get_by_role("menuitem", name=name).click()


def choose(page: Page, label: str, option: str) -> None:
    """From a list of choices; one that is drawn anew meanwhile, and so closed, is opened once more. Returns when what
    follows from the choice is drawn.
    """
    wanted = page.get_by_role("option", name=option, exact=True)
    for patience in (2_000, 5_000, 10_000, PATIENCE_SECONDS * 1_000):
        page.get_by_role("combobox", name=label, exact=True).press("ArrowDown")
        try:
            wanted.click(timeout=patience)
        except TimeoutError:
            continue
        page.wait_for_timeout(200)  # the choice is on its way
        return expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    raise AssertionError(f"{label} never offered {option}")


def strip(page: Page) -> Locator:
    """What was done last."""
    return page.locator(".st-key-frame")


def until(page: Page, holds: Callable[[], bool]) -> None:
    """Wait for what the database says: the strip may still tell of an earlier action in the same words."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < end, "it never came to be so"
        page.wait_for_timeout(50)


def receive(store: Store, contact_id: int, *bodies: str) -> None:
    """Messages come in now."""
    store.write(people.SYSTEM, _receive, contact_id, bodies)


def _receive(work: Work, contact_id: int, bodies: Sequence[str]) -> None:
    first, event_id = work.take_ids("message", len(bodies)), work.record("test.receive")
    own = {"contact_id": contact_id, "event_id": event_id, "direction": "in", "status": "received", "sent_at": work.now}
    with reindexing(work.conn, [contact_id]):
        work.conn.execute(insert(message), [{**own, "id": first + n, "body": body} for n, body in enumerate(bodies)])
        upkeep.refresh(work.conn, [contact_id], work.now)
