"""Sending what is due: the intent is committed before the provider is called, and what became of it afterwards.

Whoever dies between the two leaves a text of which nobody knows whether it went out. Such a text is never given to the
provider again: the provider is asked whether it has it, and if it has not, a person decides.
"""

import logging
import random
import threading
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, exists, insert, or_, select, text, update
from sqlalchemy.exc import DBAPIError

from core import clock, jobs, people, setup
from core.conversations import upkeep
from core.database import Change, Store, Work, images
from core.database.search import reindexing
from core.database.tables import contact, conversation, enrollment, event, message, outbox, user
from core.database.tables.talk import UNSETTLED
from core.errors import AppError
from core.messages import outcome
from core.messages.allowed import CONFIRMATION, OPTED_OUT
from core.messages.outbox import withdraw
from core.messages.outcome import Fate
from core.messages.provider import LOST, Held, Outgoing, Provider, Unreachable

log = logging.getLogger(__name__)
_chance = random.SystemRandom()

MOST_WAIT = 300
"""Seconds between tries, at most, with a provider that puts us off."""

o, c = outbox.c, conversation.c


@dataclass(frozen=True)
class Pace:
    """Seconds. `lease`: after which a text on its way belongs to nobody, longer than any call takes; `look`: until the
    provider is asked first what became of it, then twice as long each time; `give_up`: since the intent, when it is
    said to be lost; `idle`: between looks for what is due.
    """

    lease: int = 60
    look: int = 15
    give_up: int = 600
    idle: float = 1.0


@dataclass(frozen=True)
class Claimed:
    """A text whose intent is written down: `id` in the outbox; `until`: when it belongs to its sender no longer (UTC
    epoch seconds); and what the provider is told.
    """

    id: int
    until: int
    attempts: int
    outgoing: Outgoing


class Sender:
    """One who sends; any number of them may be at work, in any number of processes."""

    def __init__(self, store: Store, provider: Provider, pace: Pace = Pace()) -> None:
        self._store = store
        self._provider = provider
        self._pace = pace

    def run(self, is_stopped: threading.Event) -> None:
        """Send what comes due, until stopped."""
        while not is_stopped.is_set():
            try:
                found = self.step()
            except (AppError, DBAPIError) as error:  # a database that is away comes back
                log.warning("Sending waits: %s", error)
                found = False
            if not found:
                is_stopped.wait(self._pace.idle)

    def step(self) -> bool:
        """Send one text, or ask after one; False: there is nothing to do now."""
        if not self._provider.is_ready():
            return False
        claimed = self._store.write(people.SYSTEM, claim, self._pace)
        if claimed is not None:
            self._hand_over(claimed)
            return True
        doubtful = self._store.write(people.SYSTEM, doubt, self._pace)
        if doubtful is not None:
            self._ask(doubtful)
        return doubtful is not None

    def _hand_over(self, claimed: Claimed) -> None:
        if clock.now() >= claimed.until:
            return  # this process slept: by now others may have asked after the text
        answer = self._provider.send(claimed.outgoing)
        wait = self._pace.look
        if answer.kind == "later":
            patience = _chance.uniform(1, 2) * 2 ** min(claimed.attempts, 8)
            wait = int(min(max(answer.wait, patience), MOST_WAIT))
        self._store.write(people.SYSTEM, outcome.settle, claimed.id, answer, wait)

    def _ask(self, row: Row[Any]) -> None:
        try:
            held = self._provider.find(row.phone, row.intent_at - self._pace.lease)
        except Unreachable as error:
            log.warning("The provider cannot be asked about text %s: %s", row.id, error)
            return
        self._store.write(people.SYSTEM, resolve, row.id, held, self._pace)


def claim(work: Work, pace: Pace) -> Claimed | None:
    """Take the next text that is due and may go, and write the intent down; None: there is none."""
    while (row := _next(work)) is not None:
        images.lock(work.conn, [row.contact_id])
        if (ended := _must_not(work, row)) is not None:
            state, reason = ended
            (change,) = withdraw(work, [row], state, reason)
            work.record_change("message.withhold", change)
            continue
        taken = work.conn.execute(
            update(outbox).where(o.id == row.id, o.state == "scheduled").values(_intent(work, pace))
        )
        if taken.rowcount == 1:
            return _intend(work, row, pace)
        return None  # another sender was faster
    return None


def _next(work: Work) -> Row[Any] | None:
    """One whose contact has nothing else on its way: texts go in order, and of two alike it is known which went."""
    other = outbox.alias("other").c
    doubled = and_(other.state == "unknown", other.body == o.body)
    busy = exists().where(other.contact_id == o.contact_id, other.id != o.id, or_(other.state == "sending", doubled))
    due = select(outbox, c.is_opted_out, c.activity_key).join(conversation, c.id == o.contact_id)
    due = due.where(_unsettled(), o.state == "scheduled", o.due_at <= work.now, ~busy).order_by(o.due_at, o.id)
    # Only on engines that have more than one writer: whose conversation is locked is passed over.
    free = due.limit(1).with_for_update(of=conversation, key_share=True, skip_locked=True)
    return work.conn.execute(free).first()


