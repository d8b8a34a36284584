"""Images of rows as JSON, made and read inside the database, and the seal of a change; engines differ here."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    ARRAY,
    CTE,
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    FromClause,
    LargeBinary,
    Select,
    Text,
    case,
    cast,
    func,
    insert,
    literal,
    literal_column,
    null,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from core.database import engines
from core.database.tables import change, conversation
from core.database.work import STEP

PLANNED = ("n", "contact_id", "table_name", "row_id", "outcome", "reason", "before", "after")
"""The columns of a selection given to `account`."""

OF_CHANGED = ("row_id", "before", "after")
"""Those that are kept where the outcome is “changed” alone; elsewhere they may say anything."""


def is_main(n: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether a change is the one that counts for its contact."""
    return n % literal_column(str(STEP)) == literal_column("0")


def pack(connection: Connection, values: Mapping[str, Any]) -> ColumnElement[str]:
    """The values, by name, as the text of a JSON object."""
    listed: list[Any] = []
    for name, value in values.items():
        listed += [literal_column(f"'{name}'"), value if isinstance(value, ColumnElement) else _literal(value)]
    if engines.is_sqlite(connection):
        return func.json_object(*listed, type_=Text)
    return cast(func.json_build_object(*listed), Text)


def _literal(value: Any) -> ColumnElement[Any]:
    return literal(value, BigInteger) if value is None or isinstance(value, int) else literal(value, Text)


def unpacked(connection: Connection, image: ColumnElement[str], column: Column[Any]) -> ColumnElement[Any]:
    """The value of a table's column in a JSON image."""
    if isinstance(image.type, JSONB):
        return cast(image.op("->>")(literal_column(f"'{column.name}'")), column.type)
    if engines.is_sqlite(connection):
        return func.json_extract(image, literal_column(f"'$.{column.name}'"), type_=column.type)
    found = cast(image, JSONB).op("->>")(literal_column(f"'{column.name}'"))
    return cast(found, column.type)


def opened(connection: Connection, wanted: Select[Any]) -> FromClause:
    """Selected changes with two more columns, `was` and `becomes`: their images, ready to be unpacked.

    PostgreSQL would parse the text anew for every column.
    """
    if engines.is_sqlite(connection):
        texts = {"was": change.c.before, "becomes": change.c.after}
        return wanted.add_columns(*[image.label(name) for name, image in texts.items()]).subquery("o")
    parsed = {"was": cast(change.c.before, JSONB), "becomes": cast(change.c.after, JSONB)}
    selected = wanted.add_columns(*[image.label(name) for name, image in parsed.items()])
    return selected.cte("o").prefix_with("MATERIALIZED")


def places(connection: Connection, ids: list[int], first: int) -> Select[Any]:
    """The ids, ascending, as a selection of `place` (counted on from `first`) and `id`."""
    if engines.is_sqlite(connection):
        each = func.json_each(engines.json_ids(ids)).table_valued("key", "value")
        return select((each.c.key + first).label("place"), each.c.value.label("id"))
    array = literal(sorted(ids), ARRAY(BigInteger))
    each = func.unnest(array).table_valued("id", with_ordinality="place").render_derived()
    return select((each.c.place + (first - 1)).label("place"), each.c.id)


def account(connection: Connection, event_id: int, planned: Select[Any]) -> None:
    """Write the planned changes down, salted and sealed, in one statement; `planned` has the columns of PLANNED."""
    p = _salted(connection, planned)
    is_changed = p.c.outcome == literal_column("'changed'")
    row = {name: case((is_changed, p.c[name])) if name in OF_CHANGED else p.c[name] for name in PLANNED}
    digest = _sealed(connection, p.c.salt, row["before"], row["after"])
    names = ["event_id", *PLANNED, "salt", "digest"]
    values = select(literal(event_id, BigInteger), *row.values(), p.c.salt, digest)
    connection.execute(insert(change).from_select(names, values))


def or_none(image: ColumnElement[str] | None) -> ColumnElement[Any]:
    """The image; None: there is no row."""
    return null().cast(Text) if image is None else image


def _salted(connection: Connection, planned: Select[Any]) -> CTE:
    salt = (
        func.randomblob(8)
        if engines.is_sqlite(connection)
        else func.substring(func.uuid_send(func.gen_random_uuid()), literal_column("9"), literal_column("8"))
    )
    inner = planned.subquery()
    # Materialized, or the salt that is stored and the salt that is sealed would be drawn apart.
    salted = select(*[inner.c[name] for name in PLANNED], salt.cast(LargeBinary).label("salt"))
    return salted.cte("salted").prefix_with("MATERIALIZED")


def _sealed(
    connection: Connection, salt: ColumnElement[bytes], before: ColumnElement[str], after: ColumnElement[str]
) -> ColumnElement[bytes]:
    if engines.is_sqlite(connection):
        return func.change_seal(salt, before, after, type_=LargeBinary)
    nothing: ColumnElement[bytes] = literal_column(r"'\x00'::bytea")

    def as_bytes(image: ColumnElement[str]) -> ColumnElement[Any]:
        return func.convert_to(func.coalesce(image, literal_column("''")), literal_column("'UTF8'"))

    joined = salt.op("||")(nothing).op("||")(as_bytes(before)).op("||")(nothing).op("||")(as_bytes(after))
    return func.sha256(joined, type_=LargeBinary)


def lock(connection: Connection, ids: list[int]) -> None:
    """Nobody else changes these conversations until the transaction ends; in order, so that no two wait in a ring."""
    engines.look_up_by_key(connection)
    if not engines.is_sqlite(connection):  # there, one writer at a time has the whole file
        connection.execute(_LOCK, {"ids": sorted(ids)})


def lock_selected(connection: Connection, ids: Select[Any]) -> None:
    """As `lock`, for the conversations whose ids are selected."""
    if not engines.is_sqlite(connection):
        lock(connection, sorted(set(connection.execute(ids).scalars())))


_LOCK = text(f"SELECT 1 FROM {conversation.name} WHERE id = ANY(:ids) ORDER BY id FOR NO KEY UPDATE")  # noqa: S608 - our own name
