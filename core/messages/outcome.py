"""What became of a text: written down once, only ever forward, whether an answer or a report says it, in any order."""

from typing import Any, NamedTuple

from sqlalchemy import Row, select, update

from core.database import Change, Work, images
from core.database.tables import message, outbox
from core.messages import consent
from core.messages.provider import LOST, Answer

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

OPTED_OUT_CODES = frozenset({"21610"})
"""Refusals that mean: this phone has opted out at the provider. Source: Twilio's list of errors."""


class Fate(NamedTuple):
    """What is known about a text: its status, a key of RANK; the provider's id; why it failed, as code and words."""

    status: str
    external_id: str = ""
    code: str = ""
    reason: str = ""


def locked(work: Work, outbox_id: int) -> Row[Any] | None:
    """A row of the outbox with its conversation locked; None: there is none."""
    wanted = select(outbox).where(outbox.c.id == outbox_id)
    row = work.conn.execute(wanted).first()
    if row is None:
        return None
    images.lock(work.conn, [row.contact_id])
    return work.conn.execute(wanted).first()


def settle(work: Work, outbox_id: int, answer: Answer, wait: int) -> None:
    """Write the provider's answer down; `wait`: seconds until it is tried or asked again, where that is to be done."""
    row = locked(work, outbox_id)
    if row is None:
        return
    if answer.kind == "accepted":
        tell(work, row, Fate("sent", answer.external_id))
    elif answer.kind == "refused":
        tell(work, row, Fate("failed", code=answer.code, reason=answer.reason))
    elif row.state == "sending":
        _back(work, row, "waiting" if answer.kind == "later" else "unknown", wait)


def tell(work: Work, row: Row[Any], fate: Fate) -> bool:
    """What is known now about the text of this row, whose conversation is locked; False: that is nothing new."""
    m = message.c
    here = select(m.status).where(m.contact_id == row.contact_id, m.id == row.message_id)
    known = work.conn.execute(here).scalar_one_or_none()
    if known is None or RANK[fate.status] <= RANK.get(known, 0):
        return False
    values = {"error_code": fate.code, "reason": fate.reason, "lease_by": None, "lease_until": None}
    if fate.external_id:
        values["external_id"] = fate.external_id
    _write(work, row, (known, fate.status), values)
    if fate.code in OPTED_OUT_CODES:
        consent.opt_out(work, row.contact_id, consent.Why("provider", fate.reason))
    return True


def _back(work: Work, row: Row[Any], status: str, wait: int) -> None:
    values = {"due_at": work.now + wait, "lease_by": None, "lease_until": None}
    _write(work, row, ("sending", status), values)


def _write(work: Work, row: Row[Any], statuses: tuple[str, str], values: dict[str, Any]) -> None:
    before, after = ({"status": status} for status in statuses)
    work.record_change("message.report", Change("message", row.message_id, row.contact_id, before, after))
    state = _STATE.get(after["status"], after["status"])
    work.conn.execute(update(outbox).where(outbox.c.id == row.id).values(**values, state=state, updated_at=work.now))
    told = {name: values[name] for name in ("error_code", "external_id") if name in values}
    m = message.c
    here = (m.contact_id == row.contact_id) & (m.id == row.message_id)
    work.conn.execute(update(message).where(here).values(**after, **told))
