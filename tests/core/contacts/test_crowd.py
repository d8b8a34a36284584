"""Eight people who edit one contact at the same time: what was answered as saved is there, what was refused is not, and
the changes, told one after the other, end where the tables stand.
"""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Barrier, Event
from typing import Any

import pytest
from sqlalchemy import select

from core import bulk, calls, custom, notes, people, undo
from core.access import Actor
from core.conversations import ConversationFilter, count
from core.conversations.upkeep import name_key
from core.database import Store, Work, images
from core.database.tables import (
    call,
    change,
    contact,
    contact_tag,
    conversation,
    custom_value,
    deal,
    enrollment,
    event,
    note,
    stage_event,
)
from tests.conftest import ALICE, EVERY_RIGHT
from tests.core.bulk.world import assert_wide_rows_hold, fill
from tests.core.contacts.editor import CONTACT, FIELDS, Editor, Told

EDITORS = 8
EDITS, FULL_EDITS = 6, 80
"""Of each."""

ROWS = {
    contact: contact.c.id,
    conversation: conversation.c.id,
    note: note.c.contact_id,
    custom_value: custom_value.c.field_id,
    contact_tag: contact_tag.c.tag_id,
    deal: deal.c.id,
    call: call.c.id,
    enrollment: enrollment.c.id,
}
"""What people write of a contact: tables, and the column by which changes call their rows."""

DERIVED = {
    "contact": set(),
    "note": set(),
    "deal": {"version"},
    "enrollment": {"version"},  # of the workflow
    "conversation": {"version", "activity_key", "name_key", "stage_id", "amount_key", "deal_count", "enrollment_count"},
}
"""Columns that follow from others; the wide row is checked by what it follows from."""

Key = tuple[str, int]
Rows = dict[Key, dict[str, Any]]


def sit_down(url: str, actor: Actor, own: list[str], edits: int, barrier: Barrier) -> Told:
    with closing(Store.open(url)) as store:
        editor = Editor(store, actor, own)
        barrier.wait()
        return editor.go(edits)


@pytest.mark.timeout(900)  # at full figures
def test_eight_editors_of_one_contact_lose_no_update(database_url: str, store: Store, is_full: bool) -> None:
    own = furnish(store)
    actors = [
        Actor(store.write(ALICE, people.add, f"Editor {n}", None, ["supervisor"]), f"Editor {n}", EVERY_RIGHT)
        for n in range(EDITORS)
    ]
    before, since = stored(store), newest(store)
    barrier, edits = Barrier(EDITORS), FULL_EDITS if is_full else EDITS
    with ThreadPoolExecutor(EDITORS) as crowd:
        running = [crowd.submit(sit_down, database_url, actor, own, edits, barrier) for actor in actors]
    told = [each.result() for each in running]
    assert replayed(store, before, since) == trimmed(stored(store))
    assert_answers_hold(store, told, since)
    assert_notes_hold(store, {word for each in told for word in each.words})
    assert_derived_rows_hold(store)
    assert any(each.refused for each in told)


@pytest.mark.parametrize("is_undo", [False, True])
def test_events_of_a_contact_are_numbered_in_the_order_in_which_they_change_it(store: Store, is_undo: bool) -> None:
    furnish(store)
    hot, here = bulk.action("hot"), bulk.choose("ticked", [CONTACT])
    before = bulk.start(store, ALICE, bulk.action("not_hot"), here) and bulk.start(store, ALICE, hot, here)
    is_held = Event()

    def hold(work: Work) -> int:
        images.lock(work.conn, [CONTACT])
        is_held.set()
        time.sleep(0.3)  # whoever takes a number before it is their turn has taken it by now
        return work.record("test.hold")

    with ThreadPoolExecutor(1) as other:
        holding = other.submit(store.write, ALICE, hold)
        assert is_held.wait(20)
        second = undo.start(store, ALICE, before) if is_undo else bulk.start(store, ALICE, hot, here)
    assert holding.result() < second


def furnish(store: Store) -> list[str]:
    """One contact with a note and a call, and three fields of one's own; their keys."""
    fill(store, 6)
    store.write(ALICE, notes.save, CONTACT, "begun", 0)
    assert store.write(ALICE, calls.log, CONTACT) == 1
    return [custom.key(store.write(ALICE, custom.add, kind, kind)) for kind in ("text", "number")]


def newest(store: Store) -> int:
    with store.read() as reader:
        return Store.revision(reader)


def stored(store: Store) -> Rows:
    """The rows of the contact, by table and by what changes call them."""
    found: Rows = {}
    with store.read() as reader:
        for table, row in ROWS.items():
            own = table.c.id if table in {contact, conversation} else table.c.contact_id
            for each in reader.execute(select(table).where(own == CONTACT)):
                found[table.name, each._mapping[row.name]] = dict(each._mapping)
    return found


