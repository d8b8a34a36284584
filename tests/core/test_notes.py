"""Notes: saved while they are typed, by one or two people, and never a saved word lost."""

import random
from typing import Any

import pytest
from sqlalchemy import func, select

from core import contacts, conversations, history, notes, undo
from core.conversations import ConversationFilter
from core.database import Store
from core.database.tables import event, note_version
from core.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.conftest import ALICE, BOB, VERA, Clock

RUNS, FULL_RUNS = 10, 200


@pytest.fixture
def someone(store: Store, fixed_clock: Clock) -> int:
    return store.write(ALICE, contacts.add, "7345550132", "US", {"first_name": "Ann"}).contact_id


def read(store: Store, contact_id: int) -> notes.Note:
    with store.read() as reader:
        return notes.get(reader, contact_id)


def kept(store: Store, contact_id: int) -> list[str]:
    with store.read() as reader:
        return [version.body for version in notes.versions(reader, contact_id)]


def found(store: Store, search: str) -> int:
    with store.read() as reader:
        return conversations.count(reader, ConversationFilter(search=search)).n


def test_fifty_own_saves_in_a_row_never_clash_and_make_one_version(store: Store, someone: int) -> None:
    version = 0
    for n in range(1, 51):
        saved = store.write(ALICE, notes.save, someone, "word " * n, version)
        assert not saved.is_clash
        version = saved.version
    assert read(store, someone).body == "word " * 50
    assert kept(store, someone) == []
    assert found(store, "word") == 1
    with store.read() as reader:
        assert [entry.verb for entry in history.of_contact(reader, ALICE, someone)] == ["note.edit", "contact.add"]


def test_what_was_deleted_or_left_for_a_while_is_a_version(store: Store, someone: int, fixed_clock: Clock) -> None:
    bodies = ("call Monday", "call Tuesday", "call Tuesday at 9")
    for n, body in enumerate(bodies):
        store.write(ALICE, notes.save, someone, body, n)
        fixed_clock.advance(2)
    assert kept(store, someone) == ["call Monday"]
    fixed_clock.advance(notes.PAUSE)
    store.write(ALICE, notes.save, someone, "call Tuesday at 9, twice", 3)
    store.write(BOB, notes.save, someone, "call Tuesday at 9, twice, please", 4)
    assert kept(store, someone) == ["call Tuesday at 9, twice", "call Tuesday at 9", "call Monday"]
    with store.read() as reader:
        monday = notes.versions(reader, someone)[-1]
    store.write(ALICE, notes.restore, someone, monday.version, 5)
    assert read(store, someone).body == "call Monday"
    assert kept(store, someone)[0] == "call Tuesday at 9, twice, please"
    assert (found(store, "please"), found(store, "monday")) == (0, 1)


def test_two_editors_keep_both_texts_until_somebody_chooses(store: Store, someone: int) -> None:
    store.write(ALICE, notes.save, someone, "base", 0)
    store.write(ALICE, notes.save, someone, "base from Alice", 1)
    clash = store.write(BOB, notes.save, someone, "base from Bob", 1)
    more = store.write(BOB, notes.save, someone, "base from Bob, who goes on", clash.version)
    assert clash.is_clash
    assert more.is_clash
    now = read(store, someone)
    assert (now.body, [(each.body, each.by) for each in now.clashes]) == (
        "base from Alice",
        [("base from Bob, who goes on", "Bob")],
    )
    store.write(ALICE, notes.save, someone, "base from Alice, still", 2)  # she does not notice
    with pytest.raises(Conflict):
        store.write(BOB, notes.settle, someone, more.version, "both", 2)
    store.write(BOB, notes.settle, someone, more.version, "both", 3)
    now = read(store, someone)
    assert (now.body, now.clashes) == ("both", ())
    assert set(kept(store, someone)) == {"base", "base from Alice, still", "base from Bob, who goes on"} - {"base"}
    with pytest.raises(Conflict, match="settled already"):
        store.write(BOB, notes.settle, someone, more.version, "mine", 4)


def test_the_same_text_twice_and_a_blank_note_are_no_clash(store: Store, someone: int) -> None:
    store.write(ALICE, notes.save, someone, "same", 0)
    assert not store.write(BOB, notes.save, someone, "same", 0).is_clash
    store.write(ALICE, notes.save, someone, "", 1)
    assert not store.write(BOB, notes.save, someone, "new", 1).is_clash


