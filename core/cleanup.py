"""The cleanup queue: rules that propose batches of conversations, each with a suggested action."""

import json
import secrets
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from sqlalchemy import Connection, Row, func, insert, select, update

from core import bulk, clock, conversations, jobs
from core.access import Right
from core.bulk import Action
from core.conversations import ConversationFilter, Count
from core.conversations.filters import from_mapping
from core.database import Change, Work
from core.database.tables import cleanup_rule, event, event_state
from core.errors import Invalid, NotFound
from core.words import line

DAY = 86_400
LONGEST_NAME = 80
MOST_DAYS = 36_500
CAP = 10_000
"""Counting a proposal ends here."""

MARK = "cleanup"
"""How the request ids of what a rule proposed begin."""

r = cleanup_rule.c
EDITED = ("name", "silent_days", "wanted", "action")


@dataclass(frozen=True)
class Rule:
    """Proposes conversations without activity for `silent_days` (None: does not matter) that `wanted` finds."""

    id: int
    name: str
    silent_days: int | None
    wanted: ConversationFilter
    action: Action
    state: Literal["on", "never"]


@dataclass(frozen=True)
class Proposal:
    """What a rule finds now. `wanted`: its filter as of now; `words` the same."""

    rule: Rule
    wanted: ConversationFilter
    words: str
    count: Count
    action: Action


def rules(reader: Connection) -> list[Rule]:
    """All rules, in their order; those that shall never propose again are among them."""
    rows = reader.execute(select(cleanup_rule).where(r.state != "removed").order_by(r.position, r.id))
    return [_rule(row) for row in rows]


def proposals(reader: Connection, cap: int | None = CAP) -> list[Proposal]:
    """What the rules that are on find now; those that find nothing are left out."""
    names = conversations.choices(reader).names
    found = []
    for rule in rules(reader):
        if rule.state != "on":
            continue
        wanted = as_of_now(rule)
        count = conversations.count(reader, wanted, cap)
        if count.n:
            said = [words for part, words in rule.wanted.words(names) if part != "active_from"]
            silent = [f"silent {rule.silent_days} days"] if rule.silent_days is not None else []
            words = ", ".join([*silent, *said])
            found.append(Proposal(rule, wanted, words, count, rule.action))
    return found


def under_way(reader: Connection) -> set[int]:
    """The rules whose proposal a job is carrying out now, whoever began it."""
    wanted = select(event.c.request_id).join(event_state, event_state.c.event_id == event.c.id)
    running = wanted.where(event_state.c.state.in_(jobs.HELD), event_state.c.state.in_(("queued", "running")))
    marks = [(text or "").split(".") for text in reader.execute(running).scalars()]
    return {int(mark[1]) for mark in marks if mark[0] == MARK}


def request_id(rule_id: int) -> str:
    """One for each time a proposal is applied; it says of which rule."""
    return f"{MARK}.{rule_id}.{secrets.token_hex(8)}"


def as_of_now(rule: Rule) -> ConversationFilter:
    """The rule as a filter of the list, at this moment."""
    if rule.silent_days is None:
        return rule.wanted
    return replace(rule.wanted, active_to=clock.now() - rule.silent_days * DAY)


def add(work: Work, name: str, silent_days: int | None, wanted: ConversationFilter, action: Action) -> int:
    """Make a rule; returns its id. Undoing that removes it.

    Raises: NotAllowed; Invalid.
    """
    work.actor.require(Right.WORKFLOW_EDIT)
    values = _checked(work, name, silent_days, wanted, action)
    rule_id = work.take_ids("cleanup_rule")
    made = Change("cleanup_rule", rule_id, None, {"state": "removed"}, {"state": "on"})
    event_id = work.record_change("cleanup.add", made, said=f"added the cleanup rule {values['name']}")
    place = select(func.coalesce(func.max(r.position), 0) + 1).scalar_subquery()
    own = {"id": rule_id, "state": "on", "position": place, "created_at": work.now, "event_id": event_id}
    work.conn.execute(insert(cleanup_rule).values(**own, **values))
    return rule_id


def edit(  # noqa: PLR0913 - the parts of a rule
    work: Work, rule_id: int, name: str, silent_days: int | None, wanted: ConversationFilter, action: Action
) -> int:
    """Change a rule; returns the event.

    Raises: NotAllowed; NotFound; Invalid.
    """
    work.actor.require(Right.WORKFLOW_EDIT)
    row = _held(work, rule_id)
    values = _checked(work, name, silent_days, wanted, action)
    before = {key: row._mapping[key] for key in EDITED}
    return _change(work, rule_id, ("cleanup.edit", f"changed the cleanup rule {values['name']}"), before, values)


def never(work: Work, rule_id: int) -> int:
    """Let a rule propose nothing any more; returns the event.

    Raises: NotAllowed; NotFound.
    """
    return _switch(work, rule_id, "cleanup.never", "never", "silenced the cleanup rule")


def again(work: Work, rule_id: int) -> int:
    """Let a silenced rule propose again; returns the event.

    Raises: NotAllowed; NotFound.
    """
    return _switch(work, rule_id, "cleanup.again", "on", "woke the cleanup rule")


def _switch(work: Work, rule_id: int, verb: str, state: str, said: str) -> int:
    work.actor.require(Right.CONVERSATION_BULK)
    row = _held(work, rule_id)
    return _change(work, rule_id, (verb, f"{said} {row.name}"), {"state": row.state}, {"state": state})


def _change(work: Work, rule_id: int, event: tuple[str, str], before: dict[str, Any], after: dict[str, Any]) -> int:
    verb, said = event
    event_id = work.record_change(verb, Change("cleanup_rule", rule_id, None, before, after), said=said)
    work.conn.execute(update(cleanup_rule).where(r.id == rule_id).values(**after))
    return event_id


def _held(work: Work, rule_id: int) -> Row[Any]:
    held = select(cleanup_rule).where(r.id == rule_id, r.state != "removed").with_for_update()
    row = work.conn.execute(held).first()
    if row is None:
        raise NotFound("This rule does not exist (any more).")
    return row


def _rule(row: Row[Any]) -> Rule:
    action = json.loads(row.action)
    suggested = bulk.action(action["name"], **action["params"])
    return Rule(row.id, row.name, row.silent_days, from_mapping(json.loads(row.wanted)), suggested, row.state)


def _checked(
    work: Work, name: str, silent_days: int | None, wanted: ConversationFilter, action: Action
) -> dict[str, Any]:
    name = line(name)
    if not 0 < len(name) <= LONGEST_NAME:
        raise Invalid(f"Give the rule a name of at most {LONGEST_NAME} letters.")
    if silent_days is not None and not 0 < silent_days <= MOST_DAYS:
        raise Invalid(f"Silent days lie between 1 and {MOST_DAYS:,}.")
    if silent_days is None and not wanted.is_filtered:
        raise Invalid("A rule that finds everything helps nobody. Say what it looks for.")
    action.kind.facts(work.conn, action.values)
    plain = {key: value for key, value in asdict(wanted).items() if value != getattr(ConversationFilter(), key)}
    suggested = {"name": action.name, "params": dict(action.params)}
    return {
        "name": name,
        "silent_days": silent_days,
        "wanted": json.dumps(plain),
        "action": json.dumps(suggested),
    }
