"""Actions on enrollments: into a workflow or redrip, and out of it."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    func,
    literal,
    literal_column,
    or_,
    select,
)

from core.access import Right
from core.bulk import compliance
from core.bulk.flags import new_message, stopped
from core.bulk.kind import ONE, ZERO, Call, Kind, Params, Touched, numbered, planned, start_of
from core.bulk.tagging import put_on
from core.database import Work
from core.database.tables import conversation, enrollment, tag, workflow
from core.errors import Invalid
from core.workflows import pace, qualify, rules
from core.workflows.find import current_steps
from core.workflows.steps import leading_wait

c, e = conversation.c, enrollment.c
HOUR = 3_600

OPEN_STATES = ("on", "paused")
"""A workflow in these states takes contacts in."""


def _workflow(reader: Connection, workflow_id: int | None) -> Any:
    row = reader.execute(select(workflow).where(workflow.c.id == workflow_id)).first()
    if row is None:
        raise Invalid("This workflow does not exist (any more). Choose another.")
    return row


def enroll_facts(reader: Connection, params: Params) -> Params:
    """What enrolling needs to know of the workflow `workflow_id`.

    Raises: Invalid when it takes nobody in.
    """
    row = _workflow(reader, params["workflow_id"])
    brought = select(tag.c.id).where(tag.c.id == row.tag_id, tag.c.is_retired == ZERO)
    if row.state not in OPEN_STATES:
        raise Invalid(f"“{row.name}” is {row.state}. Switch it on before you enroll anybody.")
    own = rules.read(row.rules)
    return {
        **params,
        "tag_id": reader.execute(brought).scalar_one_or_none(),
        "version": row.version,
        "wait": leading_wait(current_steps(reader, [row.id]).get(row.id, ())),
        "kind": row.kind,
        "rules": own,
        "paced_until": _paced_until(reader, row.id) if own.starts_per_hour else 0,
        "said": "enrolled {n} in " + row.name.replace("{", "(").replace("}", ")"),
    }


def _paced_until(reader: Connection, workflow_id: int) -> int:
    """Until when starts are spread out; two who enroll at once go one after the other."""
    until = select(workflow.c.paced_until).where(workflow.c.id == workflow_id).with_for_update(key_share=True)
    return reader.execute(until).scalar() or 0


def enroll(call: Call) -> Select[Any]:
    """A run for each contact whom the rules of the workflow let in."""
    source, place, id_ = start_of(call)
    workflow_id = call.facts["workflow_id"]
    already = ((qualify.is_in(workflow_id, id_), "enrolled"),)
    refused = qualify.refusals(workflow_id, call.facts["kind"], call.facts["rules"], call.now)
    skipped = (*refused, (new_message(call), "new_message"))
    earlier = select(func.coalesce(func.max(e.run), 0)).where(qualify.run_of(id_, workflow_id))
    after = call.pack(
        workflow_id=workflow_id,
        version=call.facts["version"],
        run=earlier.scalar_subquery() + ONE,
        state="scheduled",
        is_live=1,
        position=0,
        next_due_at=_begins(call, place, [test for test, _ in (*skipped, *already)]),
        user_id=call.user_id,
        started_at=call.now,
        stopped_at=None,
        stop_reason="",
        event_id=call.event_id,
    )
    row = Touched("enrollment", place + literal_column(str(call.first_id - call.first)), None, after)
    return planned(place, id_, skipped, already, row).select_from(source)


def _begins(call: Call, place: ColumnElement[int], out: list[ColumnElement[bool]]) -> Any:
    """When the first step is due; where starts are spread out, one after the other among those who are not `out`."""
    rate, wait = call.facts["rules"].starts_per_hour, call.facts["wait"]
    if not rate:
        return call.now + wait
    begin = max(call.now, call.facts["paced_until"]) + wait
    turn = numbered(case((or_(c.id.is_(None), *out), ONE), else_=ZERO), place) - ONE
    return literal(begin, BigInteger) + turn * literal_column(str(HOUR)) // literal_column(str(rate))


def took(work: Work, call: Call, changed: int) -> None:
    """So many begin, one after the other where starts are spread out."""
    pace.taken(work, call.facts["workflow_id"], call.facts["rules"], changed)


def _stop_facts(reader: Connection, params: Params) -> Params:
    if params["workflow_id"] is None:
        return {**params, "said": "stopped the enrollments of {n}"}
    row = _workflow(reader, params["workflow_id"])
    return {**params, "said": f"took {{n}} out of {row.name.replace('{', '(').replace('}', ')')}"}


def _stop(call: Call) -> Select[Any]:
    source, place, id_ = start_of(call)
    on = and_(e.contact_id == id_, e.is_live == ONE)
    if call.facts["workflow_id"] is not None:
        on = and_(on, e.workflow_id == call.facts["workflow_id"])
    after = stopped(call, "stopped by hand")
    before = call.pack(**{name: e[name] for name in after})
    rank = numbered(place, e.id) - ONE
    row = Touched("enrollment", e.id, before, call.pack(**after), rank)
    joined = source.outerjoin(enrollment, on)
    return planned(place, id_, (), ((e.id.is_(None), "not_enrolled"),), row).select_from(joined)


KINDS = (
    Kind(
        "enroll",
        "enrollment.start",
        "Enroll",
        enroll_facts,
        enroll,
        rights=(Right.CONTACT_EDIT, Right.MESSAGE_SEND),
        defaults={"workflow_id": None},
        sides=(put_on("tag_id"),),
        takes="enrollment",
        undo_words="Texts that have left stay sent, and who got one goes on; what has not left is cancelled.",
        undo="partial",
        notes=compliance.notes,
        after=took,
    ),
    Kind(
        "stop",
        "enrollment.stop",
        "Stop enrollments",
        _stop_facts,
        _stop,
        rights=(Right.CONTACT_EDIT,),
        defaults={"workflow_id": None},
    ),
)
