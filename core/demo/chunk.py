"""One chunk of the demo: every row of its conversations, in every table."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import Any

import numpy as np
import pyarrow as pa

from core.conversations.upkeep import activity_key
from core.demo import facts, library, sales
from core.demo.columns import COLUMNS, to_table
from core.demo.facts import Facts, Person, skewed
from core.demo.plan import SPAN_SECONDS, Plan
from core.demo.stories import DAY
from core.demo.threads import Thread, tell

Rows = dict[str, list[tuple[Any, ...]]]

TAGS = (
    # name, place in the palette, priority, share of the contacts
    ("Price shopper", 0, 40, 0.32), ("Homeowner", 1, 30, 0.27), ("Callback", 2, 90, 0.22), ("Bundle", 3, 60, 0.2),
    ("Two cars", 4, 20, 0.18), ("Renewal", 5, 80, 0.15), ("Renter", 6, 25, 0.12), ("Referral", 7, 50, 0.1),
    ("Spanish", 8, 55, 0.09), ("No answer", 9, 10, 0.06), ("Teen driver", 10, 35, 0.045), ("SR-22", 11, 70, 0.02),
    ("VIP", 0, 100, 0.006), ("Boat", 1, 15, 0.0005),
)  # fmt: skip
GROWTH = 0.85
"""Below 1: more conversations begin late in the two years than early."""

OLD = 75 * DAY
RECENT = 20 * DAY
ERRORS = ("30003", "30005", "30006", "30007", "30008")
DELIVERED = (0.935, 0.955, 0.98)
"""Cumulative shares of delivered, sent and undelivered; the rest failed."""


def make(plan: Plan, number: int) -> dict[str, pa.Table]:
    """The rows of chunk `number`, by table.

    Shape: the columns of `columns.COLUMNS`; the ids of `columns.NUMBERED` count from 0 within the chunk.
    Order: by contact, and messages as they came.
    """
    rows: Rows = defaultdict(list)
    rnd = Random(f"{plan.seed}/{number}")  # noqa: S311  # believable, not secret
    for place in plan.numbers(number):
        _add(rnd, plan, place, rows)
    return _in_order_of_arrival({name: to_table(name, rows[name]) for name in COLUMNS})


def _in_order_of_arrival(tables: dict[str, pa.Table]) -> dict[str, pa.Table]:
    messages, conversations = tables["message"], tables["conversation"]
    order = np.argsort(messages["sent_at"].to_numpy(), kind="stable")
    ids = np.empty(len(order), dtype=np.int64)
    ids[order] = np.arange(len(order))
    tables["message"] = messages.set_column(1, "id", pa.array(ids)).take(pa.array(order))
    last = conversations.schema.get_field_index("last_message_id")
    places = conversations["last_message_id"].to_pylist()
    tables["conversation"] = conversations.set_column(
        last, "last_message_id", pa.array([None if p is None else ids[p] for p in places], pa.int64())
    )
    return tables


@dataclass
class Case:
    """One contact with all that was made up about it; `agent` writes, `owner_id` may be nobody."""

    contact_id: int
    created_at: int
    person: Person
    agent: tuple[int, str]
    owner_id: int | None
    facts: Facts
    thread: Thread
    archived_at: int | None = None

    @property
    def active_at(self) -> int:
        """The last message of the contact or by hand, else the contact's creation."""
        return max((at for at, who, _, _, _ in self.thread.said if who != "auto"), default=self.created_at)


def _add(rnd: Random, plan: Plan, place: int, rows: Rows) -> None:
    case = _case(rnd, plan, place)
    _archive(rnd, plan, case)
    _add_contact(plan, case, rows)
    shown = _add_deals(rnd, plan, case, rows)
    _add_conversation(rnd, plan, case, shown, rows)
    _add_messages(rnd, plan, case, rows)
    _add_runs(plan, case, rows)
    _add_tags(rnd, plan, case, rows)
    _add_note(rnd, plan, case, rows)


def _case(rnd: Random, plan: Plan, place: int) -> Case:
    created_at = (
        plan.end_at - SPAN_SECONDS + int((SPAN_SECONDS - 120) * ((place + rnd.random()) / plan.conversations) ** GROWTH)
    )
    person = facts.person(rnd, place, plan.conversations, plan.seed)
    agent = skewed(rnd, plan.owners)
    known = Facts(rnd, person, agent[1], datetime.fromtimestamp(created_at, UTC).year)
    thread = tell(plan, place, known, created_at)
    owner_id = None if rnd.random() < 0.06 else agent[0]
    return Case(plan.first_contact + place, created_at, person, agent, owner_id, known, thread)


def _archive(rnd: Random, plan: Plan, case: Case) -> None:
    last_at = case.thread.said[-1][0] if case.thread.said else case.created_at
    at = last_at + int((20 + 70 * rnd.random()) * DAY)
    if at > plan.end_at or case.active_at > plan.end_at - OLD or rnd.random() > case.thread.story.archived:
        return
    case.archived_at = at
    if rnd.random() < 0.3:
        text = rnd.choice(library.turns()["closing"].lines) % case.facts
        case.thread.said.append((at, "auto", text, -1, ""))


def _add_contact(plan: Plan, case: Case, rows: Rows) -> None:
    person, place = case.person, case.person.place
    rows["phone_claim"].append((person.phone, case.contact_id))
    rows["contact"].append(
        (
            case.contact_id, person.phone, int(person.is_valid), person.first_name, person.last_name, person.email,
            person.born, place.zip_code, place.city, place.state, place.zone, "demo", case.created_at, plan.event_id,
        )
    )  # fmt: skip


