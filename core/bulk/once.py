"""One text to many: a workflow of one step made on the spot, so that it is previewed, paced and taken back as any."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from core import clock, setup, workflows
from core.access import Right
from core.bulk import compliance
from core.bulk.kind import Kind, Params
from core.bulk.outreach import enroll, enroll_facts, took
from core.database import Work
from core.errors import Invalid
from core.words import line
from core.workflows import Draft, Rules, Step
from core.workflows import rules as rules_
from core.workflows.steps import checked, leading_wait

FURTHEST = 366 * 86_400
"""Seconds ahead that it may be planned for."""

SHOWN = 40
"""Letters of the text that name it."""


def _steps(params: Params, now: int) -> tuple[Step, ...]:
    at = params["at"]
    if at is not None and not now <= at <= now + FURTHEST:
        raise Invalid("Choose a time to come, within a year.")
    waits = (Step("wait", wait_seconds=at - now),) if at is not None and at > now else ()
    return (*waits, Step("send", params["body"], template_id=params["template_id"]))


def _rules(params: Params) -> Rules:
    rules = Rules(starts_per_hour=params["starts_per_hour"], needs_consent=params["needs_consent"])
    rules_.check(rules, "workflow")
    return rules


def _facts(reader: Connection, params: Params) -> Params:
    said = "sent {n} the text " + _short(params["body"]).replace("{", "(").replace("}", ")")
    if params["workflow_id"] is not None:
        return {**enroll_facts(reader, params), "said": said}
    steps = checked(reader, _steps(params, clock.now()))
    made: dict[str, Any] = {"tag_id": None, "version": 1, "kind": "workflow", "paced_until": 0, "workflow_id": 0}
    return {**params, **made, "wait": leading_wait(steps), "rules": _rules(params), "said": said}


def _make(work: Work, params: Params) -> Params:
    """The workflow, named by its text and the time."""
    if params["workflow_id"] is not None:
        return params
    here = datetime.fromtimestamp(work.now, ZoneInfo(setup.load(work.conn).time_zone))
    name = f"{_short(params['body'])} ({here:%Y-%m-%d %H:%M}, {work.take_ids('text_to_many')})"
    draft = Draft(name, "workflow", _steps(params, work.now), rules=_rules(params))
    return {**params, "workflow_id": workflows.add(work, draft, is_once=True)}


def _short(body: str) -> str:
    text = line(body)
    return text if len(text) <= SHOWN else text[:SHOWN].rstrip() + " …"


TEXT = Kind(
    "text",
    "enrollment.text",
    "Send a text",
    _facts,
    enroll,
    rights=(Right.CONTACT_EDIT, Right.MESSAGE_SEND),
    defaults={
        "workflow_id": None, "body": "", "template_id": None, "at": None, "starts_per_hour": 0, "needs_consent": False,
    },
    takes="enrollment",
    undo_words="Texts that have left stay sent; what has not left is cancelled.",
    undo="partial",
    notes=compliance.notes,
    prepare=_make,
    after=took,
)  # fmt: skip
"""`body`: with fields, as in a template; `at`: UTC epoch seconds, None: at once; `workflow_id` is filled in."""