def trimmed(rows: Rows) -> Rows:
    """Without what follows from other columns, and the keys that images do not repeat."""
    keys = {"id", "contact_id", "field_id", "tag_id"}
    return {
        key: {name: value for name, value in row.items() if name not in DERIVED.get(key[0], set()) | keys}
        for key, row in rows.items()
    }


def changes(store: Store, since: int) -> Iterator[tuple[int, Key, dict[str, Any] | None, dict[str, Any] | None]]:
    """Of the contact, in the order of events: event, row, before and after."""
    k = change.c
    wanted = select(change).where(k.contact_id == CONTACT, k.event_id > since, k.outcome == "changed")
    with store.read() as reader:
        for row in reader.execute(wanted.order_by(k.event_id, k.n)):
            before, after = (None if image is None else json.loads(image) for image in (row.before, row.after))
            yield row.event_id, (row.table_name, row.row_id), before, after


def replayed(store: Store, rows: Rows, since: int) -> Rows:
    """The changes one after the other; each must begin where those before it ended."""
    held = {key: dict(row) for key, row in rows.items()}
    for event_id, key, before, after in changes(store, since):
        if key[0] == "note_version":  # a text beside the note
            continue
        row = held.get(key)
        if before is None:
            assert row is None, (event_id, key)
        else:
            assert row is not None, (event_id, key)
            assert {name: row[name] for name in before} == before, (event_id, key)
        if after is None:
            del held[key]
        else:
            held[key] = (row or {}) | after | ({"version": row["version"] + 1} if row and "version" in row else {})
    return trimmed(held)


def assert_answers_hold(store: Store, told: list[Told], since: int) -> None:
    """Every event was answered to somebody; a saved edit replaced what was seen; nothing refused was ever there."""
    with store.read() as reader:
        wanted = select(event.c.id).where(event.c.id > since, event.c.verb.not_in(["note.edit", "note.clash"]))
        assert set(reader.execute(wanted).scalars()) == {id_ for each in told for id_ in each.events}
    edits = {event_id: edit for each in told for event_id, edit in each.edits.items()}
    refused = {value for each in told for value in each.refused}
    written: dict[int, set[str]] = {}
    for event_id, (table, row_id), before, after in changes(store, since):
        assert not refused & {str(value) for value in (after or {}).values()}, event_id
        if event_id in edits:
            for name, was, now in as_fields(table, row_id, before or {}, after or {}):
                assert (was, now) == (edits[event_id].seen.get(name, ""), edits[event_id].wanted[name]), event_id
                written.setdefault(event_id, set()).add(name)
    for event_id, edit in edits.items():
        differing = {name for name, value in edit.wanted.items() if edit.seen.get(name, "") != value}
        assert differing - {"owner"} <= written[event_id] <= set(edit.wanted), event_id  # an owner may be there already


def as_fields(table: str, row_id: int, before: dict[str, Any], after: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """A change as name, text before and text after, of each field that people edit."""
    if table == "custom_value":
        yield custom.key(row_id), before.get("value", ""), after.get("value", "")
        return
    for name, value in after.items():
        shown = "owner" if name == "owner_id" else name
        if shown in FIELDS:
            was, now = ("" if each is None else str(each) for each in (before[name], value))
            yield shown, was, now


def assert_notes_hold(store: Store, words: set[str]) -> None:
    """Every saved word stands in the note, beside it, or in a version; and no save has taken one away."""
    with store.read() as reader:
        texts = [notes.get(reader, CONTACT).body, *(each.body for each in notes.versions(reader, CONTACT))]
    assert words <= set(" ".join(texts).split())
    for event_id, (table, _), before, after in changes(store, 0):
        if table == "note" and before and after:
            assert set(before["body"].split()) <= set(after["body"].split()), event_id


def assert_derived_rows_hold(store: Store) -> None:
    """The list, the search and the history of stages say what the rows say."""
    assert_wide_rows_hold(store, [CONTACT])
    rows = stored(store)
    person = rows["contact", CONTACT]
    name = name_key(person["first_name"], person["last_name"], person["phone"])
    assert rows["conversation", CONTACT]["name_key"] == name
    s = stage_event.c
    with store.read() as reader:
        assert count(reader, ConversationFilter(search=f'"{name}"', include_archived=True)).n >= 1
        told = select(s.deal_id, s.from_stage_id, s.to_stage_id).where(s.contact_id == CONTACT).order_by(s.id)
        reached: dict[int, int] = {}
        for deal_id, from_id, to_id in reader.execute(told):
            assert reached.get(deal_id, from_id) == from_id
            reached[deal_id] = to_id
    assert {id_: rows["deal", id_]["stage_id"] for id_ in reached} == reached
