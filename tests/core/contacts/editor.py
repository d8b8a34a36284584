"""Somebody who edits a contact at random, and remembers what they were answered."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from core import bulk, calls, contacts, custom, notes, undo
from core.access import Actor
from core.contacts import Stale
from core.database import Store
from core.errors import Conflict
from tests.conftest import NOON

CONTACT = 1
FIELDS = ("first_name", "last_name", "email", "city", "state", "zip_code", "source", "date_of_birth", "owner")


@dataclass(frozen=True)
class Edit:
    """An edit of fields that was answered as saved: what its author had seen there, and what they wanted."""

    seen: dict[str, str]
    wanted: dict[str, str]


@dataclass
class Told:
    """What one editor was answered. `refused`: values that nobody else uses."""

    events: set[int] = field(default_factory=set)
    edits: dict[int, Edit] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)


class Editor:
    """Somebody with a window of their own, who looks again now and then."""

    def __init__(self, store: Store, actor: Actor, own: list[str]) -> None:
        self.store, self.actor, self.own = store, actor, own
        self.drawn = random.Random(actor.id)
        self.told = Told()
        self.n = 0
        self.look()

    def go(self, edits: int) -> Told:
        acts: list[Callable[[], None]] = [
            self.fields,
            self.fields,
            self.fields,
            self.write_note,
            self.press,
            self.press,
        ]
        acts += [self.press, self.call, self.undo, self.undo]
        for _ in range(edits):
            self.n += 1
            if self.drawn.random() < 0.6:
                self.look()
            time.sleep(self.drawn.uniform(0, 0.01))
            self.drawn.choice(acts)()
        return self.told

    def look(self) -> None:
        with self.store.read() as reader:
            self.seen = contacts.values(reader, CONTACT) | custom.values(reader, CONTACT)
            found = notes.get(reader, CONTACT)
        self.text, self.base = found.body, found.version

    def fields(self) -> None:
        names = self.drawn.sample([*FIELDS, *self.own], self.drawn.choice((1, 1, 2)))
        wanted = {name: self._value(name) for name in names}
        try:
            event_id = self.store.write(self.actor, contacts.edit, CONTACT, wanted, self.seen)
        except Stale:
            self.told.refused |= {wanted[name] for name in names if name not in {"owner", "date_of_birth"}}
            return
        if event_id is not None:
            self.told.events.add(event_id)
            self.told.edits[event_id] = Edit(dict(self.seen), wanted)
        self.seen |= wanted

    def _value(self, name: str) -> str:
        number = self.actor.id * 1_000 + self.n
        special = {
            "email": f"e{number}@example.com",
            "zip_code": f"{number:05}",
            "date_of_birth": str(date(1950, 1, 1) + timedelta(number)),
            "owner": self.drawn.choice(("", "1", "2", "3")),
            self.own[1]: str(number + 0.5),
        }
        return special.get(name, f"{name} {number}")

    def write_note(self) -> None:
        """Typing adds words; a save on an older version stands beside the note."""
        word = f"word{self.actor.id}x{self.n}"
        words = self.text.split()
        words.insert(self.drawn.randint(0, len(words)), word)
        self.text = " ".join(words)
        self.base = self.store.write(self.actor, notes.save, CONTACT, self.text, self.base).version
        self.told.words.add(word)

    def press(self) -> None:
        at = NOON + 86_400 * self.n + self.actor.id
        tags = self.drawn.sample((1, 2, 3), self.drawn.choice((1, 2)))
        name, params = self.drawn.choice(
            (
                ("hot", {}),
                ("not_hot", {}),
                ("tag", {"tag_ids": tags}),
                ("untag", {"tag_ids": tags}),
                ("assign", {"owner_id": self.drawn.choice((None, 1, 2, 3))}),
                ("move", {"stage_id": self.drawn.choice((11, 12, 13, 21)), "amount_cents": self.n * 100}),
                ("follow_up", {"at": at}),
                ("follow_up_done", {}),
            )
        )
        chosen = bulk.choose("ticked", [CONTACT])
        self.told.events.add(bulk.start(self.store, self.actor, bulk.action(name, **params), chosen))

    def call(self) -> None:
        told = calls.Told("reached", self.n, f"said {self.actor.id} {self.n}")
        self.told.events.add(self.store.write(self.actor, calls.describe, CONTACT, 1, told))

    def undo(self) -> None:
        if not self.told.events:
            return
        try:
            undone = undo.start(self.store, self.actor, self.drawn.choice(sorted(self.told.events)))
        except Conflict:
            return
        self.told.events.add(undone)
