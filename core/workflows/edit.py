"""Workflows made, changed in versions, switched on, paused and retired. Who is in one finishes on the version they
began with; its rules hold for all at once.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import func, insert, select, update

from core import people
from core.access import Right
from core.database import Change, Work
from core.database.tables import tag, workflow, workflow_step, workflow_version
from core.errors import Conflict, Invalid, NotFound
from core.words import fold, line
from core.workflows import rules as rules_
from core.workflows.advance import look_again
from core.workflows.find import USUAL, current_steps
from core.workflows.rules import Rules
from core.workflows.steps import Step, as_row, checked

STATES = {"draft": "made a draft of", "on": "switched on", "paused": "paused", "retired": "retired"}
LONGEST_NAME = 80

w = workflow.c


@dataclass(frozen=True)
class Draft:
    """A workflow as it shall be. `tag_id`: put on whoever is enrolled."""

    name: str
    kind: Literal["workflow", "redrip"]
    steps: tuple[Step, ...]
    tag_id: int | None = None
    rules: Rules = field(default_factory=Rules)


def add(work: Work, draft: Draft, state: str = "on", *, is_once: bool = False) -> int:
    """Make a workflow; returns its id. Undoing that retires it. `is_once`: for one text on one occasion, not listed.

    Raises: NotAllowed; Invalid; Conflict when the name is taken.
    """
    work.actor.require(Right.MESSAGE_SEND if is_once else Right.WORKFLOW_EDIT)
    if state not in ("draft", "on"):
        raise Invalid("A new workflow is a draft, or on.")
    values, steps = _checked(work, draft, None)
    workflow_id = work.take_ids("workflow")
    made = Change("workflow", workflow_id, None, {"state": "retired"}, {"state": state})
    said = f"added the {draft.kind} {values['name']}"
    event_id = work.record_change("workflow.add", made, said=said, name=values["name"])
    own = {"id": workflow_id, "state": state, "is_once": int(is_once), "created_at": work.now, "event_id": event_id}
    work.conn.execute(insert(workflow).values(**own, **values))
    keep_version(work, event_id, workflow_id, 1, steps)
    return workflow_id


def save(work: Work, workflow_id: int, draft: Draft, seen_version: int) -> int:
    """Make it as the draft says; returns its version, a new one unless nothing becomes another. Undoing that makes the
    version before the current one again.

    Raises: NotAllowed; NotFound; Invalid; Conflict when it has another version than was seen, or the name is taken.
    """
    work.actor.require(Right.WORKFLOW_EDIT)
    row = _held(work, workflow_id)
    if row.version != seen_version:
        raise Conflict("Somebody else changed this workflow meanwhile. Look at it again before you save.")
    values, steps = _checked(work, draft, workflow_id)
    before = {name: row._mapping[name] for name in values}
    if before == values and current_steps(work.conn, [workflow_id]).get(workflow_id, ()) == steps:
        return seen_version
    versions = workflow_version.c
    newest = select(func.max(versions.version)).where(versions.workflow_id == workflow_id)
    values["version"] = (work.conn.execute(newest).scalar() or row.version) + 1
    change = Change("workflow", workflow_id, None, {**before, "version": row.version}, values)
    event_id = work.record_change("workflow.edit", change, said=f"changed the {draft.kind} {values['name']}")
    work.conn.execute(update(workflow).where(w.id == workflow_id).values(values))
    keep_version(work, event_id, workflow_id, values["version"], steps)
    return int(values["version"])


def set_state(work: Work, workflow_id: int, state: str) -> int:
    """Switch a workflow on, pause or retire it; returns the event. While it is paused nobody in it moves; of a retired
    one nothing is sent any more, and whoever comes to a step is stopped.

    Raises: NotAllowed; NotFound; Invalid.
    """
    work.actor.require(Right.WORKFLOW_EDIT)
    if state not in STATES:
        raise Invalid(f"A workflow is {', '.join(STATES)}.")
    row = _held(work, workflow_id)
    if state == "on":
        checked(work.conn, current_steps(work.conn, [workflow_id]).get(workflow_id, ()))
    switched = Change("workflow", workflow_id, None, {"state": row.state}, {"state": state})
    event_id = work.record_change("workflow.state", switched, said=f"{STATES[state]} {row.name}")
    work.conn.execute(update(workflow).where(w.id == workflow_id).values(state=state))
    if state in ("on", "retired"):
        look_again(work, [workflow_id])
    return event_id


def set_usual(work: Work, kind: str, workflow_id: int | None) -> None:
    """From now on the actor's EZ button enrolls in this one; None: it asks.

    Raises: NotAllowed.
    """
    work.actor.require(Right.MESSAGE_SEND)
    people.prefer(work, f"{USUAL}{kind}", workflow_id)


def keep_version(work: Work, event_id: int, workflow_id: int, version: int, steps: tuple[Step, ...]) -> None:
    """Write the steps of a version down."""
    own = {"workflow_id": workflow_id, "version": version}
    work.conn.execute(insert(workflow_version).values(**own, saved_at=work.now, event_id=event_id))
    work.conn.execute(insert(workflow_step), [{**own, "position": n, **as_row(step)} for n, step in enumerate(steps)])


def _held(work: Work, workflow_id: int) -> Any:
    row = work.conn.execute(select(workflow).where(w.id == workflow_id)).first()
    if row is None:
        raise NotFound("This workflow does not exist (any more).")
    return row


def _checked(work: Work, draft: Draft, workflow_id: int | None) -> tuple[dict[str, Any], tuple[Step, ...]]:
    """The columns and the steps of a draft; `workflow_id`: of the one that becomes so."""
    name = line(draft.name)
    if not 0 < len(name) <= LONGEST_NAME:
        raise Invalid(f"Give it a name of at most {LONGEST_NAME} letters.")
    if draft.kind not in {"workflow", "redrip"}:
        raise Invalid("It is a workflow or a redrip.")
    steps = checked(work.conn, draft.steps)
    rules_.check(draft.rules, draft.kind)
    same_name = select(w.name, w.state).where(w.name_key == fold(name), w.id != (workflow_id or 0))
    taken = work.conn.execute(same_name).first()
    if taken:
        was = "a retired one" if taken.state == "retired" else "one"
        raise Conflict(f"There is already {was} named “{taken.name}”. Choose another name.")
    if draft.tag_id is not None and not work.conn.execute(select(tag.c.id).where(tag.c.id == draft.tag_id)).first():
        raise Invalid("The tag does not exist (any more). Choose another.")
    told = {"name": name, "name_key": fold(name), "kind": draft.kind, "tag_id": draft.tag_id}
    return {**told, "rules": rules_.as_text(draft.rules)}, steps
