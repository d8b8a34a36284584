"""Fields of one's own as what a column may be: offered by their names, checked as when they are typed."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from core import custom
from core.custom import Field
from core.database import Change, Work, engines, loading
from core.database.tables import custom_value
from core.transfer.rows import Own
from core.words import fold

Offered = Mapping[str, Mapping[str, Any]]
"""What a column may be beside the usual fields, by `custom.key`: name, kind and choices, as JSON holds them."""

Held = dict[int, dict[int, str]]
"""Contact id -> field id -> value."""

_COLUMNS = ("contact_id", "field_id", "value", "sort_key", "event_id")


def offered(reader: Connection) -> Offered:
    """All that are in use."""
    return {
        custom.key(field.id): {"name": field.name, "kind": field.kind, "choices": list(field.choices)}
        for field in custom.find(reader)
    }


def called(own: Offered, name: str) -> str:
    """The key of the field with this name; blank for none."""
    return next((key for key, field in own.items() if fold(field["name"]) == fold(name)), "")


def checker(key: str, own: Offered) -> Field:
    """The field behind a key, to check values by."""
    field = own[key]
    return Field(custom.field_id(key), field["name"], field["kind"], tuple(field["choices"]), False)


def read(field: Field, text: str, order: str) -> Own | None:
    """A cell as it is kept; None for a blank one.

    Raises: Invalid.
    """
    value = custom.check(field, text, order)
    return (field.id, value, custom.sort_key(field.kind, value)) if value else None


def held(reader: Connection, contact_ids: Sequence[int]) -> Held:
    """What contacts hold."""
    found: Held = {}
    if contact_ids:
        v = custom_value.c
        wanted = select(v.contact_id, v.field_id, v.value).where(v.contact_id.in_(engines.id_set(reader, contact_ids)))
        for row in reader.execute(wanted):
            found.setdefault(row.contact_id, {})[row.field_id] = row.value
    return found


def add(work: Work, event_id: int, given: Mapping[int, Sequence[Own]]) -> None:
    """Put values, by contact, into fields that are blank."""
    rows = [(id_, *value, event_id) for id_, values in given.items() for value in values]
    loading.load_rows(work.conn, custom_value, _COLUMNS, sorted(rows))


def replace(work: Work, event_id: int, given: Mapping[int, Sequence[Own]]) -> list[Change]:
    """Put values, by contact, over what stands there."""
    before = images(work.conn, list(given))
    pairs = [(id_, value[0]) for id_, values in given.items() for value in values]
    remove(work, pairs)
    add(work, event_id, given)
    return [
        Change("custom_value", field_id, id_, before.get((id_, field_id)), _image(value, key, event_id))
        for id_, values in given.items()
        for field_id, value, key in values
    ]


def images(reader: Connection, contact_ids: Sequence[int]) -> dict[tuple[int, int], dict[str, Any]]:
    """The rows of these contacts as changes hold them, by contact and field."""
    v = custom_value.c
    rows = reader.execute(select(custom_value).where(v.contact_id.in_(engines.id_set(reader, contact_ids))))
    return {(row.contact_id, row.field_id): _image(row.value, row.sort_key, row.event_id) for row in rows}


def remove(work: Work, pairs: Sequence[tuple[int, int]]) -> None:
    """Blank these fields, given as contact and field."""
    v = custom_value.c
    for field_id in sorted({field_id for _, field_id in pairs}):
        ids = engines.id_set(work.conn, [id_ for id_, of in pairs if of == field_id])
        work.conn.execute(custom_value.delete().where(v.field_id == field_id, v.contact_id.in_(ids)))


def restore(work: Work, changes: Sequence[Any], reason: str) -> list[Change]:
    """Take changes of an import back, where its value still stands; what somebody changed since is kept, and listed."""
    now = images(work.conn, sorted({row.contact_id for row in changes}))
    listed, back = [], list[tuple[int, int, Any]]()
    for row, before, after in _told(changes):
        at = row.contact_id, row.row_id
        if now.get(at) == before:
            continue
        if now.get(at) != after:
            listed.append(Change("custom_value", row.row_id, row.contact_id, outcome="skipped", reason=reason))
            continue
        back.append((*at, before))
        listed.append(Change("custom_value", row.row_id, row.contact_id, after, before))
    remove(work, [at[:2] for at in back])
    rows = [(id_, field_id, *(before[name] for name in _COLUMNS[2:])) for id_, field_id, before in back if before]
    loading.load_rows(work.conn, custom_value, _COLUMNS, sorted(rows))
    return listed


def _told(changes: Sequence[Any]) -> Iterator[tuple[Any, Any, Any]]:
    for row in changes:
        yield row, *(json.loads(image) if image else None for image in (row.before, row.after))


def _image(value: str, sort_key: str, event_id: int) -> dict[str, Any]:
    return {"value": value, "sort_key": sort_key, "event_id": event_id}
