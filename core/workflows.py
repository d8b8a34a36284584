"""Workflows and redrips: linear steps of texts and waits, switched on, paused or retired."""

import json
from collections import defaultdict
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, func, insert, select, update

from core import people, sms
from core.access import Right
from core.database import Change, Work
from core.database.tables import enrollment, tag, workflow, workflow_step, workflow_version
from core.errors import Conflict, Invalid, NotFound
from core.words import fold, line

STATES = ("on", "paused", "retired")
USUAL = "workflows.usual."
"""Beginning of the preferences; the kind follows."""

LONGEST_NAME = 80
LONGEST_WAIT = 5 * 366 * 86_400


@dataclass(frozen=True)
class Step:
    """A text to send, or a wait. Other kinds of steps are listed, and made elsewhere."""

    kind: Literal["send", "wait"]
    body: str = ""
    wait_seconds: int | None = None


@dataclass(frozen=True)
class Draft:
    """A workflow to be made. `tag_id`: put on whoever is enrolled; `needs_consent`: only who has agreed is enrolled."""

    name: str
    kind: Literal["workflow", "redrip"]
    steps: tuple[Step, ...]
    tag_id: int | None = None
    needs_consent: bool = False
    stop_on_reply: bool = True


@dataclass(frozen=True)
class Workflow:
    """A workflow as listed; `live`: enrollments that are under way."""

    id: int
    name: str
    kind: str
    state: str
    tag_id: int | None
    steps: tuple[Step, ...]
    live: int
    needs_consent: bool
    stop_on_reply: bool


def find(reader: Connection) -> list[Workflow]:
    """Workflows and redrips that are not retired, by kind and name."""
    s, w, e = workflow_step.c, workflow.c, enrollment.c
    current = select(s.workflow_id, s.kind, s.body, s.wait_seconds).join(
        workflow, (w.id == s.workflow_id) & (w.version == s.version)
    )
    steps = defaultdict(list)
    for row in reader.execute(current.order_by(s.workflow_id, s.position)):
        steps[row.workflow_id].append(Step(row.kind, row.body, row.wait_seconds))
    counted = select(e.workflow_id, func.count()).where(e.is_live == 1).group_by(e.workflow_id)
    live = {row[0]: row[1] for row in reader.execute(counted)}
    found = []
    for row in reader.execute(select(workflow).where(w.state != "retired").order_by(w.kind.desc(), w.name_key)):
        rules = json.loads(row.rules or "{}")
        consent, reply = bool(rules.get("needs_consent")), bool(rules.get("stop_on_reply"))
        own = tuple(steps[row.id])
        found.append(
            Workflow(row.id, row.name, row.kind, row.state, row.tag_id, own, live.get(row.id, 0), consent, reply)
        )
    return found


@dataclass(frozen=True)
class Run:
    """A live enrollment of a contact. Units: UTC epoch seconds; `next_due_at` None: nothing is planned."""

    workflow_id: int
    name: str
    kind: str
    started_at: int
    next_due_at: int | None


def live(reader: Connection, contact_id: int) -> list[Run]:
    """The workflows and redrips a contact is in, the newest first."""
    e = enrollment.c
    wanted = select(e.workflow_id, workflow.c.name, workflow.c.kind, e.started_at, e.next_due_at)
    wanted = wanted.join(workflow, workflow.c.id == e.workflow_id).where(e.contact_id == contact_id, e.is_live == 1)
    return [Run(*row) for row in reader.execute(wanted.order_by(e.started_at.desc(), e.id.desc()))]


