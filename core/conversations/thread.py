"""One conversation in full: its contact, its deals, its messages page by page."""

from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import Connection, func, select

from core.conversations import reasons
from core.conversations.query import Query
from core.conversations.rows import tags_of
from core.conversations.upkeep import activity_at
from core.database.tables import change, contact, conversation, deal, message, note, pipeline, stage, user
from core.errors import NotFound

PAGE = 200
"""Messages read at once; older ones on demand."""


@dataclass(frozen=True)
class Deal:
    """A deal as shown: `amount_cents` None when not quoted; times UTC epoch seconds; `expected_close_on` an ISO day."""

    id: int
    pipeline_id: int
    pipeline: str
    stage_id: int
    stage: str
    outcome: str
    amount_cents: int | None
    owner_id: int | None
    owner: str
    account: str
    opened_at: int | None
    stage_entered_at: int | None
    closed_at: int | None
    expected_close_on: str | None
    lost_reason: str


@dataclass(frozen=True)
class Conversation:
    """One conversation: `tags` as rows.tags_of; `deals` open ones first, newest change first; times UTC seconds.

    `created_at` and `active_at` are 0 where nobody knows.
    """

    id: int
    phone: str
    is_phone_valid: bool
    first_name: str
    last_name: str
    email: str
    date_of_birth: str | None
    zip_code: str
    city: str
    state: str
    time_zone: str | None
    source: str
    owner: str
    created_at: int
    active_at: int
    is_archived: bool
    is_hot: bool
    is_opted_out: bool
    is_due: bool
    follow_up_at: int | None
    unread_count: int
    message_count: int
    enrollment_count: int
    note: str
    tags: tuple[tuple[str, int, int], ...]
    deals: tuple[Deal, ...]

    @property
    def name(self) -> str:
        """First and last name, or the phone where there is no name."""
        return " ".join(f"{self.first_name} {self.last_name}".split()) or self.phone


def get(reader: Connection, conversation_id: int) -> Conversation:
    """One conversation with its contact, note, tags and deals.

    Raises: NotFound.
    """
    joined = contact.join(conversation, conversation.c.id == contact.c.id)
    joined = joined.outerjoin(note, note.c.contact_id == contact.c.id).outerjoin(
        user, user.c.id == conversation.c.owner_id
    )
    columns = [c for c in contact.c if c.name in Conversation.__annotations__]
    columns += [c for c in conversation.c if c.name in Conversation.__annotations__ and c.name != "id"]
    extra = (conversation.c.activity_key, note.c.body.label("note"), user.c.name.label("owner"))
    row = (
        reader.execute(select(*columns, *extra).select_from(joined).where(contact.c.id == conversation_id))
        .mappings()
        .first()
    )
    if row is None:
        raise NotFound("This conversation does not exist (any more). It may have been taken back with its import.")
    values: dict[str, Any] = {
        name: bool(value) if name.startswith("is_") else value for name, value in row.items() if name != "activity_key"
    }
    values |= {"note": row["note"] or "", "owner": row["owner"] or "", "active_at": activity_at(row["activity_key"])}
    tags = tags_of(reader, [conversation_id]).get(conversation_id, ())
    return Conversation(**values, tags=tags, deals=_deals(reader, conversation_id))


def reach(reader: Connection, conversation_id: int, asked: Query, *, oldest: bool = False) -> int:
    """How many of the newest messages reach back to the newest (`oldest`: the oldest) one that shows what is asked for;
    0: none does.
    """
    if asked.is_blank:
        return 0
    listed = select(message.c.body).where(message.c.contact_id == conversation_id)
    bodies = reader.execute(listed.order_by(message.c.sent_at.desc(), message.c.id.desc())).scalars().all()
    places = (n for n, body in enumerate(bodies, 1) if reasons.shows(body, asked))
    return max(places, default=0) if oldest else next(places, 0)


def unread_reach(reader: Connection, conversation_id: int, unread: int) -> int:
    """How many of the newest messages reach back to the first unread one, `unread` being how many there are."""
    m = message.c
    listed = select(m.direction).where(m.contact_id == conversation_id).order_by(m.sent_at.desc(), m.id.desc())
    read = 0
    for place, direction in enumerate(reader.execute(listed).scalars() if unread else (), 1):
        read += direction == "in"
        if read == unread:
            return place
    return 0


def touched(reader: Connection, conversation_id: int) -> int:
    """The newest event that touched this contact: what was drawn at one is current while it stays."""
    k = change.c
    return reader.execute(select(func.max(k.event_id)).where(k.contact_id == conversation_id)).scalar_one() or 0


def _deals(reader: Connection, contact_id: int) -> tuple[Deal, ...]:
    joined = deal.join(stage, stage.c.id == deal.c.stage_id).join(pipeline, pipeline.c.id == deal.c.pipeline_id)
    joined = joined.outerjoin(user, user.c.id == deal.c.owner_id)
    names = (pipeline.c.name.label("pipeline"), stage.c.name.label("stage"), user.c.name.label("owner"))
    columns = [column for column in deal.c if column.name in Deal.__annotations__]
    listed = select(*columns, *names).select_from(joined).where(deal.c.contact_id == contact_id)
    rows = reader.execute(listed.order_by((deal.c.outcome != "open"), deal.c.changed_at.desc(), deal.c.id.desc()))
    return tuple(Deal(**{**row._asdict(), "owner": row.owner or ""}) for row in rows)


def messages(
    reader: Connection, conversation_id: int, before: tuple[int, int] | None = None, limit: int = PAGE
) -> pd.DataFrame:
    """The newest messages of a conversation, or those before (sent_at, id).

    Shape: one row per message; id, direction, body, sent_at (UTC seconds), status, origin, sender.
    Order: oldest first, by time, then by arrival.
    """
    columns = [message.c[name] for name in ("id", "direction", "body", "sent_at", "status", "origin", "sender")]
    listed = select(*columns).where(message.c.contact_id == conversation_id)
    if before is not None:
        at, id_ = before
        listed = listed.where((message.c.sent_at < at) | ((message.c.sent_at == at) & (message.c.id < id_)))
    rows = reader.execute(listed.order_by(message.c.sent_at.desc(), message.c.id.desc()).limit(limit)).all()
    return pd.DataFrame(rows[::-1], columns=[c.name for c in columns])
