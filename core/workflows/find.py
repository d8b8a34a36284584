"""Workflows and redrips as they are listed, one of them in full, and those a contact is in."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Row, Select, func, select

from core import people
from core.database.tables import enrollment, workflow, workflow_step, workflow_version
from core.errors import NotFound
from core.workflows import rules as rules_
from core.workflows.rules import Rules
from core.workflows.steps import Step, of_row

USUAL = "workflows.usual."
"""Beginning of the preferences; the kind follows."""

w, e, s = workflow.c, enrollment.c, workflow_step.c


@dataclass(frozen=True)
class Workflow:
    """A workflow as listed. `live`: enrollments that are under way; `version`: what new ones begin with."""

    id: int
    name: str
    kind: str
    state: str
    tag_id: int | None
    steps: tuple[Step, ...]
    live: int
    version: int
    rules: Rules


def find(reader: Connection, *, include_retired: bool = False) -> list[Workflow]:
    """Workflows and redrips by kind and name; those made for one text on one occasion are not among them."""
    wanted = select(workflow).where(w.is_once == 0)
    return _found(reader, wanted if include_retired else wanted.where(w.state != "retired"))


def get(reader: Connection, workflow_id: int) -> Workflow:
    """Raises: NotFound."""
    found = _found(reader, select(workflow).where(w.id == workflow_id))
    if not found:
        raise NotFound("This workflow does not exist (any more).")
    return found[0]


def _found(reader: Connection, wanted: Select[tuple[Row[tuple[object, ...]]]]) -> list[Workflow]:
    live = select(func.count()).where(e.workflow_id == w.id, e.is_live == 1).scalar_subquery()
    rows = reader.execute(wanted.add_columns(live.label("live")).order_by(w.kind.desc(), w.name_key)).all()
    steps = current_steps(reader, [row.id for row in rows])
    return [
        Workflow(
            row.id, row.name, row.kind, row.state, row.tag_id, steps.get(row.id, ()), row.live, row.version,
            rules_.read(row.rules),
        )
        for row in rows
    ]  # fmt: skip


def with_rule(reader: Connection, rule: str) -> list[int]:
    """Workflows of which this rule (`stop_on_reply` and its like) is on."""
    rows = reader.execute(select(w.id, w.rules).where(w.rules != "").order_by(w.id))
    return [row.id for row in rows if getattr(rules_.read(row.rules), rule)]


def current_steps(reader: Connection, workflow_ids: Sequence[int]) -> dict[int, tuple[Step, ...]]:
    """The steps of the versions that new enrollments begin with, in order."""
    current = select(workflow_step).join(workflow, (w.id == s.workflow_id) & (w.version == s.version))
    found = defaultdict(list)
    for row in reader.execute(current.where(w.id.in_(workflow_ids)).order_by(s.workflow_id, s.position)):
        found[row.workflow_id].append(of_row(row))
    return {id_: tuple(steps) for id_, steps in found.items()}


def versions(reader: Connection, workflow_id: int) -> list[int]:
    """The versions of a workflow, ascending; the current one need not be the last."""
    wanted = select(workflow_version.c.version).where(workflow_version.c.workflow_id == workflow_id)
    return sorted(reader.execute(wanted).scalars())


def steps_of(reader: Connection, workflow_id: int, version: int) -> tuple[Step, ...]:
    """The steps of one version, in order."""
    wanted = select(workflow_step).where(s.workflow_id == workflow_id, s.version == version).order_by(s.position)
    return tuple(of_row(row) for row in reader.execute(wanted))


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
    wanted = select(e.workflow_id, w.name, w.kind, e.started_at, e.next_due_at)
    wanted = wanted.join(workflow, w.id == e.workflow_id).where(e.contact_id == contact_id, e.is_live == 1)
    return [Run(*row) for row in reader.execute(wanted.order_by(e.started_at.desc(), e.id.desc()))]


def usual(reader: Connection, user_id: int, kind: str) -> Workflow | None:
    """The one of this kind that the user's EZ button enrolls in; None when none is chosen, or it takes nobody in."""
    chosen = people.preference(reader, user_id, f"{USUAL}{kind}")
    return next((each for each in find(reader) if (each.id, each.kind, each.state) == (chosen, kind, "on")), None)
