"""What the list is asked about fields of one's own, as texts that stand in an address, a view and an event alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Select, and_, false, or_, select

from core.custom import order
from core.custom.fields import get
from core.custom.values import check
from core.database.tables import custom_value
from core.errors import Invalid, NotFound

OPS = {"is": "=", "from": "from", "to": "up to", "any": "is given", "none": "is blank"}

v = custom_value.c


@dataclass(frozen=True)
class Asked:
    """One condition on a field. `value`: blank for any and none; several `is` of one field: any of them."""

    field_id: int
    op: str
    value: str = ""

    def __str__(self) -> str:
        return f"{self.field_id}:{self.op}:{self.value}" if self.value else f"{self.field_id}:{self.op}"


def parse(text: str) -> Asked:
    """Such as “7:from:100” or “7:none”.

    Raises: ValueError.
    """
    id_, _, rest = text.partition(":")
    op, _, value = rest.partition(":")
    if (
        not (id_.isascii() and id_.isdecimal() and len(id_) < 19)
        or op not in OPS
        or (op in {"any", "none"}) == bool(value)
    ):
        raise ValueError(text)
    return Asked(int(id_), op, value)


def words(texts: Sequence[str], names: Mapping[int, str]) -> str:
    """All conditions in words; “” when there are none."""
    asked = [parse(text) for text in texts]
    said = [f"{names.get(each.field_id, 'a field that is gone')} {OPS[each.op]} {each.value}".strip() for each in asked]
    return " and ".join(said)


def conditions(reader: Connection, texts: Sequence[str]) -> list[tuple[bool, Select[tuple[int]]]]:
    """One for each field asked about: whether its contacts are wanted or (False) all others, and their selection."""
    found = []
    for field_id in dict.fromkeys(parse(text).field_id for text in texts):
        own = [text for text in texts if parse(text).field_id == field_id]
        listed = select(v.contact_id).where(held(reader, field_id, [] if is_blank(own) else own))
        found.append((not is_blank(own), listed))
    return found


def is_blank(texts: Sequence[str]) -> bool:
    """Whether those without a value are asked for, among whatever else."""
    return any(parse(text).op == "none" for text in texts)


def held(reader: Connection, field_id: int, texts: Sequence[str]) -> ColumnElement[bool]:
    """What holds of those rows of `custom_value` that are in the field and as the texts ask of it."""
    asked = [each for each in map(parse, texts) if each.value]
    return and_(v.field_id == field_id, *(_tests(reader, field_id, asked) if asked else []))


def _tests(reader: Connection, field_id: int, asked: Sequence[Asked]) -> list[ColumnElement[bool]]:
    try:
        field = get(reader, field_id)
        keys = {each: order.key(field.kind, check(field, each.value, "mdy")) for each in asked}
    except (Invalid, NotFound):
        return [false()]  # such a value nobody can hold
    equal = [v.sort_key == key for each, key in keys.items() if each.op == "is"]
    low = [v.sort_key >= key for each, key in keys.items() if each.op == "from"]
    high = [v.sort_key <= key for each, key in keys.items() if each.op == "to"]
    return [*([or_(*equal)] if equal else []), *low, *high]
