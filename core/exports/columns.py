"""What an export of conversations may hold: each column with what is read for it and what becomes of that."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import ColumnElement, Connection, FromClause, Text, and_, cast, func, select, type_coerce

from core import custom
from core.access import Actor, Right
from core.conversations import Choices
from core.conversations.upkeep import FIRST_KNOWN, SHIFT
from core.custom import Field
from core.database.tables import contact, contact_tag, conversation, custom_value, message, note, tag
from core.errors import Invalid
from core.transfer.fields import tags_cell
from core.transfer.presets import FIELDS, FORMAT, OF_FIELD, TOLD, folded

c, k = conversation.c, contact.c

Names = Mapping[int, str]
Made = Callable[[Any], Any]

CENTS = pa.decimal128(19, 2)
_NOTHING = pa.scalar(None, pa.int64())
DEFAULT = (
    *("phone", "first_name", "last_name", "email", "tags", "stage", "amount", "owner", "source"),
    *("active_at", "last_message", "unread", "hot", "archived", "opted_out"),
)
"""The columns when nothing is said about them."""

FULL_ONLY = ("notes", "last_message", "date_of_birth")
"""Left out of an export in which phones and e-mail addresses are masked: they may say them, or who it is."""


@dataclass(frozen=True)
class Column:
    """`name` heads it in the file. `read`: what is selected for it; `joins`: a table it needs beside conversation and
    contact, and by what; `make`: from an Arrow array of what was read to one of what is written.

    `is_plain`: never a formula, so written as it is.
    """

    name: str
    read: ColumnElement[Any]
    make: Made
    joins: tuple[FromClause, ColumnElement[bool]] | None = None
    is_plain: bool = False


def offered(fields: Sequence[Field]) -> dict[str, str]:
    """Every column by its key with the name it has in a file: those of the list, then fields of one's own in use."""
    listed = {name: name for name in (*DEFAULT, *(name for name in (*FIELDS["contacts"], *TOLD) if name in _SIMPLE))}
    listed |= {name: name for name in ("phone", "tags", "stage", "pipeline", "owner")}
    taken = {*FIELDS["contacts"], *TOLD, FORMAT}
    own = [field for field in fields if not field.is_retired]
    return listed | {custom.key(each.id): each.name + (OF_FIELD if folded(each.name) in taken else "") for each in own}


def masks(actor: Actor) -> bool:
    """Whether phones and e-mail addresses are masked for this actor.

    Raises: NotAllowed for who may not export at all.
    """
    if actor.may(Right.EXPORT_FULL):
        return False
    actor.require(Right.EXPORT_MASKED)
    return True


def columns(reader: Connection, known: Choices, keys: Sequence[str], *, is_masked: bool) -> list[Column]:
    """The columns of these keys, in this order; those that a masked export must not have are left out.

    Raises: Invalid for a key there is not, for none, or one given twice.
    """
    names = offered(known.fields)
    unknown = [key for key in keys if key not in names]
    if unknown or not keys or len(set(keys)) < len(keys):
        listed = ", ".join(names.values())
        what = f"There is no column “{unknown[0]}”" if unknown else "Name each column once, and at least one"
        raise Invalid(f"{what}. Columns are {listed}.")
    made = _Columns(reader, known, is_masked=is_masked)
    return [made.column(key, names[key]) for key in keys if not (is_masked and key in FULL_ONLY)]


