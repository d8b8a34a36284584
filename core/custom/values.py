"""What contacts hold in fields of one's own: read, checked, and planned as changes."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, select

from core import times
from core.custom import order
from core.custom.fields import Field, find
from core.database import Change, Work, engines
from core.database.tables import custom_field, custom_value
from core.errors import Invalid, NotFound
from core.words import fold, line

PREFIX = "custom."
LONGEST = 1_000
"""Letters of a value."""


def key(field_id: int) -> str:
    """What a field is called among the other fields of a contact."""
    return f"{PREFIX}{field_id}"


def field_id(key: str) -> int:
    """The field that is called so."""
    return int(key.removeprefix(PREFIX))


def labels(reader: Connection) -> dict[str, str]:
    """The names of all fields, the retired ones too, by key."""
    return {key(row.id): row.name for row in reader.execute(select(custom_field.c.id, custom_field.c.name))}


def values(reader: Connection, contact_id: int) -> dict[str, str]:
    """What a contact holds, by key; fields without a value are not among them."""
    v = custom_value.c
    rows = reader.execute(select(v.field_id, v.value).where(v.contact_id == contact_id))
    return {key(row.field_id): row.value for row in rows}


def values_of(reader: Connection, contact_ids: Sequence[int], keys: Sequence[str]) -> dict[int, dict[str, str]]:
    """The same for several contacts, of these fields alone; who holds nothing there is left out."""
    v = custom_value.c
    wanted = select(v.contact_id, v.field_id, v.value).where(v.field_id.in_([field_id(name) for name in keys]))
    found: dict[int, dict[str, str]] = {}
    for row in reader.execute(wanted.where(v.contact_id.in_(engines.id_set(reader, contact_ids)))):
        found.setdefault(row.contact_id, {})[key(row.field_id)] = row.value
    return found


def check(field: Field, text: str, date_order: str) -> str:
    """The value as it is kept, blank for none; dates as ISO days, numbers in their plainest spelling.

    Raises: Invalid with a sentence for the person who typed it.
    """
    value = line(text)
    if not value:
        return ""
    if len(value) > LONGEST:
        raise Invalid(f"{field.name}: at most {LONGEST:,} letters, these are {len(value):,}.")
    if field.kind == "number":
        return order.number(value)
    if field.kind == "date":
        return _day(value, date_order)
    if field.kind == "choice":
        return _choice(field, value)
    return value


def checked(reader: Connection, texts: Mapping[str, str], date_order: str) -> dict[str, str]:
    """The texts by key, each as it is kept.

    Raises: Invalid; NotFound for a field that is not (or no longer) in use.
    """
    if not texts:
        return {}
    fields = {key(field.id): field for field in find(reader)}
    if not texts.keys() <= fields.keys():
        raise NotFound("This field does not exist (any more). Load the page again.")
    return {name: check(fields[name], text, date_order) for name, text in texts.items()}


def changes(work: Work, event_id: int, contact_id: int, wanted: Mapping[str, str]) -> list[Change]:
    """The changes that make these values (by key; others are passed over) those of the contact, one for each."""
    ids = {field_id(name): value for name, value in wanted.items() if name.startswith(PREFIX)}
    if not ids:
        return []
    kinds = {field.id: field.kind for field in find(work.conn)}
    v = custom_value.c
    rows = work.conn.execute(select(custom_value).where(v.contact_id == contact_id, v.field_id.in_(list(ids))))
    before = {row.field_id: {name: row._mapping[name] for name in ("value", "sort_key", "event_id")} for row in rows}
    after = {
        id_: {"value": value, "sort_key": order.key(kinds[id_], value), "event_id": event_id}
        for id_, value in ids.items()
        if value
    }
    return [Change("custom_value", id_, contact_id, before.get(id_), after.get(id_)) for id_ in sorted(ids)]


def _day(value: str, date_order: str) -> str:
    try:
        return times.day(value, date_order)
    except Invalid as error:
        raise Invalid("This is no date. Write it like 2026-04-23.") from error


def _choice(field: Field, value: str) -> str:
    found = next((choice for choice in field.choices if fold(choice) == fold(value)), None)
    if found is None:
        raise Invalid(f"{field.name} is one of {', '.join(field.choices)}.")
    return found
