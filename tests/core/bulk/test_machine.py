"""Selections, verbs, other people's edits and undo in any order, against a model of dictionaries."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import delete, insert, select, true, update

from core import bulk, clock, undo
from core.database import Store, Work
from core.database.tables import change, contact_tag, conversation
from core.errors import Conflict
from tests.conftest import ALICE
from tests.core.bulk.test_kills import people
from tests.core.bulk.world import accounted, finish, status

ROWS = 12
TAGS = (1, 2)
SELECTIONS = st.sets(st.integers(1, ROWS + 2), min_size=1)  # two of them are not there

FLAGS = {
    "archive": {"is_archived": 1, "archived_at": "now"},
    "restore": {"is_archived": 0, "archived_at": None},
    "hot": {"is_hot": 1},
    "not_hot": {"is_hot": 0},
    "read": {"unread_count": 0},
    "unread": {"unread_count": 1},
}


@dataclass
class Row:
    """What the model knows of one conversation."""

    values: dict[str, Any] = field(
        default_factory=lambda: {
            "is_archived": 0,
            "archived_at": None,
            "is_hot": 0,
            "unread_count": 0,
            "owner_id": None,
        }
    )
    tags: dict[int, tuple[int, int]] = field(default_factory=dict)  # tag -> when and by which event


@dataclass
class Did:
    """One event: per conversation the parts it changed, with their values before and after."""

    event_id: int
    changes: dict[int, dict[str, tuple[Any, Any]]]
    undoes: "Did | None" = None
    is_undone: bool = False


class Machine(RuleBasedStateMachine):
    """Every rule does it twice: to the database, through the verbs, and to the model, by hand."""

    store: ClassVar[Store]
    at_once: ClassVar[int] = 500

    def __init__(self) -> None:
        super().__init__()
        self.now = 1_000
        self.store.write(ALICE, reset)
        self.rows = {id_: Row() for id_ in range(1, ROWS + 1)}
        self.done: list[Did] = []

    def _tick(self) -> None:
        self.now += 1
        clock.now = lambda: self.now  # type: ignore[assignment]

    @rule(name=st.sampled_from(sorted(FLAGS)), ids=SELECTIONS)
    def flag(self, name: str, ids: set[int]) -> None:
        self._tick()
        wanted = {key: self.now if value == "now" else value for key, value in FLAGS[name].items()}
        lead = next(iter(wanted))
        is_done = (lambda old: old > 0) if name == "unread" else (lambda old: old == wanted[lead])
        changes = {}
        for id_ in ids & set(self.rows):
            old = self.rows[id_].values
            if not is_done(old[lead]):
                changes[id_] = {key: (old[key], value) for key, value in wanted.items()}
        self._do(bulk.action(name), ids, changes)

    @rule(owner=st.sampled_from([None, 1, 2]), ids=SELECTIONS)
    def assign(self, owner: int | None, ids: set[int]) -> None:
        self._tick()
        changes = {
            id_: {"owner_id": (self.rows[id_].values["owner_id"], owner)}
            for id_ in ids & set(self.rows)
            if self.rows[id_].values["owner_id"] != owner
        }
        self._do(bulk.action("assign", owner_id=owner), ids, changes)

    @rule(tag_ids=st.sets(st.sampled_from(TAGS), min_size=1), ids=SELECTIONS, puts_on=st.booleans())
    def tag(self, tag_ids: set[int], ids: set[int], puts_on: bool) -> None:
        self._tick()
        changes = {}
        for id_ in ids & set(self.rows):
            carried = self.rows[id_].tags
            touched = {t for t in tag_ids if (t not in carried) == puts_on}
            if touched:
                changes[id_] = {f"tag {t}": (carried.get(t), "new" if puts_on else None) for t in touched}
        self._do(bulk.action("tag" if puts_on else "untag", tag_ids=sorted(tag_ids)), ids, changes)

    def _do(self, wish: bulk.Action, ids: set[int], changes: dict[int, dict[str, tuple[Any, Any]]]) -> None:
        with at_most(self.at_once):
            event_id = finish(self.store, bulk.start(self.store, ALICE, wish, bulk.choose("ticked", ids)))
        made = (self.now, event_id)
        changes = {
            id_: {key: (was, made if now == "new" else now) for key, (was, now) in parts.items()}
            for id_, parts in changes.items()
        }
        self._apply(changes)
        self.done.append(Did(event_id, changes))
        found = status(self.store, event_id)
        assert found.changed == len(changes)
        assert found.changed + found.already + found.skipped + found.failed == found.total == len(ids)
        assert {row.contact_id for row in accounted(self.store, event_id)} == ids

    def _apply(self, changes: dict[int, dict[str, tuple[Any, Any]]]) -> None:
        for id_, parts in changes.items():
            for key, (_, now) in parts.items():
                self._set(id_, key, now)

    def _set(self, id_: int, key: str, value: Any) -> None:
        if not key.startswith("tag "):
            self.rows[id_].values[key] = value
        elif value is None:
            self.rows[id_].tags.pop(int(key[4:]))
        else:
            self.rows[id_].tags[int(key[4:])] = value

    def _get(self, id_: int, key: str) -> Any:
        row = self.rows[id_]
        return row.tags.get(int(key[4:])) if key.startswith("tag ") else row.values[key]

    @rule(id_=st.integers(1, ROWS), what=st.sampled_from(["is_hot", "owner_id", "unread_count", "tag 1"]))
    def somebody_edits(self, id_: int, what: str) -> None:
        """Past all verbs, as another feature would."""
        self._tick()
        if what == "tag 1":
            value = None if 1 in self.rows[id_].tags else (self.now, 1)
        else:
            value = {"is_hot": 1 - self.rows[id_].values["is_hot"], "owner_id": 3, "unread_count": 7}[what]
        self.store.write(ALICE, edit, id_, what, value)
        self._set(id_, what, value)

    @precondition(lambda self: self.done)
    @rule(data=st.data())
    def take_back(self, data: st.DataObject) -> None:
        self._tick()
        did = data.draw(st.sampled_from(self.done))
        if did.is_undone or not did.changes:
            with pytest.raises(Conflict):
                undo.start(self.store, ALICE, did.event_id)
            return
        with at_most(self.at_once):
            undo_id = finish(self.store, undo.start(self.store, ALICE, did.event_id))
        restored: dict[int, dict[str, tuple[Any, Any]]] = {}
        for id_, parts in did.changes.items():
            for group in grouped(parts):
                if all(self._get(id_, key) == parts[key][1] for key in group):
                    restored.setdefault(id_, {}).update({key: (parts[key][1], parts[key][0]) for key in group})
        self._apply(restored)
        did.is_undone = True
        if did.undoes is not None:
            did.undoes.is_undone = False
        self.done.append(Did(undo_id, mains(self.store, undo_id, restored), did))
        self.done[-1].changes = restored if status(self.store, undo_id).changed else {}

    @invariant()
    def the_database_is_as_the_model(self) -> None:
        with self.store.read() as reader:
            names = list(Row().values)
            columns = [conversation.c[name] for name in names]
            rows = reader.execute(select(conversation.c.id, *columns)).all()
            tags: dict[int, dict[int, tuple[int, int]]] = {id_: {} for id_ in self.rows}
            for row in reader.execute(select(contact_tag)):
                tags[row.contact_id][row.tag_id] = (row.added_at, row.event_id)
        assert {row[0]: dict(zip(names, row[1:], strict=True)) for row in rows} == {
            id_: row.values for id_, row in self.rows.items()
        }
        assert tags == {id_: row.tags for id_, row in self.rows.items()}


def grouped(parts: dict[str, Any]) -> list[list[str]]:
    """The parts that lie in one row of the database, and so return together or not at all."""
    tags = [[key] for key in parts if key.startswith("tag ")]
    own = [key for key in parts if not key.startswith("tag ")]
    return tags + ([own] if own else [])


def mains(store: Store, event_id: int, restored: dict[int, Any]) -> dict[int, Any]:
    """Checks that the undo's changes are of the conversations that were restored."""
    with store.read() as reader:
        rows = reader.execute(select(change).where(change.c.event_id == event_id, change.c.outcome == "changed"))
        found = {row.contact_id for row in rows}
    assert found == set(restored)
    return restored


