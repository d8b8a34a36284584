"""Actions on enrollments: into a workflow or redrip, and out of it."""

import json
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, false, func, literal, literal_column, select

from core.access import Right
from core.bulk.flags import stopped
from core.bulk.kind import ONE, ZERO, Call, Kind, Params, Touched, numbered, planned, start_of
from core.bulk.tagging import put_on
from core.database import engines
from core.database.tables import consent_event, conversation, enrollment, tag, workflow, workflow_step
from core.errors import Invalid

c, e = conversation.c, enrollment.c

OPEN_STATES = ("on", "paused")
"""A workflow in these states takes contacts in."""


def _workflow(reader: Connection, workflow_id: int | None) -> Any:
    row = reader.execute(select(workflow).where(workflow.c.id == workflow_id)).first()
    if row is None:
        raise Invalid("This workflow does not exist (any more). Choose another.")
    return row


def first_wait(reader: Connection, workflow_id: int, version: int) -> int:
    """Seconds that the waits before the first other step take together."""
    s = workflow_step.c
    steps = select(s.kind, s.wait_seconds).where(s.workflow_id == workflow_id, s.version == version)
    seconds = 0
    for step in reader.execute(steps.order_by(s.position)):
        if step.kind != "wait":
            break
        seconds += step.wait_seconds or 0
    return seconds


def _enroll_facts(reader: Connection, params: Params) -> Params:
    row = _workflow(reader, params["workflow_id"])
    brought = select(tag.c.id).where(tag.c.id == row.tag_id, tag.c.is_retired == ZERO)
    if row.state not in OPEN_STATES:
        raise Invalid(f"“{row.name}” is {row.state}. Switch it on before you enroll anybody.")
    return {
        **params,
        "tag_id": reader.execute(brought).scalar_one_or_none(),
        "version": row.version,
        "wait": first_wait(reader, row.id, row.version),
        "needs_consent": bool(json.loads(row.rules or "{}").get("needs_consent")),
        "said": "enrolled {n} in " + row.name.replace("{", "(").replace("}", ")"),
    }


def _enroll(call: Call) -> Select[Any]:
    source, place, id_ = start_of(call)
    of_workflow = and_(e.contact_id == id_, e.workflow_id == call.facts["workflow_id"])
    enrolled = exists().where(of_workflow, e.is_live == ONE)
    skipped = ((c.is_opted_out == ONE, "opted_out"), (_without_consent(call, id_), "no_consent"))
    earlier = select(func.coalesce(func.max(e.run), 0)).where(of_workflow).scalar_subquery()
    after = call.pack(
        workflow_id=call.facts["workflow_id"],
        version=call.facts["version"],
        run=earlier + ONE,
        state="scheduled",
        is_live=1,
        position=0,
        next_due_at=call.now + call.facts["wait"],
        user_id=call.user_id,
        started_at=call.now,
        stopped_at=None,
        stop_reason="",
        event_id=call.event_id,
    )
    row = Touched("enrollment", place + literal_column(str(call.first_id - call.first)), None, after)
    return planned(place, id_, skipped, ((enrolled, "enrolled"),), row).select_from(source)


def _without_consent(call: Call, id_: ColumnElement[int]) -> ColumnElement[bool]:
    if not call.facts["needs_consent"]:
        return false()
    k = consent_event.c
    newest = select(k.kind).where(k.contact_id == id_).order_by(k.happened_at.desc(), k.id.desc()).limit(1)
    return func.coalesce(newest.scalar_subquery(), literal("")) != literal("in")


def _enroll_notes(call: Call) -> list[str]:
    among = c.id.in_(engines.id_set(call.conn, call.ids))
    others, archived = call.conn.execute(
        select(
            func.count().filter(c.enrollment_count > ZERO),
            func.count().filter(c.is_archived == ONE),
        ).where(among)
    ).one()
    notes = [f"{others:,} of these are in a workflow already."] if others else []
    return notes + ([f"{archived:,} of these are archived and stay so."] if archived else [])


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
        _enroll_facts,
        _enroll,
        rights=(Right.CONTACT_EDIT, Right.MESSAGE_SEND),
        defaults={"workflow_id": None},
        sides=(put_on("tag_id"),),
        takes="enrollment",
        undo_words="Texts that were sent meanwhile stay sent; who has come further in the workflow is left in it.",
        undo="partial",
        notes=_enroll_notes,
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
