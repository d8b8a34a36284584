"""The rows of an export, from one state of the database, in the order of the list, as Arrow batches."""

from collections.abc import Generator, Sequence
from contextlib import closing
from typing import Any

import numpy as np
import pyarrow as pa
from sqlalchemy import Connection, Select, Text, type_coerce

from core import conversations
from core.conversations import ConversationFilter, Sort
from core.database.blocks import blocks, is_keyed
from core.database.tables import contact, conversation
from core.exports.columns import Column
from core.exports.sorting import placed

MANY = 20_000
"""So many rows are read in the order of their ids, and sorted."""

_NONE = np.array([], np.int64)


def schema(columns: Sequence[Column], zone: str) -> pa.Schema:
    """What `batches` gives: text, whole numbers, amounts with two decimals, times in the zone, truths."""
    nothing = {True: pa.array([], pa.string()), False: pa.array([], pa.int64())}
    made = [_zoned(column.make(nothing[isinstance(column.read.type, Text)]), zone) for column in columns]
    return pa.schema([(column.name, each.type) for column, each in zip(columns, made, strict=True)])


def batches(
    reader: Connection, wanted: ConversationFilter, sort: Sort, columns: Sequence[Column], zone: str
) -> Generator[pa.RecordBatch, None, None]:
    """All rows of the filter, some thousands at a time."""
    form = schema(columns, zone)
    for ids in conversations.ordered(reader, wanted, sort):
        with closing(_raw(reader, ids, columns)) as raw:
            for found in raw:
                made = [_zoned(each.make(found.column(f"c{n}")), zone) for n, each in enumerate(columns)]
                yield pa.record_batch(made, schema=form)


def _raw(reader: Connection, ids: Select[Any], columns: Sequence[Column]) -> Generator[pa.RecordBatch, None, None]:
    """What is read for the columns, in order; many rows in the order of their ids first, where that is quicker."""
    if is_keyed(reader):
        places = np.concatenate([_NONE, *(batch.column("id").to_numpy() for batch in blocks(reader, ids))])
        if len(places) >= MANY:
            places = np.argsort(places)  # the first of them is where the smallest id stands
            by_id = _read(ids, columns).order_by(None).order_by(conversation.c.id)
            with closing(blocks(reader, by_id)) as read:
                yield from placed(read, places)
            return
    with closing(blocks(reader, _read(ids, columns))) as read:
        yield from read


def _read(ids: Select[Any], columns: Sequence[Column]) -> Select[Any]:
    """The ids with what the columns are made of; joined so that the order of the list stays what is walked."""
    wanted = ids.add_columns(*[_typed(column).label(f"c{n}") for n, column in enumerate(columns)])
    wanted = wanted.outerjoin_from(conversation, contact, contact.c.id == conversation.c.id)
    for table, on in {id(column.joins): column.joins for column in columns if column.joins}.values():
        wanted = wanted.outerjoin(table, on)
    return wanted


def _typed(column: Column) -> Any:
    return type_coerce(column.read, Text) if isinstance(column.read.type, Text) else column.read


def _zoned(found: Any, zone: str) -> Any:
    return found.cast(pa.timestamp("s", zone)) if pa.types.is_timestamp(found.type) else found