class _Columns:
    def __init__(self, reader: Connection, known: Choices, *, is_masked: bool) -> None:
        self.known = known
        self.reader = reader
        self.is_masked = is_masked

    def column(self, key: str, name: str) -> Column:
        if key.startswith(custom.PREFIX):
            v = custom_value.alias(f"v{custom.field_id(key)}")
            held = and_(v.c.contact_id == c.id, v.c.field_id == custom.field_id(key))
            return Column(name, v.c.value, _same, (v, held))
        if key in _MASKED and self.is_masked:
            return Column(name, _SIMPLE[key][0], _MASKED[key], is_plain=True)
        if key in {"stage", "pipeline", "owner"}:
            return Column(name, c.owner_id if key == "owner" else c.stage_id, _named(self._names(key)))
        if key == "tags":
            return self._tags()
        read, make = _SIMPLE[key]
        return Column(name, read, make, _JOINS.get(key), is_plain=key in {"phone", "date_of_birth"})

    def _names(self, key: str) -> Names:
        if key == "owner":
            return dict(self.known.owners)
        pipelines = dict(self.known.pipelines)
        return {id_: name if key == "stage" else pipelines[of] for id_, name, of in self.known.stages}

    def _tags(self) -> Column:
        """Each distinct set of tags is spelled once."""
        t = contact_tag.alias("t")
        read = select(func.aggregate_strings(cast(t.c.tag_id, Text), ",")).where(t.c.contact_id == c.id)
        rows = self.reader.execute(select(tag.c.id, tag.c.name).order_by(tag.c.priority.desc(), tag.c.name_key))
        names = {row.id: row.name for row in rows}
        places = {id_: place for place, id_ in enumerate(names)}
        spelled: dict[str, str] = {"": ""}

        def spell(listed: str) -> str:
            if listed not in spelled:
                ids = sorted(map(int, listed.split(",")), key=places.__getitem__)
                spelled[listed] = tags_cell([names[id_] for id_ in ids])
            return spelled[listed]

        def make(found: Any) -> Any:
            sets = found.dictionary_encode()
            return pa.array([spell(listed) for listed in sets.dictionary.to_pylist()], pa.string()).take(sets.indices)

        return Column("tags", type_coerce(read.scalar_subquery(), Text), make)


def _same(found: Any) -> Any:
    return found


def _time(seconds: Any) -> Any:
    """0 is not known."""
    return pc.if_else(pc.greater(seconds, 0), seconds, _NOTHING).cast(pa.timestamp("s", "UTC"))


def _named(names: Names) -> Made:
    ids = pa.array(list(names), pa.int64())
    texts = pa.array([*names.values(), ""], pa.string())

    def make(found: Any) -> Any:
        return texts.take(pc.fill_null(pc.index_in(found, ids), len(names)))

    return make


def _amount(cents: Any) -> Any:
    whole = pc.if_else(pc.greater_equal(cents, 0), cents, _NOTHING).cast(pa.decimal128(19, 0))
    return pa.Array.from_buffers(CENTS, len(whole), whole.buffers())  # the same digits, two of them behind the point


def _flag(found: Any) -> Any:
    return pc.greater(found, 0)


def _masked_phone(found: Any) -> Any:
    return pc.binary_join_element_wise("••• ••• ", pc.utf8_slice_codeunits(found, -4), "")


def _masked_mail(found: Any) -> Any:
    return pc.replace_substring_regex(found, r"^[^@]+", "•••")


def _activity(keys: Any) -> Any:
    return _time(pc.if_else(pc.greater_equal(keys, FIRST_KNOWN), pc.shift_right(keys, SHIFT), 0))


_SIMPLE: dict[str, tuple[ColumnElement[Any], Made]] = {
    "phone": (k.phone, _same),
    "first_name": (k.first_name, _same),
    "last_name": (k.last_name, _same),
    "email": (k.email, _same),
    "date_of_birth": (k.date_of_birth, _same),
    "zip_code": (k.zip_code, _same),
    "city": (k.city, _same),
    "state": (k.state, _same),
    "source": (c.source, _same),
    "created_at": (k.created_at, _time),
    "notes": (note.c.body, _same),
    "external_id": (k.external_id, _same),
    "amount": (c.amount_key, _amount),
    "last_message": (message.c.body, _same),
    "last_direction": (c.last_direction, _same),
    "last_message_at": (func.coalesce(c.last_message_at, 0), _time),
    "active_at": (c.activity_key, _activity),
    "messages": (c.message_count, _same),
    "unread": (c.unread_count, _same),
    "hot": (c.is_hot, _flag),
    "archived": (c.is_archived, _flag),
    "opted_out": (c.is_opted_out, _flag),
    "follow_up_at": (func.coalesce(c.follow_up_at, 0), _time),
    "time_zone": (k.time_zone, _same),
    "id": (c.id, _same),
}
_JOINS: dict[str, tuple[FromClause, ColumnElement[bool]]] = {
    "notes": (note, note.c.contact_id == c.id),
    "last_message": (message, and_(message.c.contact_id == c.id, message.c.id == c.last_message_id)),
}
_MASKED: dict[str, Made] = {"phone": _masked_phone, "email": _masked_mail}
