"""What became of a text: written down once, only ever forward, whether an answer or a report says it, in any order."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Row, bindparam, select, update

from core.database import Change, Work, engines, images
from core.database.tables import message, outbox
from core.messages import consent
from core.messages.provider import LOST, Answer
from core.workflows.advance import Left, texts_left

_ORDER = (
    "waiting",
    "sending",
    "cancelled",
    "blocked_opt_out",
    "unknown",
    LOST,
    "sent",
    "failed",
    "undelivered",
    "delivered",
)
RANK = {name: rank for rank, name in enumerate(_ORDER)}
"""Of two things said about one text the later one in this order holds; so the order in which they arrive does not."""

_STATE = {"waiting": "scheduled", LOST: "failed", "undelivered": "sent", "delivered": "sent"}

LEFT = ("sent", "failed")
"""States in which an enrollment waits for its text no longer."""

OPTED_OUT_CODES = frozenset({"21610"})
"""Refusals that mean: this phone has opted out at the provider. Source: Twilio's list of errors."""


BUSY = "The provider is busy."


class Fate(NamedTuple):
    """What is known about a text: its status, a key of RANK; the provider's id; why it failed, as code and words."""

    status: str
    external_id: str = ""
    code: str = ""
    reason: str = ""


class Settled(NamedTuple):
    """What the provider answered; `wait`: seconds until the text is tried or asked after, where that is to be done."""

    answer: Answer
    wait: int


class Move(NamedTuple):
    """A row of the outbox, as `locked` gives it, and the fate it comes to; `due_at`: when it is looked at again."""

    row: Row[Any]
    fate: Fate
    due_at: int


def texts(n: int) -> str:
    """How many, in words, of an event that may be about several."""
    return "a text" if n == 1 else f"{n:,} texts"


def locked(work: Work, outbox_ids: Iterable[int]) -> dict[int, Row[Any]]:
    """Rows of the outbox by id, each with `known`, the status of its message; their conversations are locked."""
    ids = engines.id_set(work.conn, list(outbox_ids))
    o, m = outbox.c, message.c
    images.lock(work.conn, sorted(set(work.conn.execute(select(o.contact_id).where(o.id.in_(ids))).scalars())))
    wanted = select(outbox, m.status.label("known"))
    wanted = wanted.outerjoin(message, (m.contact_id == o.contact_id) & (m.id == o.message_id))
    return {row.id: row for row in work.conn.execute(wanted.where(o.id.in_(ids)))}


def settle(work: Work, settled: Mapping[int, Settled]) -> None:
    """Write the provider's answers down, by the id in the outbox."""
    rows = locked(work, settled)
    _write(work, [move for id_, row in rows.items() if (move := _settling(work, row, settled[id_])) is not None])


def tell(work: Work, row: Row[Any], fate: Fate) -> bool:
    """What is known now about the text of this row, which is `locked`; False: that is nothing new."""
    move = _onward(row, fate)
    if move is not None:
        _write(work, [move])
    return move is not None


def _settling(work: Work, row: Row[Any], settled: Settled) -> Move | None:
    answer = settled.answer
    if answer.kind == "accepted":
        return _onward(row, Fate("sent", answer.external_id))
    if answer.kind == "refused":
        return _onward(row, Fate("failed", code=answer.code, reason=answer.reason))
    if row.state != "sending":
        return None
    fate = Fate("waiting", reason=answer.reason or BUSY) if answer.kind == "later" else Fate("unknown")
    return Move(row, fate, work.now + settled.wait)


def _onward(row: Row[Any], fate: Fate) -> Move | None:
    is_news = row.known is not None and RANK[fate.status] > RANK.get(row.known, 0)
    return Move(row, fate, row.due_at) if is_news else None


def _write(work: Work, moves: Sequence[Move]) -> None:
    """One event for all."""
    if not moves:
        return
    changes = []
    for row, fate, _ in moves:
        before, after = {"status": row.known}, {"status": fate.status}
        changes.append(Change("message", row.message_id, row.contact_id, before, after))
    work.account_each(work.record("message.report", said=f"heard what became of {texts(len(moves))}"), changes)
    work.conn.execute(_TO_OUTBOX, [_of_outbox(work, move) for move in moves])
    work.conn.execute(_TO_MESSAGE, [_of_message(move) for move in moves])
    told = [Left(row, _STATE.get(fate.status, fate.status), fate.reason, fate.code) for row, fate, _ in moves]
    texts_left(work, [each for each in told if each.state in LEFT and each.state != each.row.state])
    for row, fate, _ in moves:
        if fate.code in OPTED_OUT_CODES:
            consent.opt_out(work, row.contact_id, consent.Why("provider", fate.reason))


def _of_outbox(work: Work, move: Move) -> dict[str, Any]:
    row, fate, due_at = move
    state = _STATE.get(fate.status, fate.status)
    told = {"error_code": fate.code, "reason": fate.reason, "external_id": fate.external_id or row.external_id}
    values = {"state": state, "due_at": due_at, "lease_by": None, "lease_until": None, "updated_at": work.now}
    return {"of": row.id, **{f"new_{name}": value for name, value in {**told, **values}.items()}}


def _of_message(move: Move) -> dict[str, Any]:
    row, fate, _ = move
    told = {"status": fate.status, "error_code": fate.code, "external_id": fate.external_id or row.external_id}
    return {"of": row.message_id, "whose": row.contact_id, **{f"new_{name}": value for name, value in told.items()}}


def _news(table: Any, names: Iterable[str]) -> dict[str, Any]:
    return {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in names}


_TOLD = ("error_code", "external_id")
_TO_OUTBOX = (
    update(outbox)
    .where(outbox.c.id == bindparam("of"))
    .values(_news(outbox, (*_TOLD, "reason", "state", "due_at", "lease_by", "lease_until", "updated_at")))
)
_TO_MESSAGE = (
    update(message)
    .where(message.c.contact_id == bindparam("whose"), message.c.id == bindparam("of"))
    .values(_news(message, (*_TOLD, "status")))
)
