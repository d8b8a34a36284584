"""A few contacts to text, and a look at what became of it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert, select

from core import setup, sms
from core.access import Actor
from core.database import Store, Work
from core.database.tables import conversation, enrollment, message, outbox, workflow
from core.messages import Text, send
from core.messages.claims import Pace
from core.messages.outbox import put_all
from core.messages.provider import Answer, Held, Outgoing, Unreachable
from core.messages.sender import Sender
from core.transfer import newcomers
from core.transfer.rows import ContactRow
from tests.conftest import ALICE

PACE = Pace(lease=60, look=15, give_up=600, idle=0.02, calls=1)
"""One call at a time: what comes after what is known then."""


def phone(contact_id: int) -> str:
    """The phone of the contact with this id."""
    return f"+1734{5_550_000 + contact_id:07d}"


def people(work: Work, n: int) -> list[int]:
    """`n` contacts who have never been texted; a workflow that ends on an answer, and one that does not."""
    ids = contacts(work, n)
    own = {"kind": "workflow", "state": "on", "created_at": work.now, "event_id": work.record("test.fill")}
    for id_, rules in ((1, '{"stop_on_reply": true}'), (2, '{"stop_on_reply": false}')):
        named = {"id": id_, "name": f"w{id_}", "name_key": f"w{id_}"}
        work.conn.execute(insert(workflow).values(**named, **own, rules=rules))
    return ids


def contacts(work: Work, n: int, first_phone: int = 0) -> list[int]:
    """`n` contacts; the last four digits of their phones are their ids, counted on from `first_phone`."""
    event_id = work.record("test.fill")
    ids = newcomers.take_ids(work, n)
    blank: tuple[Any, ...] = ("", None, "", "", "", "", "", "", work.now, (), "")
    rows = {id_: ContactRow(0, phone(id_ + first_phone), True, f"Contact {id_}", "", *blank) for id_ in ids}
    newcomers.insert(work, event_id, rows, newcomers.Names({}, {}))
    return ids


def enroll(work: Work, contact_id: int, workflow_id: int) -> int:
    """A live enrollment; returns its id."""
    id_ = work.take_ids("enrollment")
    own = {"contact_id": contact_id, "id": id_, "workflow_id": workflow_id, "version": 1}
    live = {"state": "waiting", "is_live": 1, "started_at": work.now, "event_id": work.record("test.enroll")}
    work.conn.execute(insert(enrollment).values(**own, **live))
    work.conn.execute(conversation.update().where(conversation.c.id == contact_id).values(enrollment_count=1))
    return id_


def answer_from(work: Work, contact_ids: list[int], number_id: int) -> None:
    """As if these contacts had written to this number of ours."""
    c = conversation.c
    work.conn.execute(conversation.update().where(c.id.in_(contact_ids)).values(sender_id=number_id))


def number(work: Work, phone: str) -> None:
    """A sender number, chosen in the settings."""
    setup.choose(work, {"sender_number": phone})


def as_sent(work: Work, contact_ids: list[int]) -> list[int]:
    """A text to each that the provider has taken, as SM and its id in the outbox; returns those ids."""
    event_id = work.record("test.sent")
    queued = [int(each.row_id or 0) for each in put_all(work, event_id, [Text(id_, "Hi") for id_ in contact_ids])]
    first = work.take_ids("message", len(queued))
    for place, (key, id_) in enumerate(zip(queued, contact_ids, strict=True)):
        own = {"contact_id": id_, "id": first + place, "body": "Hi", "direction": "out", "sent_at": work.now}
        told = {"status": "sent", "external_id": f"SM{key}", "origin": "manual", "event_id": event_id}
        work.conn.execute(insert(message).values(**own, **told))
        gone = {"state": "sent", "external_id": f"SM{key}", "message_id": first + place, "intent_at": work.now}
        work.conn.execute(outbox.update().where(outbox.c.id == key).values(gone))
    return queued


def segments(body: str) -> int:
    """How many the network carries."""
    return sms.count(body).segments


def write(store: Store, contact_id: int, body: str = "Hello", actor: Actor = ALICE, **parts: Any) -> int:
    """A person's text in the outbox."""
    return store.write(actor, send, Text(contact_id, body, **parts))


def row(store: Store, outbox_id: int) -> Any:
    with store.read() as reader:
        return reader.execute(select(outbox).where(outbox.c.id == outbox_id)).one()


def messages(store: Store, contact_id: int) -> list[Any]:
    """In the order they came into being."""
    with store.read() as reader:
        return list(reader.execute(select(message).where(message.c.contact_id == contact_id).order_by(message.c.id)))


def wide(store: Store, contact_id: int) -> Any:
    """The conversation's row."""
    with store.read() as reader:
        return reader.execute(select(conversation).where(conversation.c.id == contact_id)).one()


class Scripted:
    """A provider that says what it is told to; `told` is what it was given, `held` what it says it has."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.told: list[Outgoing] = []
        self.held: list[Held] | None = []

    def is_ready(self) -> bool:
        return True

    def send(self, text: Outgoing) -> Answer:
        self.told.append(text)
        return self.answers.pop(0) if self.answers else Answer("accepted", f"SM{len(self.told)}")

    def find(self, to: str, since: int) -> Sequence[Held]:
        if self.held is None:
            raise Unreachable
        return self.held


def drain(store: Store, provider: Any, pace: Pace = PACE) -> int:
    """Everything that is due now; returns how many steps there were."""
    sender, steps = Sender(store, provider, pace), 0
    while sender.step():
        steps += 1
    return steps