@contextmanager
def at_most(n: int) -> Iterator[None]:
    """Larger selections than `n` become jobs of small chunks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("core.bulk.run.AT_ONCE", n)
        patch.setattr("core.undo.run.AT_ONCE", n)
        patch.setattr("core.bulk.run.FIRST_CHUNK", 3)
        patch.setattr("core.bulk.run.LARGEST_CHUNK", 3)
        patch.setattr("core.undo.run.FIRST_CHUNK", 3)
        yield


def reset(work: Work) -> None:
    work.conn.execute(delete(contact_tag))
    work.conn.execute(update(conversation).values(**Row().values, enrollment_count=0))


def edit(work: Work, id_: int, what: str, value: Any) -> None:
    if what != "tag 1":
        work.conn.execute(update(conversation).where(conversation.c.id == id_).values({what: value}))
    elif value is None:
        work.conn.execute(delete(contact_tag).where(contact_tag.c.contact_id == id_, contact_tag.c.tag_id == 1))
    else:
        row = {"contact_id": id_, "tag_id": 1, "added_at": value[0], "event_id": value[1]}
        work.conn.execute(insert(contact_tag).values(**row))


GUARDS = {
    "rows changed since are left": ("core.undo.plan._is_as_left", lambda *_: true()),
    "a second undo is refused": ("core.undo.run.refusal", lambda *_: None),
    "only what changes is written": ("core.bulk.apply.CHANGED", true()),
}


@pytest.mark.parametrize("guard", GUARDS)
def test_a_guard_that_is_switched_off_is_missed(sqlite_url: str, guard: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", clock.now)
    monkeypatch.setattr(*GUARDS[guard])
    with pytest.raises((Exception, pytest.fail.Exception)):  # whatever it is that the machine meets first
        run(sqlite_url, 500, (60, 20))


@pytest.mark.parametrize("at_once", [500, 0], ids=["at once", "as jobs"])
def test_any_order_of_actions_edits_and_undos_agrees_with_the_model(
    sqlite_url: str, is_full: bool, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", clock.now)  # the machine sets the time; it is put back
    run(sqlite_url, at_once, (300, 40) if is_full else (12, 20))


def run(url: str, at_once: int, size: tuple[int, int]) -> None:
    """Let the machine go on a store of its own; `size`: examples, and steps of each."""
    store = Store.open(url)
    store.write(ALICE, people, ROWS)
    store.write(ALICE, lambda work: json.dumps(work.conn.execute(TAG_2).rowcount))

    class OfStore(Machine):
        pass

    OfStore.store, OfStore.at_once = store, at_once
    examples, steps = size
    run_state_machine_as_test(
        OfStore,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=True,
            print_blob=False,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        ),
    )
    store.close()


TAG_2 = insert(conversation.metadata.tables["tag"]).values(id=2, name="y", name_key="y", created_at=1, event_id=1)
