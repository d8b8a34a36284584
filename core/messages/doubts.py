"""Texts of which nobody knows whether they went out: the provider is asked, and nothing is given to it again."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, bindparam, select, update

from core.database import Work
from core.database.tables import contact, message, outbox
from core.messages import outcome
from core.messages.claims import Pace, unsettled
from core.messages.outcome import Fate
from core.messages.provider import LOST, Held

o = outbox.c

NOT_THERE = "The provider does not know this text. It may not have been sent."


def doubt(work: Work, pace: Pace, most: int = 1) -> list[Row[Any]]:
    """Take texts that were on their way too long, or that must be asked after again; each has its `phone`."""
    wanted = select(outbox, contact.c.phone).join(contact, contact.c.id == o.contact_id)
    wanted = wanted.where(unsettled(), o.state.in_(("sending", "unknown")), o.due_at <= work.now)
    free = wanted.order_by(o.due_at, o.id).limit(most).with_for_update(of=outbox, skip_locked=True)
    rows = list(work.conn.execute(free))
    values = []
    for row in rows:
        passed = work.now - row.intent_at
        values.append({"of": row.id, "again_at": work.now + max(pace.look, min(passed, pace.give_up - passed))})
    if values:
        told = {"state": "unknown", "due_at": bindparam("again_at"), "updated_at": work.now}
        work.conn.execute(update(outbox).where(o.id == bindparam("of")).values(told), values)
    return rows


def resolve(work: Work, answers: Mapping[int, Sequence[Held]], pace: Pace) -> None:
    """What the provider has for each contact, by the text in doubt: that is one of these, or not there."""
    for row in outcome.locked(work, answers).values():
        if row.state == "unknown":
            _resolve(work, row, answers[row.id], pace)


def _resolve(work: Work, row: Row[Any], held: Sequence[Held], pace: Pace) -> None:
    m = message.c
    linked = set(work.conn.execute(
        select(m.external_id).where(m.contact_id == row.contact_id, m.external_id.is_not(None))
    ).scalars())  # fmt: skip
    ours = [each for each in held if each.external_id not in linked and each.body == row.body]
    found = next((each for each in ours if each.key in ("", str(row.id))), None)
    if found is not None:
        outcome.tell(work, row, Fate("sent", found.external_id))
    elif work.now - row.intent_at >= pace.give_up:
        outcome.tell(work, row, Fate(LOST, code=LOST, reason=NOT_THERE))
    else:
        outcome.tell(work, row, Fate("unknown"))