def test_ones_own_saves_may_come_late_or_in_another_order(store: Store, someone: int) -> None:
    first = store.write(ALICE, notes.save, someone, "call", 0)
    store.write(ALICE, notes.save, someone, "call on Monday at 9", first.version)
    for late in ("call on", "call on Monday at 9, early", "call on Monday"):  # written before the answers came
        assert not store.write(ALICE, notes.save, someone, late, first.version).is_clash
    assert read(store, someone).body == "call on Monday at 9, early"
    assert store.write(BOB, notes.save, someone, "call on", first.version).is_clash  # another person meant it


def test_undo_of_a_note_keeps_what_it_takes_back(store: Store, someone: int) -> None:
    store.write(ALICE, notes.save, someone, "first", 0)
    store.write(ALICE, notes.save, someone, "second", 1)
    with store.read() as reader:
        event_id = reader.execute(select(func.max(event.c.id))).scalar_one()
        assert undo.newest(reader, ALICE) != event_id
    undo.start(store, ALICE, event_id)
    assert (read(store, someone).body, found(store, "second"), found(store, "first")) == ("first", 0, 1)
    assert "second" in kept(store, someone)
    assert not store.write(ALICE, notes.save, someone, "third", read(store, someone).version).is_clash


def test_what_cannot_be_kept_is_refused_in_words(store: Store, someone: int) -> None:
    with pytest.raises(Invalid, match="100,000"):
        store.write(ALICE, notes.save, someone, "x" * 100_001, 0)
    with pytest.raises(NotAllowed):
        store.write(VERA, notes.save, someone, "x", 0)
    with pytest.raises(NotFound):
        store.write(ALICE, notes.save, 999_999, "x", 0)
    with pytest.raises(NotFound):
        store.write(ALICE, notes.restore, someone, 7, 0)
    store.write(ALICE, notes.save, someone, "a\x00b\r\nc\td \ud800😂", 0)
    assert read(store, someone).body == "ab\nc\td 😂"


class Editor:
    """Somebody who types into a window that was opened at some version, and saves now and then."""

    def __init__(self, store: Store, contact_id: int, actor: Any, rng: random.Random) -> None:
        self.store, self.contact_id, self.actor, self.rng = store, contact_id, actor, rng
        self.n = 0
        self.open()

    def open(self) -> None:
        note = read(self.store, self.contact_id)
        self.text, self.base = note.body, note.version

    def type(self) -> None:
        self.n += 1
        word = f"{self.actor.name.lower()}{self.n}"
        listed = self.text.split()
        listed.insert(self.rng.choice((len(listed), 0, self.rng.randint(0, len(listed)))), word)
        self.text = " ".join(listed)

    def cut(self) -> None:
        listed = self.text.split()
        if listed:
            listed.pop(self.rng.randrange(len(listed)))
        self.text = " ".join(listed)

    def save(self) -> None:
        self.base = self.store.write(self.actor, notes.save, self.contact_id, self.text, self.base).version


def test_two_editors_in_any_order_lose_no_saved_word(store: Store, fixed_clock: Clock, is_full: bool) -> None:
    for run in range(FULL_RUNS if is_full else RUNS):
        rng = random.Random(run)
        contact_id = store.write(ALICE, contacts.add, f"734555{run:04}", "US", {}).contact_id
        editors = [Editor(store, contact_id, actor, rng) for actor in (ALICE, BOB)]
        saved: set[str] = set()
        for _ in range(14):
            editor = rng.choice(editors)
            rng.choice((editor.type, editor.type, editor.cut, editor.open, lambda: None))()
            fixed_clock.advance(rng.choice((0, 1, 400)))
            if rng.random() < 0.5:
                editor.save()
                saved |= set(editor.text.split())
        with store.read() as reader:
            everywhere = [read(store, contact_id).body, *(each.body for each in notes.versions(reader, contact_id))]
            assert saved <= set(" ".join(everywhere).split()), run
            numbers = reader.execute(select(note_version.c.version).where(note_version.c.contact_id == contact_id))
            assert read(store, contact_id).version not in set(numbers.scalars())
