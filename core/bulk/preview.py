"""What an action would do to a selection, before anything is done."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, func, select

from core import clock
from core.access import Actor
from core.bulk.actions import Action, lacks
from core.bulk.kind import REASONS, Call
from core.bulk.selection import Selection
from core.database import Store, images

LOOKED_AT = 50_000
"""Ids of one query."""

WORDS = {"changed": "will change", "already": "already so", "skipped": "will be skipped", "failed": "failed"}


@dataclass(frozen=True)
class Group:
    """So many rows of one outcome and reason. `outcome` "left": rows that a job has not come to."""

    outcome: Literal["changed", "already", "skipped", "failed", "left"]
    reason: str
    n: int
    words: str


@dataclass(frozen=True)
class Preview:
    """What would become of `total` rows; the groups sum to it: changed first, then already, then skipped."""

    action: Action
    words: str
    total: int
    groups: tuple[Group, ...]
    notes: tuple[str, ...]
    undo: str
    undo_words: str

    def _sum(self, outcome: str) -> int:
        return sum(group.n for group in self.groups if group.outcome == outcome)

    @property
    def changed(self) -> int:
        """How many rows will change."""
        return self._sum("changed")

    @property
    def already(self) -> int:
        """How many rows are so already."""
        return self._sum("already")

    @property
    def skipped(self) -> int:
        """How many rows will be left alone."""
        return self._sum("skipped")


def preview(store: Store, actor: Actor, action: Action, selection: Selection) -> Preview:
    """What `start` would do now. Without the right, all rows are skipped as not allowed.

    Raises: Invalid when the action cannot be done at all.
    """
    kind, total = action.kind, len(selection)
    counts: Counter[tuple[str, str]] = Counter()
    notes: list[str] = []
    with store.read() as reader:
        said = kind.facts(reader, action.values)["said"]
        if lacks(actor, kind, total) is not None:
            counts["skipped", "not_allowed"] = total
        else:
            for call in _calls(reader, actor, action, selection):
                every = kind.plan(call).subquery()
                grouped = select(every.c.outcome, every.c.reason, func.count()).where(images.is_main(every.c.n))
                for outcome, reason, n in reader.execute(grouped.group_by(every.c.outcome, every.c.reason)):
                    counts[outcome, reason] += n
            if total:
                every_id = _call(reader, actor, action, selection, selection.ids)
                notes = kind.notes(every_id)
    order = list(WORDS)
    listed = sorted(counts.items(), key=lambda item: (order.index(item[0][0]), -item[1]))
    groups = tuple(group(outcome, reason, n) for (outcome, reason), n in listed)
    return Preview(
        action,
        sentence(imperative(said), total, selection.words),
        total,
        groups,
        tuple(notes),
        kind.undo,
        kind.undo_words,
    )


def preview_ids(store: Store, actor: Actor, action: Action, selection: Selection, wanted: Group) -> tuple[int, ...]:
    """The conversations behind a group's count, ascending."""
    found: list[int] = []
    if lacks(actor, action.kind, len(selection)) is not None:
        return selection.ids if wanted.reason == "not_allowed" else ()
    with store.read() as reader:
        for call in _calls(reader, actor, action, selection):
            every = action.kind.plan(call).subquery()
            of_group = images.is_main(every.c.n), every.c.outcome == wanted.outcome, every.c.reason == wanted.reason
            found += reader.execute(select(every.c.contact_id).where(*of_group)).scalars()
    return tuple(sorted(found))


def _calls(reader: Connection, actor: Actor, action: Action, selection: Selection) -> Iterator[Call]:
    for at in range(0, len(selection), LOOKED_AT):
        yield _call(reader, actor, action, selection, selection.ids[at : at + LOOKED_AT])


def _call(reader: Connection, actor: Actor, action: Action, selection: Selection, ids: tuple[int, ...]) -> Call:
    facts = action.kind.facts(reader, action.values)
    return Call(reader, facts, list(ids), actor.id, clock.now(), selection.chosen_at)


def group(outcome: Any, reason: str, n: int, words: dict[str, str] = WORDS) -> Group:
    """A group in words; a reason that is no code stands for itself."""
    return Group(outcome, reason, n, REASONS.get(reason, reason) if reason else words[outcome])


def sentence(said: str, n: int, words: str) -> str:
    """What an event did, from its words: “archived 1,204 conversations: tag = cold”."""
    rows = "1 conversation" if n == 1 else f"{n:,} conversations"
    return said.replace("{n}", rows) + (f": {words}" if words else "")


_WISHES = {
    "archived": "Archive", "unarchived": "Unarchive", "marked": "Mark", "assigned": "Assign", "took": "Take",
    "tagged": "Tag", "merged": "Merge", "enrolled": "Enroll", "stopped": "Stop", "moved": "Move", "sent": "Send",
    "planned": "Plan", "was": "Be", "deleted": "Delete",
}  # fmt: skip


def imperative(said: str) -> str:
    """The words of history as a wish: “archived {n}” becomes “Archive {n}”."""
    verb, _, rest = said.partition(" ")
    return f"{_WISHES.get(verb, verb)} {rest}"