def _add_conversation(rnd: Random, plan: Plan, case: Case, shown: tuple[int | None, int, int], rows: Rows) -> None:
    said, story, id_ = case.thread.said, case.thread.story, case.contact_id
    stage_id, amount_key, deals = shown
    last = (
        (len(rows["message"]) + len(said) - 1, said[-1][0], "in" if said[-1][1] == "in" else "out")
        if said
        else (None, None, None)
    )
    active_at = case.active_at
    unread = 0
    if (
        last[2] == "in"
        and case.archived_at is None
        and rnd.random() < (0.55 if active_at > plan.end_at - RECENT else 0.015)
    ):
        unread = next((n for n, message in enumerate(reversed(said)) if message[1] != "in"), len(said))
    is_hot = int(rnd.random() < story.hot * (1 if case.archived_at is None else 0.3))
    consents = case.thread.consents
    live = sum(run.is_live for run in case.thread.runs)
    rows["conversation"].append(
        (
            id_, activity_key(active_at, id_), case.person.name_key, int(case.archived_at is not None),
            case.archived_at, is_hot, int(rnd.random() < 0.003), int(bool(consents) and consents[-1][1] == "out"),
            unread, len(said), *last, case.owner_id, case.person.source, stage_id, amount_key, deals, live,
        )
    )  # fmt: skip


def _add_deals(rnd: Random, plan: Plan, case: Case, rows: Rows) -> tuple[int | None, int, int]:
    """The stage and amount that the conversation shows, and the number of deals."""
    best: tuple[bool, int, int] | None = None
    stage_id, amount_key = None, -1
    made = sales.deals(rnd, plan, case.thread.story, case.thread.line, (case.owner_id, case.created_at))
    for deal, events in made:
        deal_id = len(rows["deal"])
        rows["deal"].append((case.contact_id, deal_id, *deal, plan.event_id))
        for event in events:
            rows["stage_event"].append((case.contact_id, len(rows["stage_event"]), deal_id, *event, plan.event_id))
        rank = (deal[2] == "open", deal[-1], deal_id)
        if best is None or rank > best:
            best, stage_id, amount_key = rank, deal[1], -1 if deal[4] is None else deal[4]
    return stage_id, amount_key, len(made)


def _add_messages(rnd: Random, plan: Plan, case: Case, rows: Rows) -> None:
    contact_id, event_id, (agent_id, agent) = case.contact_id, plan.event_id, case.agent
    first_run = len(rows["enrollment"])
    add = rows["message"].append
    for at, who, text, run, title in case.thread.said:
        if who == "in":
            add((contact_id, 0, "in", text, at, "received", "demo", "", None, None, None, None, event_id))
            continue
        luck = rnd.random()
        status = (
            "delivered"
            if luck < DELIVERED[0]
            else "sent"
            if luck < DELIVERED[1]
            else "undelivered"
            if luck < DELIVERED[2]
            else "failed"
        )
        error = rnd.choice(ERRORS) if luck > DELIVERED[1] else None
        if who == "out":
            add((contact_id, 0, "out", text, at, status, "manual", agent, agent_id, None, None, error, event_id))
        else:
            template_id, run_id = plan.templates.get(title), None if run < 0 else first_run + run
            add((contact_id, 0, "out", text, at, status, "workflow", "", None, run_id, template_id, error, event_id))


def _add_runs(plan: Plan, case: Case, rows: Rows) -> None:
    for run in case.thread.runs:
        rows["enrollment"].append(
            (
                case.contact_id, len(rows["enrollment"]), plan.workflows[run.flow], run.version, 1, run.state,
                run.is_live, run.position, run.next_due_at, case.agent[0], run.started_at, run.stopped_at,
                run.stop_reason, plan.event_id,
            )
        )  # fmt: skip
    for at, kind, word in case.thread.consents:
        deadline = at + 14 * DAY if kind == "out" else None
        rows["consent_event"].append(
            (case.contact_id, len(rows["consent_event"]), kind, "keyword", word, at, deadline, plan.event_id)
        )


def _add_tags(rnd: Random, plan: Plan, case: Case, rows: Rows) -> None:
    for tag_id, (_, _, _, share) in zip(plan.tags, TAGS, strict=True):
        if rnd.random() < share:
            at = case.created_at + int(rnd.random() * (plan.end_at - case.created_at) * rnd.random())
            rows["contact_tag"].append((case.contact_id, tag_id, at, "demo", plan.event_id))


def _add_note(rnd: Random, plan: Plan, case: Case, rows: Rows) -> None:
    if rnd.random() > 0.3:
        return
    lines = [line % case.facts for line in rnd.sample(library.turns()["facts"].lines, rnd.choice((1, 1, 2, 3)))]
    agent_id = case.agent[0]
    at = case.created_at + int(rnd.random() * (plan.end_at - case.created_at) * 0.3)
    version = 2 if len(lines) > 1 and rnd.random() < 0.4 else 1
    if version == 2:
        rows["note_version"].append(
            (case.contact_id, 1, lines[0], at - int(rnd.random() * (at - case.created_at)), agent_id, plan.event_id)
        )
    rows["note"].append((case.contact_id, "\n".join(lines), at, agent_id, version, plan.event_id))
