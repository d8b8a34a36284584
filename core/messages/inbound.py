"""A text that comes in: whose it is, what it opts out of, ends and brings back; each once, however often it is told."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, func, insert, select, update

from core import people, phone, setup
from core.conversations import upkeep
from core.database import Change, Store, Work
from core.database.search import reindexing
from core.database.tables import attachment, conversation, event, message, outbox, phone_claim
from core.database.work import STEP
from core.errors import Invalid
from core.messages import consent, media, numbers, reviews
from core.messages.consent import Why
from core.messages.keywords import wish
from core.messages.media import Kept
from core.messages.outbox import Text, put
from core.messages.strangers import meet
from core.workflows import advance

SOURCE = "Text message"
"""Where a contact comes from that has texted first."""

RECEIVED = "message.receive"
HELP = "help"
"""Origin of the answer to HELP."""

HELP_SECONDS = 86_400
"""Within which it is given once."""

LONGEST = 20_000
NO_TEXT = str.maketrans(dict.fromkeys([0, *range(0xD800, 0xE000)], "\ufffd"))
"""Signs that no database holds; the rest of the text is kept."""


class Media(NamedTuple):
    """A file of a picture message, as it came; what it is, its bytes say."""

    data: bytes


@dataclass(frozen=True)
class Incoming:
    """A text as the provider tells of it. `external_id`: its own id; `sender`: a phone in any spelling; `to`: our own
    number that it was written to, where that is known.
    """

    external_id: str
    sender: str
    body: str
    media: tuple[Media, ...] = ()
    to: str = ""


def accept(store: Store, data_dir: Path, region: str, text: Incoming) -> int | None:
    """Keep the text and its pictures; returns the id of the message, None when it was kept before.

    `region`: of phones without a country code. Raises: Invalid for a sender that is no phone, or a text without an id.
    """
    if not text.external_id or len(text.external_id) > 200:
        raise Invalid("A text needs the provider's id.")
    if len(text.body) > LONGEST:
        raise Invalid(f"A text has at most {LONGEST:,} letters.")
    try:
        number = phone.parse(text.sender, region)
    except Invalid as error:
        raise Invalid(f"The sender “{text.sender[:40]}” cannot be kept: {error}.") from error
    with store.read() as reader:
        if _is_known(reader, number.e164, text.external_id):
            return None
    kept = [media.keep(data_dir, each.data) for each in text.media]
    message_id = store.write(people.SYSTEM, receive, number, text, kept)
    if message_id is None:
        media.drop(data_dir, kept)
    return message_id


def came_since(reader: Connection, event_id: int) -> int:
    """How many texts came in after this event."""
    e = event.c
    wanted = select(func.count()).where(e.id > event_id, e.verb == RECEIVED)
    return int(reader.execute(wanted).scalar_one())


def receive(work: Work, number: phone.Phone, text: Incoming, kept: list[Kept]) -> int | None:
    """The text in one transaction with all that follows from it; None when it is known."""
    if _is_known(work.conn, number.e164, text.external_id):
        return None
    event_id = work.record(RECEIVED)
    row = meet(work, event_id, number, SOURCE)
    _answer_from(work, row, text.to)
    body = text.body.translate(NO_TEXT)
    message_id = work.take_ids("message")
    own = {"contact_id": row.id, "id": message_id}
    changes = [Change("message", message_id, row.id, after={"direction": "in", "sent_at": work.now})]
    with reindexing(work.conn, [row.id]):
        said = {"direction": "in", "body": body, "status": "received", "origin": "inbound"}
        said |= {"external_id": text.external_id}
        work.conn.execute(insert(message).values(**own, **said, sent_at=work.now, event_id=event_id))
        _attach(work, event_id, own, kept)
        asked = wish(body)
        changes += _follow(work, event_id, own, asked, body)
        advance.answered(work, row.id, is_opt_out=asked == "out")
        changes += _wake(work, row, asked)
        upkeep.refresh(work.conn, [row.id], work.now)
    work.account(event_id, STEP, changes)
    work.set_state(event_id, "done", changed=1)
    return message_id


def _is_known(reader: Connection, e164: str, external_id: str) -> bool:
    claim = select(phone_claim.c.contact_id).where(phone_claim.c.phone == e164).scalar_subquery()
    m = message.c
    return reader.execute(select(m.id).where(m.contact_id == claim, m.external_id == external_id)).first() is not None


def _answer_from(work: Work, row: Row[Any], to: str) -> None:
    """Answers go out from the number that was written to."""
    try:
        number_id = numbers.meet(work, phone.parse(to, "").e164)
    except Invalid:  # not told, or no phone, as a short code
        return
    if number_id != row.sender_id:
        c = conversation.c
        work.conn.execute(update(conversation).where(c.id == row.id).values(sender_id=number_id))


def _follow(work: Work, event_id: int, own: dict[str, int], asked: str, body: str) -> list[Change]:
    """What the contact's words do to consent and enrollments."""
    contact_id = own["contact_id"]
    if asked == "out":
        return consent.go_out(work, event_id, contact_id, Why("keyword", body))
    if asked == "phrase" and not consent.is_out(work, contact_id):
        return reviews.open_(work, event_id, contact_id, own["id"], body)
    changes = []
    if asked in ("in", "yes") and consent.may_return(work, contact_id, by_yes=asked == "yes"):
        changes = consent.go_in(work, event_id, contact_id, Why("keyword", body))
    if asked == "help":
        changes = _help(work, event_id, contact_id)
    return changes + consent.stop_on_reply(work, contact_id)


def _help(work: Work, event_id: int, contact_id: int) -> list[Change]:
    """Who we are, once a day; nothing to who has opted out."""
    o = outbox.c
    lately = select(o.id).where(o.contact_id == contact_id, o.origin == HELP, o.created_at > work.now - HELP_SECONDS)
    if consent.is_out(work, contact_id) or work.conn.execute(lately.limit(1)).first() is not None:
        return []
    answer = setup.load(work.conn).help_answer
    return [put(work, event_id, Text(contact_id, answer, work.now, HELP))[1]]


def _wake(work: Work, row: Row[Any], asked: str) -> list[Change]:
    """One more that is unread; an archived conversation returns, unless it is muted or wants to be left alone."""
    c = conversation.c
    values: dict[str, Any] = {"unread_count": c.unread_count + 1, "version": c.version + 1}
    returns = row.is_archived and not row.is_muted and asked != "out"
    if returns:
        values |= {"is_archived": 0, "archived_at": None}
    work.conn.execute(update(conversation).where(c.id == row.id).values(values))
    if not returns:
        return []
    before = {"is_archived": 1, "archived_at": row.archived_at}
    return [Change("conversation", row.id, row.id, before, {"is_archived": 0, "archived_at": None})]


def _attach(work: Work, event_id: int, own: dict[str, Any], kept: list[Kept]) -> None:
    if not kept:
        return
    first = work.take_ids("attachment", len(kept))
    made = {"contact_id": own["contact_id"], "message_id": own["id"], "created_at": work.now, "event_id": event_id}
    work.conn.execute(insert(attachment), [{**made, "id": first + n, **each._asdict()} for n, each in enumerate(kept)])
