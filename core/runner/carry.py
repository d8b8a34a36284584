"""Carrying a batch out: each enrollment goes from step to step until it waits, ends, or cannot go on for now."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select

from core import bulk, hours, setup
from core.bulk import Action
from core.database import Change, Work, engines
from core.database.tables import enrollment, step_run
from core.errors import AppError
from core.runner.claim import Batch
from core.runner.texts import Texts
from core.workflows import steps_of
from core.workflows.moves import Move, ended, onward, write
from core.workflows.schedule import waited
from core.workflows.steps import Step, first_position

TRIES = 5
RETRY_SECONDS = (60, 600, 3_600, 6 * 3_600)
"""After the first, second, third and fourth try in vain; after the fifth it is set aside as failed."""

e = enrollment.c


@dataclass
class Going:
    """An enrollment on its way through the steps. `has_arrived`: it comes to the step now, so a wait begins."""

    row: Row[Any]
    position: int
    has_arrived: bool


def try_again(now: int, row: Row[Any], why: str) -> Move:
    """A step could not be taken: once more later, and after the last try never."""
    attempts = row.attempts + 1
    if attempts >= TRIES:
        return Move(row, {**ended(now, "failed", why), "attempts": attempts}, why)
    due_at = now + RETRY_SECONDS[attempts - 1]
    return Move(row, {"state": "held", "reason": why, "attempts": attempts, "next_due_at": due_at}, why)


class Carrier:
    """One batch, in one transaction."""

    def __init__(self, work: Work, batch: Batch) -> None:
        self._work = work
        self._batch = batch
        self._steps: dict[int, Sequence[Step]] = {}
        self._moves: list[Move] = []
        self._changes: list[Change] = []
        self._runs: list[dict[str, Any]] = []
        self._texts = Texts(work, batch)
        self._event_id = work.record("enrollment.move", workflow_id=batch.workflow_id)

    def run(self) -> int:
        """Carry it out; returns how many steps were taken."""
        if self._batch.is_retired:
            why = "workflow retired"
            self._moves = [Move(row, ended(self._work.now, "stopped", why), why) for row in self._batch.rows]
        else:
            going = [self._begun(row) for row in self._batch.rows]
            while going:
                going = self._round(going)
        if self._runs:
            self._work.conn.execute(insert(step_run), self._runs)
        write(self._work, self._moves, self._changes, event_id=self._event_id)
        return len(self._runs)

    def _begun(self, row: Row[Any]) -> Going:
        if row.version not in self._steps:
            self._steps[row.version] = steps_of(self._work.conn, row.workflow_id, row.version)
        if row.state == "scheduled":  # the waits before its first step are over
            return Going(row, max(row.position, first_position(self._steps[row.version])), True)
        return Going(row, row.position, row.state == "active")

    def _round(self, going: Sequence[Going]) -> list[Going]:
        """Each takes one step; returns those that go on at once."""
        by_step: dict[tuple[int, int], list[Going]] = defaultdict(list)
        for each in going:
            by_step[each.row.version, each.position].append(each)
        onward_: list[Going] = []
        for (version, position), group in sorted(by_step.items()):
            steps = self._steps[version]
            step = steps[position] if position < len(steps) else Step("end")
            onward_ += self._take(step, group)
        return onward_

    def _take(self, step: Step, group: Sequence[Going]) -> list[Going]:
        if step.kind == "end":
            self._end(step, group)
            return []
        if step.kind == "wait":
            return self._wait(step, group)
        if step.kind == "send":
            return self._send(step, group)
        return self._act(step, group)

    def _end(self, step: Step, group: Sequence[Going]) -> None:
        now = self._work.now
        done = {**ended(now, "completed", ""), "attempts": 0}
        self._moves += [Move(each.row, {**done, "position": each.position}, "came to the end") for each in group]

    def _wait(self, step: Step, group: Sequence[Going]) -> list[Going]:
        now = self._work.now
        over = [each for each in group if not each.has_arrived]
        begun = [each for each in group if each.has_arrived]
        zones = self._zones([each.row.contact_id for each in begun]) if step.wait_seconds is None else {}
        for each in begun:
            due_at = waited(step, zones.get(each.row.contact_id, ()), now)
            after = {**onward(now, each.position), "state": "waiting", "next_due_at": due_at}
            self._moves.append(Move(each.row, after, "waits"))
        return [Going(each.row, each.position + 1, True) for each in over]

    def _zones(self, contact_ids: Sequence[int]) -> dict[int, Sequence[str]]:
        """Where each is; who may be anywhere is taken to be where we are."""
        here = (setup.load(self._work.conn).time_zone,)
        return {id_: place.zones or here for id_, place in hours.places(self._work.conn, contact_ids).items()}

    def _send(self, step: Step, group: Sequence[Going]) -> list[Going]:
        told = self._texts.put(self._event_id, step, group)
        self._changes += told.changes
        self._forget([each for each in group if each.row.contact_id in told.again - told.over])
        for each in group:
            if (outbox_id := told.outbox_ids.get(each.row.contact_id)) is not None:
                self._ran(step, each, outbox_id)
                after = {**onward(self._work.now, each.position), "state": "waiting", "next_due_at": None}
                self._moves.append(Move(each.row, after, "its text is in the outbox"))
            elif (put_off := told.put_off.get(each.row.contact_id)) is not None:
                due_at, why = put_off
                after = {**onward(self._work.now, each.position), "state": "held", "next_due_at": due_at, "reason": why}
                self._moves.append(Move(each.row, after, why))
            elif each.row.contact_id not in told.over:
                self._fail(each, told.refused[each.row.contact_id])
        return [Going(each.row, each.position + 1, True) for each in group if each.row.contact_id in told.over]

    def _forget(self, group: Sequence[Going]) -> None:
        """Their step is taken anew: its text was withheld, so what is noted of it is of no text."""
        keys = [{"whose": each.row.contact_id, "of": each.row.id, "at": each.position} for each in group]
        if keys:
            self._work.conn.execute(_FORGET, keys)

    def _act(self, step: Step, group: Sequence[Going]) -> list[Going]:
        """Through the action of the same name, as an event of its own, which can be undone."""
        ids = [each.row.contact_id for each in group]
        chosen = bulk.choose("ticked", ids, words=f"in {self._batch.name}")
        try:
            bulk.at_once(self._work, _action(step), chosen, "workflow")
        except AppError as error:  # what the step speaks of has gone
            for each in group:
                self._fail(each, str(error))
            return []
        live = self._live(ids) if step.kind == "stage" else set(ids)  # to be won may end it
        for each in group:
            self._ran(step, each)
        return [Going(each.row, each.position + 1, True) for each in group if each.row.contact_id in live]

    def _live(self, contact_ids: Sequence[int]) -> set[int]:
        ids = engines.id_set(self._work.conn, contact_ids)
        mine = (e.workflow_id == self._batch.workflow_id, e.is_live == 1)
        return set(self._work.conn.execute(select(e.contact_id).where(e.contact_id.in_(ids), *mine)).scalars())

    def _fail(self, each: Going, why: str) -> None:
        move = try_again(self._work.now, each.row, why)
        self._moves.append(move._replace(after={**move.after, "position": each.position}))

    def _ran(self, step: Step, each: Going, outbox_id: int | None = None) -> None:
        row = each.row
        own = {"contact_id": row.contact_id, "enrollment_id": row.id, "position": each.position}
        told = {"workflow_id": row.workflow_id, "version": row.version, "kind": step.kind, "outbox_id": outbox_id}
        self._runs.append({**own, **told, "done_at": self._work.now, "event_id": self._event_id})


_FORGET = delete(step_run).where(
    step_run.c.contact_id == bindparam("whose"),
    step_run.c.enrollment_id == bindparam("of"),
    step_run.c.position == bindparam("at"),
)


def _action(step: Step) -> Action:
    match step.kind:
        case "tag" | "untag":
            return bulk.action(step.kind, tag_ids=[step.params.get("tag_id", 0)])
        case "stage":
            # Whom winning or losing stops is for the rules of their workflows to say.
            return bulk.action("move", stage_id=step.params.get("stage_id", 0), stop_enrollments=False)
        case "assign":
            return bulk.action("assign", owner_id=step.params.get("owner_id"))
    return bulk.action("hot")
