"""Rows as plain values, which pass between processes ten times as fast as named ones, and back."""

from collections.abc import Callable
from typing import Any, cast

from core.transfer.newcomers import derive
from core.transfer.rows import (
    DEALS,
    DERIVED,
    REMARKS,
    ContactRow,
    DealRow,
    MessageRow,
    OptOutRow,
    Reject,
    Remark,
    Row,
    TemplateRow,
    WorkflowRow,
)

Packed = tuple[Any, ...]

_KINDS: dict[str, type[Any]] = {
    "contacts": ContactRow,
    "messages": MessageRow,
    "deals": DealRow,
    "templates": TemplateRow,
    "optouts": OptOutRow,
    "workflows": WorkflowRow,
}
_new = tuple.__new__


def pack(row: Row | Reject) -> Packed:
    """A row as plain values, a contact with what follows from it; a reject is marked by None in front."""
    if isinstance(row, Reject):
        return (None, *row)
    if isinstance(row, ContactRow):
        if not row.deals and not row.remarks:
            return (*row[:-1], derive(row))
        return (*row[:-3], tuple(map(_plain, row.deals)), _remarks(row.remarks), derive(row))
    return _plain(row)


def _plain(row: Row) -> Packed:
    place = row._fields.index("remarks")
    return (*row[:place], _remarks(row.remarks), *row[place + 1 :])


def _remarks(remarks: tuple[Remark, ...]) -> Packed:
    return tuple(map(tuple, remarks)) if remarks else ()


def unpacker(kind: str) -> Callable[[Packed], Row | Reject]:
    """The function that makes rows of a kind again from what `pack` gave.

    A contact about which nothing is remarked stays a plain tuple: it has everything in the places of a ContactRow, is
    read by place in the loops over millions, and costs nothing to make.
    """
    made = _KINDS[kind]
    place = made._fields.index("remarks")

    def unpack(values: Packed) -> Row | Reject:
        if values[0] is None:
            return Reject(*values[1:])
        row: Row = _new(made, values)
        return row._replace(remarks=tuple(Remark(*r) for r in values[place])) if values[place] else row

    def unpack_contact(values: Packed) -> Row | Reject:
        if values[0] is None:
            return Reject(*values[1:])
        if not values[DEALS] and not values[REMARKS]:
            return cast(ContactRow, values)  # a PlainContact
        deals = tuple(map(_deal, values[DEALS]))
        remarks = tuple(Remark(*remark) for remark in values[REMARKS])
        row: ContactRow = _new(ContactRow, (*values[:DEALS], deals, remarks, values[DERIVED]))
        return row

    return unpack_contact if kind == "contacts" else unpack


def _deal(values: Packed) -> DealRow:
    deal = DealRow(*values)
    return deal._replace(remarks=tuple(Remark(*remark) for remark in deal.remarks))
