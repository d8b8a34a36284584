"""Actions on follow-ups: a time at which a conversation comes back to the top, and having dealt with it."""

from sqlalchemy import Connection, Select, and_, not_

from core.bulk.kind import ZERO, Call, Kind, Params, Plain, plan_plain
from core.database.tables import conversation
from core.errors import Invalid

c = conversation.c
LATEST = 1 << 40
"""UTC seconds; beyond them an activity key would not hold the time."""


def _planned(_reader: Connection, params: Params) -> Params:
    at = params["at"]
    if not isinstance(at, int) or not 0 < at < LATEST:
        raise Invalid("Say when to follow up: a day and a time.")
    return {**params, "said": "planned a follow-up with {n}"}


def _plan(call: Call) -> Select[Params]:
    at = call.facts["at"]
    done = and_(c.follow_up_at.is_not_distinct_from(at), c.is_due == ZERO)
    return plan_plain(call, Plain(done, "planned", {"follow_up_at": at, "is_due": 0}))


def _finish(call: Call) -> Select[Params]:
    return plan_plain(call, Plain(c.follow_up_at.is_(None), "not_planned", {"follow_up_at": None, "is_due": 0}))


def _bring_back(call: Call) -> Select[Params]:
    is_due = and_(c.follow_up_at.is_not(None), c.follow_up_at <= call.now, c.is_due == ZERO)
    values = {"is_due": 1, "is_archived": 0, "archived_at": None}
    return plan_plain(call, Plain(not_(is_due), "not_due", values))


KINDS = (
    Kind(
        "follow_up",
        "conversation.follow_up",
        "Follow up",
        _planned,
        _plan,
        defaults={"at": 0},
    ),
    Kind(
        "follow_up_done",
        "conversation.follow_up_done",
        "Follow-up done",
        lambda _reader, params: {**params, "said": "was done with the follow-up of {n}"},
        _finish,
    ),
)

DUE = Kind(
    "due",
    "conversation.due",
    "Bring back",
    lambda _reader, params: {**params, "said": "brought {n} back to follow up"},
    _bring_back,
    undo="none",
)
"""What time does by itself, not what people are offered. Undone, it would happen again at once."""
