"""Who may be enrolled, as conditions on the conversation by the rules of a workflow; who qualifies for a redrip now."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, literal, literal_column, or_, select

from core.conversations.upkeep import activity_key
from core.database.tables import consent_event, conversation, deal, enrollment
from core.workflows.rules import DAY, Rules

c, e, k, d = conversation.c, enrollment.c, consent_event.c, deal.c

ONE: ColumnElement[int] = literal_column("1")
ZERO: ColumnElement[int] = literal_column("0")

REASONS = {
    "opted_out": "opted out",
    "no_consent": "gave no consent, which the workflow needs",
    "had_run": "been through it already",
    "no_end": "stopped before its end, and may not run again",
    "cooling": "in it too short a time ago",
    "most_runs": "in it as often as it allows",
    "not_silent": "active within the days of silence that it asks for",
    "won": "won already",
}
"""Why somebody is not enrolled: the code that is stored, and the words for it."""

Tests = tuple[tuple[ColumnElement[bool], str], ...]


def run_of(contact_id: Any, workflow_id: int) -> ColumnElement[bool]:
    """Runs of the contact through the workflow. They are few: added to nothing, the column is in no index, or an engine
    that does not know yet how many are in the workflow would go through all of them for each contact.
    """
    return and_(e.contact_id == contact_id, e.workflow_id + ZERO == workflow_id)


def any_of(*tests: ColumnElement[bool]) -> ColumnElement[bool]:
    """There is such a row: looked up for each contact, where PostgreSQL may answer EXISTS by reading all of them."""
    return select(ONE).where(*tests).limit(1).scalar_subquery().is_not(None)


def is_in(workflow_id: int, contact_id: Any = c.id) -> ColumnElement[bool]:
    """The contact is in the workflow now."""
    return any_of(run_of(contact_id, workflow_id), e.is_live == ONE)


def refusals(workflow_id: int, kind: str, rules: Rules, now: int) -> Tests:
    """Conditions on the conversation row under which its contact is not enrolled, with their codes of REASONS."""
    found: list[tuple[ColumnElement[bool], str]] = [(c.is_opted_out == ONE, "opted_out")]
    if rules.needs_consent:
        newest = select(k.kind).where(k.contact_id == c.id).order_by(k.happened_at.desc(), k.id.desc()).limit(1)
        found.append((func.coalesce(newest.scalar_subquery(), literal("")) != literal("in"), "no_consent"))
    if kind == "redrip":
        found.append((any_of(d.contact_id == c.id, d.outcome == literal_column("'won'")), "won"))
        if rules.silent_days:
            found.append((c.activity_key >= activity_key(now - rules.silent_days * DAY, 0), "not_silent"))
    return (*found, *_again(workflow_id, rules, now))


def _again(workflow_id: int, rules: Rules, now: int) -> Tests:
    """Of those who have been in it before; who is in it now is told otherwise."""
    past = run_of(c.id, workflow_id)
    ended = and_(past, e.is_live == ZERO)
    found: list[tuple[ColumnElement[bool], str]] = []
    if rules.reenroll == "never":
        found.append((any_of(ended), "had_run"))
    if rules.reenroll == "after_end":
        last = select(e.state).where(ended).order_by(e.run.desc()).limit(1).scalar_subquery()
        found.append((func.coalesce(last, literal("completed")) != literal("completed"), "no_end"))
    if rules.cooldown_days:
        found.append((any_of(ended, e.started_at > now - rules.cooldown_days * DAY), "cooling"))
    if rules.max_runs:
        times = select(func.count()).where(past).scalar_subquery()
        found.append((times >= rules.max_runs, "most_runs"))
    return tuple((and_(test, ~is_in(workflow_id)), code) for test, code in found)


def qualifying(reader: Connection, workflow_id: int, kind: str, rules: Rules, now: int) -> list[int]:
    """Conversations that are not archived whose contacts would be enrolled now, ascending; `workflow_id` 0: of a
    workflow that is yet to be made.
    """
    refused = or_(*[test for test, _ in refusals(workflow_id, kind, rules, now)], is_in(workflow_id))
    wanted = select(c.id).where(c.is_archived == ZERO, ~refused).order_by(c.id)
    return list(reader.execute(wanted).scalars())
