"""The list as parts that follow each other in its order, each with what orders it."""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection

from core.conversations.conditions import halves
from core.conversations.filters import ConversationFilter
from core.conversations.paging import COLUMNS, Sort
from core.custom import asked
from core.database.tables import conversation, custom_value

c = conversation.c
v = custom_value.c


@dataclass(frozen=True)
class Part:
    """What one part shows, and the columns that order it, the last one an id or another unique number.

    `is_rest`: those without a value, which come last up or down, by id. `held`: what holds of the rows of
    `custom_value` that order the part, where a field of one's own does; they are to be joined.
    """

    wanted: ConversationFilter
    columns: tuple[ColumnElement[Any], ...]
    is_rest: bool = False
    held: tuple[ColumnElement[bool], ...] = ()


def parts(reader: Connection, wanted: ConversationFilter, sort: Sort) -> list[Part]:
    """At least one; they exclude each other and together are all that is wanted."""
    if sort.field_id is not None:
        return _by_field(reader, wanted, sort.field_id)
    columns = COLUMNS[sort.by]
    if sort.by == "activity":
        return [Part(half, columns) for half in (halves(wanted) if sort.descending else halves(wanted)[::-1])]
    return _by_amount(wanted, columns) if sort.by == "amount" else [Part(wanted, columns)]


def _by_amount(wanted: ConversationFilter, columns: tuple[ColumnElement[Any], ...]) -> list[Part]:
    quoted = Part(replace(wanted, is_quoted=True), columns)
    rest = Part(replace(wanted, is_quoted=False), (c.id,), is_rest=True)
    if wanted.is_quoted is False:
        return [rest]
    is_asked = wanted.is_quoted or wanted.amount_from is not None or wanted.amount_to is not None
    return [quoted] if is_asked else [quoted, rest]


def _by_field(reader: Connection, wanted: ConversationFilter, field_id: int) -> list[Part]:
    """What is asked about the field itself bounds the walk along its values."""
    own = tuple(text for text in wanted.custom if asked.parse(text).field_id == field_id)
    others = tuple(text for text in wanted.custom if text not in own)
    blank = str(asked.Asked(field_id, "none"))
    rest = Part(replace(wanted, custom=(*others, blank)), (c.id,), is_rest=True)
    if asked.is_blank(own):
        return [rest]
    held = asked.held(reader, field_id, own)
    given = Part(replace(wanted, custom=others), (v.sort_key, v.contact_id), held=(held,))
    return [given] if own else [given, rest]