def _unsettled() -> ColumnElement[bool]:
    """As the index says, word for word, so that it is used."""
    return text(f"outbox.{UNSETTLED}")  # type: ignore[return-value]


def _must_not(work: Work, row: Row[Any]) -> tuple[str, str] | None:
    """Why the text must not go after all: the state it ends in, and the reason."""
    if row.is_opted_out and row.origin != CONFIRMATION:
        return "suppressed", OPTED_OUT
    if row.enrollment_id is not None:
        e = enrollment.c
        live = select(e.is_live).where(e.contact_id == row.contact_id, e.id == row.enrollment_id)
        if not work.conn.execute(live).scalar():
            return "cancelled", "enrollment stopped"
    return None


def _intent(work: Work, pace: Pace) -> dict[str, Any]:
    until = work.now + pace.lease
    moved = {"state": "sending", "attempts": o.attempts + 1, "intent_at": work.now, "due_at": until, "reason": ""}
    return {**moved, "lease_by": jobs.me(), "lease_until": until, "updated_at": work.now}


def _intend(work: Work, row: Row[Any], pace: Pace) -> Claimed:
    m, own = message.c, {"contact_id": row.contact_id, "id": row.message_id}
    if row.message_id is None:
        own["id"] = work.take_ids("message")
        change = Change("message", own["id"], row.contact_id, after={"direction": "out", "sent_at": work.now})
        event_id = work.record_change("message.send", change)
        with reindexing(work.conn, [row.contact_id]):
            work.conn.execute(insert(message).values(**own, **_message(work, row), event_id=event_id))
            upkeep.refresh(work.conn, [row.contact_id], work.now)
        work.conn.execute(update(outbox).where(o.id == row.id).values(message_id=own["id"]))
    else:
        change = Change("message", row.message_id, row.contact_id, {"status": "waiting"}, {"status": "sending"})
        work.record_change("message.send", change)
        here = (m.contact_id == row.contact_id) & (m.id == row.message_id)
        work.conn.execute(update(message).where(here).values(status="sending"))
    made_up = select(event.c.verb).where(event.c.id == contact.c.event_id).scalar_subquery()
    to = work.conn.execute(select(contact.c.phone, made_up.label("verb")).where(contact.c.id == row.contact_id)).one()
    number = setup.load(work.conn).sender_number
    outgoing = Outgoing(row.id, to.phone, number, row.body, str(to.verb).startswith("demo."))
    return Claimed(row.id, work.now + pace.lease, row.attempts + 1, outgoing)


def _message(work: Work, row: Row[Any]) -> dict[str, Any]:
    writer = work.conn.execute(select(user.c.name).where(user.c.id == row.user_id)).scalar()
    taken = ("body", "origin", "user_id", "enrollment_id", "template_id")
    told = {"direction": "out", "status": "sending", "sent_at": work.now, "sender": writer or ""}
    return {**told, **{name: row._mapping[name] for name in taken}}


def doubt(work: Work, pace: Pace) -> Row[Any] | None:
    """Take the next text that was on its way too long, or that must be asked after again; None: there is none."""
    wanted = select(outbox, contact.c.phone).join(contact, contact.c.id == o.contact_id)
    wanted = wanted.where(_unsettled(), o.state.in_(("sending", "unknown")), o.due_at <= work.now)
    free = wanted.order_by(o.due_at, o.id).limit(1).with_for_update(of=outbox, skip_locked=True)
    row = work.conn.execute(free).first()
    if row is None:
        return None
    passed = work.now - row.intent_at
    wait = max(pace.look, min(passed, pace.give_up - passed))
    values = {"state": "unknown", "due_at": work.now + wait, "updated_at": work.now}
    work.conn.execute(update(outbox).where(o.id == row.id).values(values))
    return row


def resolve(work: Work, outbox_id: int, held: list[Held], pace: Pace) -> None:
    """What the provider has for the contact, compared with the text in doubt: it is one of these, or not there."""
    row = outcome.locked(work, outbox_id)
    if row is None or row.state != "unknown":
        return
    m = message.c
    linked = set(work.conn.execute(
        select(m.external_id).where(m.contact_id == row.contact_id, m.external_id.is_not(None))
    ).scalars())  # fmt: skip
    ours = [each for each in held if each.external_id not in linked and each.body == row.body]
    found = next((each for each in ours if each.key in ("", str(row.id))), None)
    if found is not None:
        outcome.tell(work, row, Fate("sent", found.external_id))
    elif work.now - row.intent_at >= pace.give_up:
        reason = "The provider does not know this text. It may not have been sent."
        outcome.tell(work, row, Fate(LOST, code=LOST, reason=reason))
    else:
        outcome.tell(work, row, Fate("unknown"))
