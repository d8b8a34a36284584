"""Actions on the conversation's own row: archive, restore, hot, read, owner."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, select

from core import workflows
from core.bulk.kind import ONE, ZERO, Call, Kind, Params, Plain, Touched, changed_in, numbered, plan_plain, side
from core.database import engines
from core.database.tables import conversation, enrollment, message, user
from core.errors import Invalid

c, e = conversation.c, enrollment.c


def _said(words: str) -> Any:
    def facts(_reader: Connection, params: Params) -> Params:
        return {**params, "said": words}

    return facts


def new_message(call: Call) -> ColumnElement[bool]:
    """The contact has written since the row was chosen."""
    written = exists().where(
        message.c.contact_id == c.id, message.c.direction == "in", message.c.sent_at.between(call.chosen_at, call.now)
    )
    return and_(c.last_message_at >= call.chosen_at, written)


def _archive(call: Call) -> Select[Any]:
    values = {"is_archived": 1, "archived_at": call.now}
    done = c.is_archived == ONE
    # Only an open row can be hidden from someone who has just written.
    blocked = ((and_(c.is_archived == ZERO, new_message(call)), "new_message"),)
    return plan_plain(call, Plain(done, "archived", values, blocked))


def stopped(call: Call, reason: str) -> dict[str, Any]:
    """The columns of an enrollment that is stopped now."""
    values = {"state": "stopped", "is_live": 0, "next_due_at": None}
    return {**values, "stopped_at": call.now, "stop_reason": reason}


def _archive_stops(call: Call) -> Select[Any] | None:
    return stop_live(call, "stop_on_archive", "archived")


def stop_live(call: Call, rule: str, reason: str) -> Select[Any] | None:
    """The live enrollments of those that the plan has changed, stopped for this reason: all, or, where that is not
    asked for, those of workflows that have the rule.
    """
    only = None if call.facts["stop_enrollments"] else workflows.with_rule(call.conn, rule)
    if only == []:
        return None
    m, test = changed_in(call)
    after = stopped(call, reason)
    before = call.pack(**{name: e[name] for name in after})
    n = m.c.n + numbered(e.contact_id, e.id)
    live = (e.contact_id == m.c.contact_id) & (e.is_live == ONE)
    if only is not None:
        live &= e.workflow_id.in_(engines.id_set(call.conn, only))
    row = Touched("enrollment", e.id, before, call.pack(**after))
    return side(n, m.c.contact_id, row).select_from(m.join(enrollment, live)).where(test)


def _archive_notes(call: Call) -> list[str]:
    among = c.id.in_(engines.id_set(call.conn, call.ids)) & (c.is_archived == ZERO)
    hot, live = call.conn.execute(
        select(func.coalesce(func.sum(c.is_hot), 0), func.coalesce(func.sum(c.enrollment_count), 0)).where(among)
    ).one()
    notes = [f"{hot:,} of these are hot leads; they stay marked."] if hot else []
    return notes + ([live_words(live, call.facts["stop_enrollments"])] if live else [])


def live_words(live: int, will_stop: bool) -> str:
    """What becomes of so many live enrollments."""
    return f"{live:,} live enrollments {'will be stopped' if will_stop else 'go on'}."


def _plain(plain: Plain) -> Any:
    return lambda call: plan_plain(call, plain)


def _assign_facts(reader: Connection, params: Params) -> Params:
    owner_id = params["owner_id"]
    if owner_id is None:
        return {**params, "said": "took the owner off {n}"}
    name = reader.execute(select(user.c.name).where(user.c.id == owner_id)).scalar_one_or_none()
    if name is None:
        raise Invalid("This user does not exist (any more). Choose another owner.")
    return {**params, "said": "assigned {n} to " + name.replace("{", "(").replace("}", ")")}


def _assign(call: Call) -> Select[Any]:
    owner_id = call.facts["owner_id"]
    return plan_plain(call, Plain(c.owner_id.is_not_distinct_from(owner_id), "owned", {"owner_id": owner_id}))


KINDS = (
    Kind(
        "archive",
        "conversation.archive",
        "Archive",
        _said("archived {n}"),
        _archive,
        defaults={"stop_enrollments": True},
        sides=(_archive_stops,),
        notes=_archive_notes,
    ),
    Kind(
        "restore",
        "conversation.restore",
        "Unarchive",
        _said("unarchived {n}"),
        _plain(Plain(c.is_archived == ZERO, "not_archived", {"is_archived": 0, "archived_at": None})),
    ),
    Kind(
        "hot",
        "conversation.hot",
        "Mark as hot",
        _said("marked {n} as hot"),
        _plain(Plain(c.is_hot == ONE, "hot", {"is_hot": 1})),
    ),
    Kind(
        "not_hot",
        "conversation.not_hot",
        "Mark as not hot",
        _said("marked {n} as not hot"),
        _plain(Plain(c.is_hot == ZERO, "not_hot", {"is_hot": 0})),
    ),
    Kind(
        "read",
        "conversation.read",
        "Mark as read",
        _said("marked {n} as read"),
        _plain(Plain(c.unread_count == ZERO, "read", {"unread_count": 0})),
    ),
    Kind(
        "unread",
        "conversation.unread",
        "Mark as unread",
        _said("marked {n} as unread"),
        _plain(Plain(c.unread_count > ZERO, "unread", {"unread_count": 1})),
    ),
    Kind("assign", "conversation.assign", "Assign owner", _assign_facts, _assign, defaults={"owner_id": None}),
)
