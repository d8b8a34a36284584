"""A model of dictionaries beside the database: what actions, other people and undo do to a few conversations."""

import itertools
from collections.abc import Callable, Hashable
from typing import Any, ClassVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from core import bulk, clock, undo
from core.database import Store
from core.errors import Conflict, NotAllowed
from tests.conftest import ALICE, BOB, VERA
from tests.core.bulk import few
from tests.core.bulk.did import Changes, Did, Parts, assert_state
from tests.core.bulk.world import accounted, finish, status

SELECTIONS = st.sets(st.integers(1, few.ROWS + 2), min_size=1)  # two of them are not there
FLAGS: dict[str, dict[str, Any]] = {
    "restore": {"is_archived": 0, "archived_at": None},
    "hot": {"is_hot": 1},
    "not_hot": {"is_hot": 0},
    "read": {"unread_count": 0},
    "unread": {"unread_count": 1},
}

REQUESTS = itertools.count(1)
BEGINNINGS = itertools.count(1_000, 1_000)
"""Every example has a time of its own: messages of former ones are old."""


class Machine(RuleBasedStateMachine):
    """Every rule does it twice: to the database, through the verbs, and to the model, by hand."""

    store: ClassVar[Store]
    at_once: ClassVar[int] = 500

    def __init__(self) -> None:
        super().__init__()
        self.now = next(BEGINNINGS)
        self.store.write(ALICE, few.reset)
        self.rows: dict[int, dict[Hashable, Any]] = {id_: dict(few.PLAIN) for id_ in range(1, few.ROWS + 1)}
        self.wrote: dict[int, int] = {}
        self.done: list[Did] = []

    def _tick(self) -> None:
        self.now += 1
        clock.now = lambda: self.now  # type: ignore[assignment]

    def _rows(self, kind: str, id_: int) -> dict[Any, Any]:
        """The rows of a kind that the conversation has, by their keys."""
        rows = self.rows[id_].items()
        return {key: was for key, was in rows if isinstance(key, tuple) and key[0] == kind and was is not None}

    def _live(self, id_: int, workflow_id: int | None) -> dict[Any, Any]:
        """Its live enrollments in a workflow; None: in any."""
        rows = self._rows("enrollment", id_).items()
        return {key: was for key, was in rows if was[1] and workflow_id in (None, key[1])}

    # What the actions do.

    @rule(name=st.sampled_from(sorted(FLAGS)), ids=SELECTIONS)
    def flag(self, name: str, ids: set[int]) -> None:
        lead = next(iter(FLAGS[name]))
        is_done = (lambda old: old > 0) if name == "unread" else (lambda old: old == FLAGS[name][lead])

        def parts(id_: int, _event_id: int) -> Parts:
            old = self.rows[id_]
            return {} if is_done(old[lead]) else {key: (old[key], value) for key, value in FLAGS[name].items()}

        self._do(bulk.action(name), ids, parts)

    @rule(ids=SELECTIONS, chosen_ago=st.integers(0, 4), stops=st.booleans())
    def archive(self, ids: set[int], chosen_ago: int, stops: bool) -> None:
        def parts(id_: int, _event_id: int) -> Parts:
            old = self.rows[id_]
            if old["is_archived"] or self.wrote.get(id_, 0) >= self.now - chosen_ago:
                return {}
            own: Parts = {"is_archived": (0, 1), "archived_at": (old["archived_at"], self.now)}
            return own | (self._stopped(id_, None, "archived") if stops else {})

        self._do(bulk.action("archive", stop_enrollments=stops), ids, parts, chosen_ago)

    def _stopped(self, id_: int, workflow_id: int | None, why: str) -> Parts:
        live = self._live(id_, workflow_id).items()
        return {key: (was, ("stopped", 0, None, self.now, why)) for key, was in live}

    @rule(owner=st.sampled_from([None, 1, 2]), ids=SELECTIONS)
    def assign(self, owner: int | None, ids: set[int]) -> None:
        def parts(id_: int, _event_id: int) -> Parts:
            had = self.rows[id_]["owner_id"]
            return {} if had == owner else {"owner_id": (had, owner)}

        self._do(bulk.action("assign", owner_id=owner), ids, parts)

    @rule(tag_ids=st.sets(st.sampled_from(few.TAGS), min_size=1), ids=SELECTIONS, puts_on=st.booleans())
    def tag(self, tag_ids: set[int], ids: set[int], puts_on: bool) -> None:
        def parts(id_: int, event_id: int) -> Parts:
            carried = self._rows("tag", id_)
            touched = [("tag", t) for t in tag_ids if (("tag", t) not in carried) == puts_on]
            return {key: (carried.get(key), (self.now, event_id) if puts_on else None) for key in touched}

        self._do(bulk.action("tag" if puts_on else "untag", tag_ids=sorted(tag_ids)), ids, parts)

    @rule(workflow_id=st.sampled_from(few.WORKFLOWS), ids=SELECTIONS)
    def enroll(self, workflow_id: int, ids: set[int]) -> None:
        def parts(id_: int, event_id: int) -> Parts:
            won = any(each[1] == "won" for each in self._rows("deal", id_).values())
            if self.rows[id_]["is_opted_out"] or self._live(id_, workflow_id) or (won and workflow_id == few.REDRIP):
                return {}
            made: Parts = {("enrollment", workflow_id, event_id): (None, ("scheduled", 1, self.now, None, ""))}
            brings = workflow_id == few.BRINGS_TAG and few.BROUGHT not in self._rows("tag", id_)
            return made | ({few.BROUGHT: (None, (self.now, event_id))} if brings else {})

        self._do(bulk.action("enroll", workflow_id=workflow_id), ids, parts)

    @rule(workflow_id=st.sampled_from([None, *few.WORKFLOWS]), ids=SELECTIONS)
    def stop(self, workflow_id: int | None, ids: set[int]) -> None:
        self._do(
            bulk.action("stop", workflow_id=workflow_id),
            ids,
            lambda id_, _event_id: self._stopped(id_, workflow_id, "stopped by hand"),
        )

    @rule(
        stage_id=st.sampled_from(sorted(few.STAGES)),
        amount=st.sampled_from([None, 0, 5_000]),
        new_deal=st.booleans(),
        stops=st.booleans(),
        ids=SELECTIONS,
    )
    def move(self, stage_id: int, amount: int | None, new_deal: bool, stops: bool, ids: set[int]) -> None:
        kind = few.STAGES[stage_id]

        def parts(id_: int, event_id: int) -> Parts:
            found = deal(id_, event_id)
            return found | (self._stopped(id_, None, kind) if found and stops and kind != "open" else {})

        def deal(id_: int, event_id: int) -> Parts:
            deals, closed_at = self._rows("deal", id_), None if kind == "open" else self.now
            newest = max(deals, key=lambda key: (deals[key][1] == "open", key), default=None)
            latest = max(deals, key=lambda key: (deals[key][5], key), default=None)
            there = [newest] if kind == "open" else [newest, latest]
            if not new_deal and any(key and few.is_there(deals[key], stage_id, amount) for key in there):
                return {}
            if new_deal or newest is None or deals[newest][1] != "open":
                return {("deal", event_id): (None, (stage_id, kind, amount, self.now, closed_at, self.now))}
            was = deals[newest]
            entered_at = was[3] if was[0] == stage_id else self.now
            said = was[2] if amount is None else amount
            return {newest: (was, (stage_id, kind, said, entered_at, closed_at, self.now))}

        said = {"stage_id": stage_id, "amount_cents": amount, "new_deal": new_deal, "stop_enrollments": stops}
        self._do(bulk.action("move", **said), ids, parts)

    def _do(self, wish: bulk.Action, ids: set[int], parts: Callable[[int, int], Parts], chosen_ago: int = 0) -> None:
        """Do it, ask for it once more under the same request, and count; `parts` of a conversation and the event."""
        self._tick()
        chosen = bulk.choose("ticked", ids, chosen_at=self.now - chosen_ago)
        request_id = f"do {next(REQUESTS)}"
        with few.at_most(self.at_once):
            event_id = bulk.start(self.store, ALICE, wish, chosen, request_id)
            assert bulk.start(self.store, ALICE, wish, chosen, request_id) == event_id
            finish(self.store, event_id)
        every = {id_: parts(id_, event_id) for id_ in ids & set(self.rows)}
        changes = {id_: found for id_, found in every.items() if found}
        self._become(changes)
        self.done.append(Did(event_id, changes))
        found = status(self.store, event_id)
        assert found.changed == len(changes)
        assert not found.failed
        assert found.changed + found.already + found.skipped + found.failed == found.total == len(ids)
        assert {row.contact_id for row in accounted(self.store, event_id)} == ids

    def _become(self, changes: Changes) -> None:
        for id_, parts in changes.items():
            self.rows[id_] |= {key: now for key, (_, now) in parts.items()}

    # What others do.

    @rule(id_=st.integers(1, few.ROWS), what=st.sampled_from([*few.EDITS, few.BROUGHT]))
    def somebody_edits(self, id_: int, what: Hashable) -> None:
        """Past all verbs, as another feature would."""
        self._tick()
        was = self.rows[id_].get(what)
        value = few.EDITS[what](was) if isinstance(what, str) else (None if was else (self.now, 1))
        self.store.write(ALICE, few.edit, id_, what, value)
        self.rows[id_][what] = value

    @rule(id_=st.integers(1, few.ROWS))
    def a_workflow_goes_on(self, id_: int) -> None:
        self._tick()
        self.store.write(ALICE, few.go_on, id_)
        for key, was in self._live(id_, None).items():
            self.rows[id_][key] = ("active", *was[1:])

    @rule(id_=st.integers(1, few.ROWS))
    def somebody_writes(self, id_: int) -> None:
        self._tick()
        self.store.write(ALICE, few.receive, id_)
        self.wrote[id_] = self.now

    @rule(ids=SELECTIONS)
    def somebody_tries_without_the_right(self, ids: set[int]) -> None:
        self._tick()
        with pytest.raises(NotAllowed):
            bulk.start(self.store, VERA, bulk.action("hot"), bulk.choose("ticked", ids))

    # Taking back.

    @precondition(lambda self: self.done)
    @rule(data=st.data())
    def take_back(self, data: st.DataObject) -> None:
        self._tick()
        did = data.draw(st.sampled_from(self.done))
        back = {(id_, keys) for id_, keys in did.left if self._may_return(did, id_, keys)}
        with pytest.raises(NotAllowed):
            undo.start(self.store, BOB, did.event_id)
        if self._is_refused(did, any(back)):
            with pytest.raises(Conflict):
                undo.start(self.store, ALICE, did.event_id)
            return
        request_id = f"undo {next(REQUESTS)}"
        with few.at_most(self.at_once):
            undo_id = undo.start(self.store, ALICE, did.event_id, request_id)
            assert undo.start(self.store, ALICE, did.event_id, request_id) == undo_id
            finish(self.store, undo_id)
        restored: Changes = {}
        for id_, keys in back:
            restored.setdefault(id_, {}).update({key: did.changes[id_][key][::-1] for key in keys})
        self._become(restored)
        did.undos.append(Did(undo_id, restored, did))
        self.done.append(did.undos[-1])
        assert few.changed(self.store, undo_id) == set(restored)
        assert_state(self.store, did)

    def _may_return(self, did: Did, id_: int, keys: tuple[Hashable, ...]) -> bool:
        """The row is as it was left; and nobody is in one workflow twice. Who was enrolled and got no text yet may be
        further by now.
        """
        first, (was, became) = keys[0], did.changes[id_][keys[0]]
        if isinstance(first, tuple) and first[0] == "enrollment" and was is None and became is not None:
            return self.rows[id_].get(first) is not None and bool(self.rows[id_][first][1])
        if any(self.rows[id_].get(key) != did.changes[id_][key][1] for key in keys):
            return False
        if isinstance(first, tuple) and first[0] == "enrollment" and was is not None and was[1]:
            return not self._live(id_, first[1]).keys() - {first}
        return True

    def _is_refused(self, did: Did, any_back: bool) -> bool:
        """It was undone, or changed nothing; or something of it is left, but nothing that may return."""
        assert_state(self.store, did)
        found = status(self.store, did.event_id)
        if not did.changes or found.state == "undone":
            return True
        return found.state == "undone_in_part" and not any_back and found.changed <= self.at_once

    @invariant()
    def the_database_is_as_the_model(self) -> None:
        expected = {}
        for id_, parts in self.rows.items():
            expected[id_] = {key: value for key, value in parts.items() if isinstance(key, str) or value is not None}
            expected[id_] |= few.derived(self._rows("deal", id_), self._live(id_, None))
        with self.store.read() as reader:
            assert few.read(reader) == expected
            assert few.last_stages(reader) == few.stages(reader)
