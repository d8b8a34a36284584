"""Workflows at work: enrolling with its preview, claiming alone, steps to a provider that takes all, an idle look."""

import time
from collections.abc import Iterator, Sequence

from sqlalchemy import BigInteger, func, insert, literal, literal_column, select, update

from bench.bulk import copied, ids
from bench.data import END, Set
from bench.measure import Timing, runs, timing
from bench.report import Row
from core import bulk, jobs, people, workflows
from core.database import Store, Work
from core.database.tables import contact, enrollment, step_run
from core.messages.claims import Pace
from core.messages.provider import Answer, Held, Outgoing
from core.messages.sender import Sender
from core.runner import Runner
from core.runner.claim import claim, due_workflows
from core.workflows import Draft, Rules, Step

MANY, STEPS = 100_000, 2_000
"""Contacts enrolled at once, and contacts carried through a workflow."""

PER = 1_000
FREE = Rules(stop_on_reply=False, stop_on_won=False, stop_on_lost=False, reenroll="always")


class Nobody:
    """A provider that takes everything and does nothing."""

    def is_ready(self) -> bool:
        return True

    def send(self, text: Outgoing) -> Answer:
        return Answer("accepted", f"N{text.key}")

    def find(self, to: str, since: int) -> Sequence[Held]:
        return ()


class _Enough(Exception):
    """Raised to roll a claim back."""


def sendings(kept: Set) -> Iterator[Row]:
    """In this order: what is enrolled stays."""
    with copied(kept) as measured:
        yield _enroll(measured)
        yield from _steps(measured)
        yield _idle(measured)


def _made(measured: Set, name: str, *steps: Step) -> int:
    draft = Draft(name, "workflow", steps, rules=FREE)
    return measured.store.write(measured.actor, workflows.add, draft)


def _enroll(measured: Set) -> Row:
    """The preview with its compliance, and the action."""
    size = min(MANY, measured.n)
    chosen = bulk.choose("ticked", ids(measured.n, size, "scattered"))
    wish = bulk.action("enroll", workflow_id=_made(measured, "Bench: many", Step("wait", wait_seconds=60), _text()))
    begun = time.perf_counter()
    bulk.preview(measured.store, measured.actor, wish, chosen)
    seen = (time.perf_counter() - begun) * 1_000
    event_id = bulk.start(measured.store, measured.actor, wish, chosen)
    with measured.store.read() as reader:
        is_running = jobs.status(reader, event_id).is_running
    if is_running:
        bulk.carry_out(measured.store, event_id)
    took = timing([(time.perf_counter() - begun) * 1_000], f"of these {seen:.0f} ms for the preview")
    return Row("sending", f"preview and enroll {size:,}", took, "enroll" if size == MANY else "")


def _text() -> Step:
    return Step("send", "Hello {first_name|there}, your renewal is near. Shall we talk?")


def _steps(measured: Set) -> Iterator[Row]:
    size = min(STEPS, measured.n // 4)
    id_ = _made(measured, "Bench: steps", _text(), Step("hot"), _text())
    chosen = ids(measured.n, size, "neighbours")
    for at in range(0, size, bulk.AT_ONCE):
        part = bulk.choose("ticked", chosen[at : at + bulk.AT_ONCE])
        bulk.start(measured.store, measured.actor, bulk.action("enroll", workflow_id=id_), part)
    yield Row("sending", f"claim {PER:,} due enrollments", _per(PER, _claim(measured.store)), "claim")
    runner, sender = Runner(measured.store), Sender(measured.store, Nobody(), Pace(calls=8))
    begun = time.perf_counter()
    while runner.step() | sender.step():
        pass
    took = (time.perf_counter() - begun) * 1_000
    r = step_run.c
    with measured.store.read() as reader:
        done = reader.execute(select(func.count()).where(r.workflow_id == id_)).scalar_one()
    yield Row("sending", f"{PER:,} steps to a provider that takes all", _per(done, [took]), "steps")


def _per(n: int, taken: Sequence[float]) -> Timing:
    rate = n * 1_000 / (sum(taken) / len(taken))
    return timing([each * PER / n for each in taken], f"{rate:,.0f} a second")


def _claim(store: Store) -> list[float]:
    def rolled_back(work: Work) -> None:
        batch = claim(work, PER)
        assert batch is not None
        assert len(batch.rows) == PER
        raise _Enough

    def once() -> None:
        try:
            store.write(people.SYSTEM, rolled_back)
        except _Enough:
            return

    return runs(once, 10)


def _idle(measured: Set) -> Row:
    """Everybody is in a workflow, and nobody is due."""
    id_ = _made(measured, "Bench: all", Step("wait", wait_seconds=86_400), _text())
    measured.store.write(people.SYSTEM, _fill, id_)

    def look() -> None:
        with measured.store.read() as reader:
            assert not due_workflows(reader, END)

    return Row("sending", f"idle look at {measured.n:,} live enrollments", timing(runs(look, 200)), "idle look")


def _fill(work: Work, workflow_id: int) -> None:
    e = enrollment.c
    others = update(enrollment).where(e.next_due_at <= END)
    work.conn.execute(others.values(next_due_at=END + 1))
    first = work.take_ids("enrollment", work.conn.execute(select(func.max(contact.c.id))).scalar_one())
    values = {
        "contact_id": contact.c.id,
        "id": contact.c.id + literal(first - 1, BigInteger),
        "workflow_id": literal(workflow_id, BigInteger),
        "version": literal_column("1"),
        "state": literal("scheduled"),
        "is_live": literal_column("1"),
        "next_due_at": literal(END, BigInteger) + contact.c.id + literal_column("1"),
        "started_at": literal(END, BigInteger),
        "event_id": literal_column("1"),
    }
    work.conn.execute(insert(enrollment).from_select(list(values), select(*values.values())))
