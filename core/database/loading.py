"""Filling tables with millions of rows: by columns, without secondary indexes, and with the engine's own loader."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.csv
from sqlalchemy import Connection, Engine, Table, text
from sqlalchemy.exc import DBAPIError

from core.database import engines

_ARROW_CSV = pa.csv.WriteOptions(include_header=False)
_SQLITE_INDEXES = text(
    "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = :table AND sql IS NOT NULL"
)
_POSTGRESQL_INDEXES = text("""
SELECT i.relname AS name, pg_get_indexdef(x.indexrelid) AS sql FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
WHERE x.indrelid = CAST(:table AS regclass)
    AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = x.indexrelid)
""")
_POSTGRESQL_REFERENCES = text("""
SELECT conname AS name, pg_get_constraintdef(oid) AS sql FROM pg_constraint
WHERE conrelid = CAST(:table AS regclass) AND contype = 'f'
""")


def load(connection: Connection, table: Table, rows: pa.Table) -> None:
    """Insert rows given as columns of the table's names; columns that are left out take their defaults."""
    if rows.num_rows == 0:
        return
    if engines.is_sqlite(connection):
        _insert(connection, table, rows)
    else:
        copy_csv(connection, table.name, rows.column_names, _written(rows))


def load_rows(connection: Connection, table: Table, names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows given as tuples in the order of `names`; columns that are left out take their defaults."""
    if not rows:
        return
    if engines.is_sqlite(connection):
        _insert_rows(connection, table, names, rows)
    else:
        copy_csv(connection, table.name, names, as_csv(names, rows))


def as_csv(names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> bytes:
    """Rows, given as tuples in the order of `names`, as `copy_csv` takes them; needs no database."""
    return _written(pa.table([pa.array(values) for values in zip(*rows, strict=True)], list(names)))


def copy_csv(connection: Connection, table: str, names: Sequence[str], content: bytes) -> None:
    """Insert what `as_csv` made, on PostgreSQL."""
    statement = f"COPY {table} ({', '.join(names)}) FROM STDIN (FORMAT csv)"
    raw: Any = connection.connection.driver_connection
    try:
        with raw.cursor() as cursor, cursor.copy(statement) as copy:
            copy.write(content)
    except psycopg.Error as error:
        raise DBAPIError.instance(statement, None, error, psycopg.Error) from error


def _written(rows: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    pa.csv.write_csv(rows, sink, _ARROW_CSV)
    written: bytes = sink.getvalue().to_pybytes()
    return written


def _insert(connection: Connection, table: Table, rows: pa.Table) -> None:
    if not table.dialect_options["sqlite"]["with_rowid"]:
        rows = rows.sort_by([(column.name, "ascending") for column in table.primary_key])  # appended, nothing is split
    values = list(zip(*(column.to_pylist() for column in rows.columns), strict=True))
    _insert_rows(connection, table, rows.column_names, values)


def _insert_rows(connection: Connection, table: Table, names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    marks = ", ".join("?" * len(names))
    statement = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608  # names of ours
    connection.exec_driver_sql(statement, list(rows))


@contextmanager
def unindexed(connection: Connection, tables: Sequence[str]) -> Iterator[None]:
    """Within the block these tables have no secondary indexes, and on PostgreSQL no foreign keys; after it, they have.

    For filling tables that were empty. A block that fails leaves them away: roll the transaction back.
    """
    indexes = _SQLITE_INDEXES if engines.is_sqlite(connection) else _POSTGRESQL_INDEXES
    again = []
    for table in tables:
        for row in connection.execute(indexes, {"table": table}).all():
            connection.execute(text(f"DROP INDEX {row.name}"))
            again.append(row.sql)
        if not engines.is_sqlite(connection):
            for row in connection.execute(_POSTGRESQL_REFERENCES, {"table": table}).all():
                connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {row.name}"))
                again.append(f"ALTER TABLE {table} ADD CONSTRAINT {row.name} {row.sql}")
    yield
    for statement in again:
        connection.execute(text(statement))


def hurry(connection: Connection) -> None:
    """More memory for the rest of the transaction, which fills or indexes much."""
    if engines.is_sqlite(connection):
        connection.execute(text("PRAGMA cache_size = -262144"))
    else:
        connection.execute(text("SET LOCAL maintenance_work_mem = '512MB'"))


def settle(engine: Engine) -> None:
    """After much was filled: the planner's figures are taken anew, and SQLite's log is folded into the file."""
    if engine.dialect.name == "sqlite":
        statements = ["ANALYZE", "PRAGMA wal_checkpoint(TRUNCATE)"]
    else:
        statements = ["VACUUM ANALYZE"]
    with closing(engine.raw_connection()) as connection:  # these must stand outside any transaction
        raw: Any = connection.driver_connection
        if engine.dialect.name != "sqlite":
            raw.autocommit = True
        for statement in statements:
            raw.execute(statement)
        connection.invalidate()  # its settings are not those of the others any more
