"""What the mirror holds of each contact: the same selections for a whole load and for the contacts just touched."""

from collections.abc import Sequence
from enum import IntFlag
from typing import Any

import pyarrow as pa
from sqlalchemy import ColumnElement, Connection, Select, case, select

from core.database import engines
from core.database.tables import contact_tag, conversation, deal, stage

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


_MEANING: dict[Flag, ColumnElement[bool]] = {
    Flag.ARCHIVED: c.is_archived == 1,
    Flag.HOT: c.is_hot == 1,
    Flag.UNREAD: c.unread_count > 0,
    Flag.LAST_IN: c.last_direction == "in",
    Flag.LAST_OUT: c.last_direction == "out",
    Flag.OPTED_OUT: c.is_opted_out == 1,
    Flag.HAS_DEAL: c.deal_count > 0,
    Flag.IN_WORKFLOW: c.enrollment_count > 0,
}


def _flags() -> ColumnElement[Any]:
    first, *others = [case((holds, flag.value), else_=0) for flag, holds in _MEANING.items()]
    return sum(others, start=first)


STAGES: Select[Any] = select(stage.c.id, stage.c.pipeline_id)
TAGS: Select[Any] = select(contact_tag.c.contact_id, contact_tag.c.tag_id)
DEALS: Select[Any] = select(deal.c.contact_id, deal.c.stage_id).distinct()
CONVERSATIONS: Select[Any] = select(
    c.id, c.activity_key, c.name_key, _flags().label("flags"), c.owner_id, c.source, c.amount_key
)

STREAMS: dict[str, Select[Any]] = {
    "stage": STAGES,
    "raw_tag": TAGS,
    "raw_deal": DEALS,
    "raw_conversation": CONVERSATIONS,
}
"""The tables a load arrives in, in the order in which they are sent."""

_BY_CONTACT = (
    ("raw_tag", TAGS, contact_tag.c.contact_id),
    ("raw_deal", DEALS, deal.c.contact_id),
    ("raw_conversation", CONVERSATIONS, c.id),
)
_TYPES = {"name_key": pa.string(), "source": pa.string()}


def of_contacts(reader: Connection, contact_ids: Sequence[int]) -> dict[str, pa.Table]:
    """The tables of STREAMS, cut to the rows of these contacts; all stages."""
    found = {"stage": _table(reader, STAGES)}
    for name, selection, key in _BY_CONTACT:
        found[name] = _table(reader, selection.where(key.in_(engines.id_set(reader, contact_ids))))
    return found


def _table(reader: Connection, selection: Select[Any]) -> pa.Table:
    # No ORDER BY: SQLite would then scan the whole table in that order instead of looking the ids up.
    names = [column.name for column in selection.selected_columns]
    columns = list(zip(*reader.execute(selection).all(), strict=True)) or [()] * len(names)
    return pa.table(
        {name: pa.array(column, _TYPES.get(name, pa.int64())) for name, column in zip(names, columns, strict=True)}
    )
