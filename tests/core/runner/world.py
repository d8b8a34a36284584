"""Contacts in workflows, a runner and a sender beside one clock, and a look at where everybody is."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert, select

from core import bulk, workflows
from core.database import Store, Work
from core.database.tables import conversation, enrollment, event, outbox, pipeline, stage, step_run
from core.runner import Runner
from core.workflows import Draft, Rules, Step
from tests.conftest import ALICE, Clock
from tests.core.messages.world import Scripted, drain

HOUR, DAY = 3_600, 86_400
HELLO, STILL = Step("send", "Hello {first_name|there}"), Step("send", "Still there?")
A_DAY = Step("wait", wait_seconds=DAY)

FREE = Rules(stop_on_reply=False, stop_on_won=False, stop_on_lost=False, reenroll="always")


def made(store: Store, *steps: Step, rules: Rules = FREE, name: str = "Nurture", **parts: Any) -> int:
    """A workflow that is on."""
    return store.write(ALICE, workflows.add, Draft(name, parts.pop("kind", "workflow"), steps, rules=rules, **parts))


def enroll(store: Store, workflow_id: int, ids: Sequence[int], request_id: str | None = None) -> int:
    """All of them, by hand; returns the event."""
    wish = bulk.action("enroll", workflow_id=workflow_id)
    return bulk.start(store, ALICE, wish, bulk.choose("ticked", ids), request_id)


def run(store: Store, most: int = 500) -> None:
    """Everything that is due now."""
    runner = Runner(store, most)
    while runner.step():
        pass


def go(store: Store, provider: Scripted, clock: Clock, seconds: int, step: int = HOUR) -> None:
    """Let the time pass, with a runner and a sender at work."""
    end = clock.now + seconds
    while True:
        run(store)
        drain(store, provider)
        run(store)
        if clock.now >= end:
            return
        clock.advance(min(step, end - clock.now))


def runs(store: Store, *, contact_id: int | None = None) -> list[Any]:
    """Enrollments in order."""
    with store.read() as reader:
        wanted = select(enrollment).order_by(enrollment.c.contact_id, enrollment.c.id)
        return [row for row in reader.execute(wanted) if contact_id in (None, row.contact_id)]


def one(store: Store) -> Any:
    """The only enrollment."""
    (row,) = runs(store)
    return row


def texts(store: Store) -> list[Any]:
    with store.read() as reader:
        return list(reader.execute(select(outbox).order_by(outbox.c.id)))


def taken(store: Store) -> list[tuple[int, int, str]]:
    """Contact, position and kind of each step that was taken."""
    with store.read() as reader:
        r = step_run.c
        wanted = select(r.contact_id, r.position, r.kind).order_by(r.contact_id, r.enrollment_id, r.position)
        return [(row[0], row[1], row[2]) for row in reader.execute(wanted)]


def live_counts(store: Store) -> dict[int, int]:
    """What the wide rows say."""
    with store.read() as reader:
        rows = reader.execute(select(conversation.c.id, conversation.c.enrollment_count))
        return {row[0]: row[1] for row in rows}


def events(store: Store, verb: str) -> int:
    with store.read() as reader:
        return len(reader.execute(select(event.c.id).where(event.c.verb == verb)).all())


def stages(work: Work) -> None:
    """A pipeline of three."""
    work.conn.execute(insert(pipeline).values(id=1, name="p", name_key="p", event_id=1))
    for id_, kind in ((1, "open"), (2, "won"), (3, "lost")):
        row = {"name": kind, "name_key": kind, "kind": kind, "pipeline_id": 1, "event_id": 1}
        work.conn.execute(insert(stage).values(id=id_, **row))