def add(work: Work, draft: Draft) -> int:
    """Make a workflow, switched on; returns its id. Undoing that retires it.

    Raises: NotAllowed; Invalid; Conflict when the name is taken.
    """
    work.actor.require(Right.WORKFLOW_EDIT)
    name = _check(work, draft)
    workflow_id = work.take_ids("workflow")
    made = Change("workflow", workflow_id, None, {"state": "retired"}, {"state": "on"})
    event_id = work.record_change("workflow.add", made, said=f"added the {draft.kind} {name}", name=name)
    rules = {"stop_on_reply": draft.stop_on_reply, "needs_consent": draft.needs_consent}
    own = {"workflow_id": workflow_id, "version": 1}
    work.conn.execute(
        insert(workflow).values(
            id=workflow_id,
            name=name,
            name_key=fold(name),
            kind=draft.kind,
            state="on",
            tag_id=draft.tag_id,
            rules=json.dumps(rules),
            created_at=work.now,
            event_id=event_id,
        )
    )
    work.conn.execute(insert(workflow_version).values(**own, saved_at=work.now, event_id=event_id))
    steps = [{"kind": step.kind, "body": step.body, "wait_seconds": step.wait_seconds} for step in draft.steps]
    work.conn.execute(insert(workflow_step), [{**own, "position": n, **step} for n, step in enumerate(steps)])
    return workflow_id


def set_state(work: Work, workflow_id: int, state: str) -> int:
    """Switch a workflow on, pause or retire it; returns the event. Live enrollments stay as they are.

    Raises: NotAllowed; NotFound; Invalid.
    """
    work.actor.require(Right.WORKFLOW_EDIT)
    if state not in STATES:
        raise Invalid(f"A workflow is {', '.join(STATES)}.")
    row = work.conn.execute(select(workflow.c.name, workflow.c.state).where(workflow.c.id == workflow_id)).first()
    if row is None:
        raise NotFound("This workflow does not exist (any more).")
    said = {"on": "switched on", "paused": "paused", "retired": "retired"}[state] + f" {row.name}"
    switched = Change("workflow", workflow_id, None, {"state": row.state}, {"state": state})
    event_id = work.record_change("workflow.state", switched, said=said)
    work.conn.execute(update(workflow).where(workflow.c.id == workflow_id).values(state=state))
    return event_id


def usual(reader: Connection, user_id: int, kind: str) -> Workflow | None:
    """The one of this kind that the user's EZ button enrolls in; None when none is chosen, or it takes nobody in."""
    chosen = people.preference(reader, user_id, f"{USUAL}{kind}")
    return next((each for each in find(reader) if (each.id, each.kind, each.state) == (chosen, kind, "on")), None)


def set_usual(work: Work, kind: str, workflow_id: int | None) -> None:
    """From now on the actor's EZ button enrolls in this one; None: it asks.

    Raises: NotAllowed.
    """
    work.actor.require(Right.MESSAGE_SEND)
    people.prefer(work, f"{USUAL}{kind}", workflow_id)


def _check(work: Work, draft: Draft) -> str:
    """The draft's name, tidied."""
    name = line(draft.name)
    if not 0 < len(name) <= LONGEST_NAME:
        raise Invalid(f"Give it a name of at most {LONGEST_NAME} letters.")
    if draft.kind not in {"workflow", "redrip"}:
        raise Invalid("It is a workflow or a redrip.")
    if not any(step.kind == "send" for step in draft.steps):
        raise Invalid("Add at least one text to send.")
    for place, step in enumerate(draft.steps, 1):
        if step.kind == "send" and not 0 < len(step.body.strip()) <= sms.LONGEST:
            raise Invalid(f"Step {place} needs a text of at most {sms.LONGEST:,} letters.")
        if step.kind == "wait" and not 0 < (step.wait_seconds or 0) <= LONGEST_WAIT:
            raise Invalid(f"Step {place} needs a time to wait, of at most five years.")
    taken = work.conn.execute(
        select(workflow.c.name, workflow.c.state).where(workflow.c.name_key == fold(name))
    ).first()
    if taken:
        was = "a retired one" if taken.state == "retired" else "one"
        raise Conflict(f"There is already {was} named “{taken.name}”. Choose another name.")
    if draft.tag_id is not None and not work.conn.execute(select(tag.c.id).where(tag.c.id == draft.tag_id)).first():
        raise Invalid("The tag does not exist (any more). Choose another.")
    return name
