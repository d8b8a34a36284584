"""What the mirror holds of each contact: the same selections for a whole load and for the contacts just touched."""

from collections.abc import Sequence, Set
from enum import IntFlag
from functools import cache
from typing import Any, NamedTuple

import pyarrow as pa
from sqlalchemy import ClauseElement, ColumnElement, Connection, Row, Select, case, func, select

from core.analytics import past
from core.conversations.conditions import has_open_deal
from core.database import engines
from core.database.tables import contact_tag, conversation, deal

c = conversation.c


class Flag(IntFlag):
    """What is yes or no about a conversation, in one number, so that one comparison tests any mix."""

    ARCHIVED = 1
    HOT = 2
    UNREAD = 4
    LAST_IN = 8
    LAST_OUT = 16
    OPTED_OUT = 32
    HAS_DEAL = 64
    IN_WORKFLOW = 128
    HAS_OPEN_DEAL = 256
    FOLLOW_UP = 512
    DUE = 1024


_MEANING: dict[Flag, ColumnElement[bool]] = {
    Flag.ARCHIVED: c.is_archived == 1,
    Flag.HOT: c.is_hot == 1,
    Flag.UNREAD: c.unread_count > 0,
    Flag.LAST_IN: c.last_direction == "in",
    Flag.LAST_OUT: c.last_direction == "out",
    Flag.OPTED_OUT: c.is_opted_out == 1,
    Flag.HAS_DEAL: c.deal_count > 0,
    Flag.IN_WORKFLOW: c.enrollment_count > 0,
    Flag.HAS_OPEN_DEAL: has_open_deal(),
    Flag.FOLLOW_UP: c.follow_up_at.is_not(None),
    Flag.DUE: c.is_due == 1,
}


def _flags() -> ColumnElement[Any]:
    first, *others = [case((holds, flag.value), else_=0) for flag, holds in _MEANING.items()]
    return sum(others, start=first)


TAGS: Select[Any] = select(contact_tag.c.contact_id, contact_tag.c.tag_id)
STAGED: Select[Any] = select(deal.c.contact_id, deal.c.stage_id).distinct()
CONVERSATIONS: Select[Any] = select(
    c.id,
    c.activity_key,
    c.name_key,
    _flags().label("flags"),
    func.coalesce(c.owner_id, 0).label("owner_id"),
    c.source,
    c.amount_key,
)

STREAMS: dict[str, ClauseElement] = {
    "stage": past.STAGES,
    "label": past.LABELS,
    "raw_tag": TAGS,
    "raw_conversation": CONVERSATIONS,
    **past.STREAMS,
}
"""The tables a load arrives in, in the order in which they are sent."""


class Found(NamedTuple):
    """`rows`: what `derived` makes the contacts' rows from; `past`: the tables of past.STREAMS, of the
    contacts `past_of`.
    """

    rows: dict[str, Sequence[Row[Any]]]
    past_of: list[int]
    past: dict[str, pa.Table]


def of_contacts(reader: Connection, contact_ids: Sequence[int], deep: Set[int]) -> Found:
    """These contacts as they are; `deep`: those whose past may be another, as that of contacts that are gone is."""
    cut = _cut(engines.is_sqlite(reader))

    def of(name: str, ids: Sequence[int]) -> Sequence[Row[Any]]:
        return reader.execute(cut[name], {"ids": engines.id_value(reader, ids)}).all()

    found = of("raw_conversation", contact_ids)
    # Looking a contact up in vain takes as long as finding its deals; its row tells whether there are any.
    has_deal = int(Flag.HAS_DEAL)  # or Python would make a Flag of each row's number
    selling = [row.id for row in found if row.flags & has_deal]
    rows = {"raw_tag": of("raw_tag", contact_ids), "staged": of("staged", selling), "raw_conversation": found}
    past_of = sorted((deep & set(contact_ids)) | (set(contact_ids) - {row.id for row in found}))
    return Found(rows, past_of, past.of_contacts(reader, past_of) if past_of else {})


@cache
def _cut(is_sqlite: bool) -> dict[str, Select[Any]]:
    # No ORDER BY: SQLite would then scan the whole table in that order instead of looking the ids up.
    ids = engines.named_ids(is_sqlite, "ids")
    return {
        "raw_tag": TAGS.where(contact_tag.c.contact_id.in_(ids)),
        "staged": STAGED.where(deal.c.contact_id.in_(ids)),
        "raw_conversation": CONVERSATIONS.where(c.id.in_(ids)),
    }
