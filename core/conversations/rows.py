"""The rows a page of the list shows."""

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, Row, Select, and_, case, func, select

from core.database import engines
from core.database.tables import contact, contact_tag, conversation, message, stage, tag, user

c = conversation.c

COLUMNS = (
    c.id, c.activity_key, c.is_archived, c.is_hot, c.is_opted_out, c.is_due, c.follow_up_at, c.unread_count,
    c.message_count, c.last_message_at, c.last_direction, c.source, c.stage_id, c.owner_id, c.deal_count,
    c.enrollment_count, contact.c.phone, contact.c.is_phone_valid, contact.c.first_name, contact.c.last_name,
    contact.c.email, case((c.amount_key >= 0, c.amount_key)).label("amount_cents"),
    func.coalesce(message.c.body, "").label("snippet"), func.coalesce(stage.c.name, "").label("stage"),
    func.coalesce(user.c.name, "").label("owner"),
)  # fmt: skip

NAMES = pd.Index([*[column.name for column in COLUMNS], "tags"])
EXPLAINED = NAMES.append(pd.Index(["matched", "sentence"]))  # made once: that takes longer than filling a frame

_JOINED = (
    conversation.join(contact, contact.c.id == c.id)
    .outerjoin(message, and_(message.c.contact_id == c.id, message.c.id == c.last_message_id))
    .outerjoin(stage, stage.c.id == c.stage_id)
    .outerjoin(user, user.c.id == c.owner_id)
)


Tags = dict[int, tuple[tuple[str, int, int], ...]]
"""Of each contact that has any: (name, colour, id), highest priority first, ties by latest added."""


def display(reader: Connection, ids: Sequence[int]) -> list[Row[Any]]:
    """What the list shows of these conversations, but for their tags.

    Shape: one row per id; the columns of COLUMNS. Times in UTC epoch seconds; `activity_key` as upkeep.py defines it;
    `phone` E.164; `amount_cents` None when not quoted; `snippet` the last message; texts are blank, never None.
    Order: as the ids given; ids that are gone are left out.
    """
    statement, _ = _statements(engines.is_sqlite(reader))
    found = {row[0]: row for row in reader.execute(statement, {"ids": engines.id_value(reader, ids)}).all()}
    return [found[id_] for id_ in ids if id_ in found]


@cache
def _statements(is_sqlite: bool) -> tuple[Select[Any], Select[Any]]:
    """The rows and the tags of the ids given as `ids`, built once."""
    ids = engines.named_ids(is_sqlite, "ids")
    order = (tag.c.priority.desc(), contact_tag.c.added_at.desc(), tag.c.id)
    carried = select(contact_tag.c.contact_id, tag.c.name, tag.c.color, tag.c.id)
    carried = carried.join(tag, tag.c.id == contact_tag.c.tag_id).where(contact_tag.c.contact_id.in_(ids))
    return select(*COLUMNS).select_from(_JOINED).where(c.id.in_(ids)), carried.order_by(*order)


def frame(rows: Sequence[Row[Any]], tags: Tags, reasons: Mapping[int, tuple[str, str]] | None = None) -> pd.DataFrame:
    """The rows of `display` with their `tags`, and with `matched` and `sentence` where there are `reasons`."""
    names = NAMES if reasons is None else EXPLAINED
    listed = [(*row, tags.get(row[0], ()), *(reasons[row[0]] if reasons else ())) for row in rows]
    # Values as the database gave them, in one block: a type or an array for each column costs more than the queries.
    cells = np.fromiter(chain.from_iterable(listed), object, len(rows) * len(names))
    return pd.DataFrame(cells.reshape(len(rows), len(names)), columns=names, dtype=object)


def tags_of(reader: Connection, ids: Sequence[int]) -> Tags:
    """The tags of these contacts."""
    _, statement = _statements(engines.is_sqlite(reader))
    found: Tags = {}
    for contact_id, name, color, id_ in reader.execute(statement, {"ids": engines.id_value(reader, ids)}).all():
        found[contact_id] = (*found.get(contact_id, ()), (name, color, id_))
    return found
