"""Claims: texts that are due and may go become intents, many in one transaction, before the provider is called."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    exists,
    func,
    insert,
    or_,
    select,
    text,
    update,
)

from core import jobs
from core.conversations import upkeep
from core.database import Change, Work, engines
from core.database.search import reindexing
from core.database.tables import contact, conversation, enrollment, event, message, outbox, user, workflow
from core.database.tables.talk import IS_UNSETTLED, UNSENT
from core.messages.gate import Gate, Verdict
from core.messages.outbox import withdraw
from core.messages.outcome import texts
from core.messages.provider import Outgoing
from core.workflows.advance import Left, texts_left

LOOKED_AT = 4
"""So many times as many texts are looked at as may go: most wait in a line."""

o, c = outbox.c, conversation.c


@dataclass(frozen=True)
class Pace:
    """Seconds. `lease`: after which a text on its way belongs to nobody, longer than any call takes; `look`: until the
    provider is asked first what became of it, then twice as long each time; `give_up`: since the intent, when it is
    said to be lost; `idle`: between looks for what is due. `calls`: how many there are at a time.
    """

    lease: int = 60
    look: int = 15
    give_up: int = 600
    idle: float = 1.0
    calls: int = 4


USUAL = Pace()


@dataclass(frozen=True)
class Claimed:
    """A text whose intent is written down: `id` in the outbox; `until`: when it belongs to its sender no longer (UTC
    epoch seconds); and what the provider is told.
    """

    id: int
    until: int
    attempts: int
    outgoing: Outgoing


@dataclass(frozen=True)
class Claims:
    """What one look brought: the texts to hand over, and how many were looked at."""

    going: Sequence[Claimed] = field(default=())
    looked_at: int = 0


def claim(work: Work, pace: Pace, most: int = 1) -> Claims:
    """Write down the intent of texts that are due and may go, at most so many, each of another contact; what may not go
    is put off, or ended.
    """
    rows = _due(work, LOOKED_AT * most)
    if not rows:
        return Claims()
    gate = Gate(work, rows)
    judged: list[tuple[Row[Any], Verdict]] = []
    going = 0
    for row in rows:
        if going < most:
            verdict = gate.judge(row)
            judged.append((row, verdict))
            going += verdict.state == "sending"
    gate.close()
    _withhold(work, [each for each in judged if each[1].state in ("suppressed", "cancelled")])
    _put_off(work, [each for each in judged if each[1].state in UNSENT])
    return Claims(_intend(work, [each for each in judged if each[1].state == "sending"], pace), len(judged))


def is_due(reader: Connection, now: int) -> bool:
    """Whether there is anything to send or to ask after."""
    return reader.execute(select(o.id).where(unsettled(), o.due_at <= now).limit(1)).first() is not None


def unsettled() -> ColumnElement[bool]:
    """As the index says, word for word, so that it is used."""
    return text(f"outbox.{IS_UNSETTLED}")  # type: ignore[return-value]


def _due(work: Work, most: int) -> list[Row[Any]]:
    """Texts whose conversations are locked now, the first of each contact, in the order they are due."""
    engines.look_up_by_key(work.conn)
    # Whose conversation another writer has locked is passed over, on engines that have more than one.
    first = _waiting(select(o.id), work.now).limit(most)
    free = first.with_for_update(of=conversation, key_share=True, skip_locked=True)
    ids = list(work.conn.execute(free).scalars())
    if not ids:
        return []
    # Once more, now that nobody else can change them.
    rows = work.conn.execute(_waiting(_details(), work.now).where(o.id.in_(engines.id_set(work.conn, ids)))).all()
    found: dict[int, Row[Any]] = {}
    for row in rows:
        found.setdefault(row.contact_id, row)
    return list(found.values())


def _waiting(wanted: Select[Any], now: int) -> Select[Any]:
    """Those that are due, and whose contact has nothing else on its way: texts go in order, and of two alike it is
    known which went.
    """
    other = outbox.alias("other").c
    doubled = and_(other.state == "unknown", other.body == o.body)
    put_off = and_(other.state == "scheduled", other.reason != "", other.origin == o.origin, other.id < o.id)
    ahead = or_(other.state == "sending", doubled, put_off)
    busy = exists().where(other.contact_id == o.contact_id, other.id != o.id, ahead)
    due = wanted.join(conversation, c.id == o.contact_id)
    return due.where(unsettled(), o.state.in_(UNSENT), o.due_at <= now, ~busy).order_by(o.due_at, o.id)


def _details() -> Select[Any]:
    e, w, made = enrollment.c, workflow.c, event.c
    of_person = select(made.verb).where(made.id == contact.c.event_id).scalar_subquery()
    writer = select(user.c.name).where(user.c.id == o.user_id).scalar_subquery()
    wanted_at = func.coalesce(message.c.sent_at, o.due_at)  # it was an intent before, or is due for the first time
    own = (c.is_opted_out, c.sender_id.label("answered_id"), contact.c.phone, of_person.label("made_by"))
    automatic = (e.is_live, w.state.label("workflow_state"), w.rules)
    wanted = select(outbox, *own, writer.label("writer"), wanted_at.label("wanted_at"), *automatic)
    wanted = wanted.select_from(outbox)
    wanted = wanted.join(contact, contact.c.id == o.contact_id)
    wanted = wanted.outerjoin(enrollment, and_(e.contact_id == o.contact_id, e.id == o.enrollment_id))
    wanted = wanted.outerjoin(message, and_(message.c.contact_id == o.contact_id, message.c.id == o.message_id))
    return wanted.outerjoin(workflow, w.id == e.workflow_id)


def _withhold(work: Work, ended: Sequence[tuple[Row[Any], Verdict]]) -> None:
    changes = [change for row, verdict in ended for change in withdraw(work, [row], verdict.state, verdict.reason)]
    if changes:
        work.account_each(work.record("message.withhold", said=f"withheld {texts(len(changes))}"), changes)
    texts_left(work, [Left(row, verdict.state, verdict.reason) for row, verdict in ended])


def _put_off(work: Work, waiting: Sequence[tuple[Row[Any], Verdict]]) -> None:
    """Looked at again later; that a text is held is an event, that it stands in a line is none."""
    if not waiting:
        return
    changes = []
    for row, verdict in waiting:
        before, after = ({"state": each.state, "reason": each.reason} for each in (row, verdict))
        if "held" in (row.state, verdict.state) and before != after:
            changes.append(Change("outbox", row.id, row.contact_id, before, after))
    if changes:
        work.account_each(work.record("message.hold", said=f"held {texts(len(changes))} back"), changes)
    values = [
        {"of": row.id, "new_state": each.state, "new_reason": each.reason, "new_due_at": each.due_at}
        for row, each in waiting
    ]
    names: dict[str, Any] = {name: bindparam(f"new_{name}") for name in ("state", "reason", "due_at")}
    work.conn.execute(update(outbox).where(o.id == bindparam("of")).values(updated_at=work.now, **names), values)


def _intend(work: Work, going: Sequence[tuple[Row[Any], Verdict]], pace: Pace) -> list[Claimed]:
    if not going:
        return []
    rows = [row for row, _ in going]
    new = iter(range(work.take_ids("message", len(rows)), 1 << 62))
    ids = {row.id: next(new) if row.message_id is None else row.message_id for row in rows}
    event_id = work.record("message.send", said=f"sent {texts(len(rows))}")
    work.account_each(event_id, [_change(work, row, ids[row.id]) for row in rows])
    _write_messages(work, event_id, rows, ids)
    until = work.now + pace.lease
    told = {"state": "sending", "intent_at": work.now, "due_at": until, "reason": "", "updated_at": work.now}
    told |= {"lease_by": jobs.me(), "lease_until": until, "attempts": o.attempts + 1}
    values = [
        {"of": row.id, "of_message": ids[row.id], "from_number": each.number.id if each.number else None}
        for row, each in going
    ]
    names: dict[str, Any] = {"message_id": bindparam("of_message"), "sender_id": bindparam("from_number")}
    work.conn.execute(update(outbox).where(o.id == bindparam("of")).values(**told, **names), values)
    return [_claimed(row, verdict, until) for row, verdict in going]


def _change(work: Work, row: Row[Any], message_id: int) -> Change:
    if row.message_id is None:
        return Change("message", message_id, row.contact_id, after={"direction": "out", "sent_at": work.now})
    return Change("message", message_id, row.contact_id, {"status": "waiting"}, {"status": "sending"})


def _write_messages(work: Work, event_id: int, rows: Sequence[Row[Any]], ids: dict[int, int]) -> None:
    m = message.c
    new = [row for row in rows if row.message_id is None]
    contact_ids = [row.contact_id for row in new]
    with reindexing(work.conn, contact_ids):
        if new:
            work.conn.execute(insert(message), [_message(work, event_id, row, ids[row.id]) for row in new])
        upkeep.refresh(work.conn, contact_ids, work.now)
    again = [{"whose": row.contact_id, "of": row.message_id} for row in rows if row.message_id is not None]
    if again:
        here = (m.contact_id == bindparam("whose")) & (m.id == bindparam("of"))
        work.conn.execute(update(message).where(here).values(status="sending"), again)


def _message(work: Work, event_id: int, row: Row[Any], message_id: int) -> dict[str, Any]:
    taken = ("contact_id", "body", "origin", "user_id", "enrollment_id", "template_id")
    told = {"direction": "out", "status": "sending", "sent_at": work.now, "sender": row.writer or ""}
    return {"id": message_id, "event_id": event_id, **told, **{name: row._mapping[name] for name in taken}}


def _claimed(row: Row[Any], verdict: Verdict, until: int) -> Claimed:
    number = verdict.number.phone if verdict.number else ""
    is_made_up = str(row.made_by).startswith("demo.")
    outgoing = Outgoing(row.id, row.phone, number, row.body, is_made_up, verdict.until)
    return Claimed(row.id, until, row.attempts + 1, outgoing)
