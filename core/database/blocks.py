"""Reading a whole list by columns inside a transaction of our own: the engine writes rows as text, which is parsed in
blocks, so that no cell ever becomes a Python value.
"""

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing, contextmanager
from itertools import chain
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.csv
from sqlalchemy import Connection, LargeBinary, Select, Text, cast, func, literal_column, text
from sqlalchemy.exc import DBAPIError

from core.database import engines

ROWS = 4_096
"""Rows of a block on SQLite."""

BYTES = 1 << 20
"""Size of a block on PostgreSQL."""

_CSV = pa.csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False)


def freeze(connection: Connection) -> None:
    """At the beginning of a transaction: all its queries see one state. SQLite's do anyway."""
    if not engines.is_sqlite(connection):
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))


def is_keyed(connection: Connection) -> bool:
    """Whether rows are read much faster in the order of their keys than in any other."""
    return engines.is_sqlite(connection)


def blocks(connection: Connection, wanted: Select[Any]) -> Generator[pa.RecordBatch, None, None]:
    """The rows in order, some thousands at a time; texts as string columns, never null, all others as int64."""
    names = [column.key for column in wanted.selected_columns]
    texts = [isinstance(column.type, Text) for column in wanted.selected_columns]
    types = {name: pa.string() if is_text else pa.int64() for name, is_text in zip(names, texts, strict=True)}
    read = pa.csv.ReadOptions(column_names=names, use_threads=False, block_size=1 << 30)
    convert = pa.csv.ConvertOptions(column_types=types, null_values=[""], strings_can_be_null=False)
    written = _sqlite(connection, wanted, texts) if engines.is_sqlite(connection) else _postgresql(connection, wanted)
    with closing(_ahead(written)) as ahead:
        for block in ahead:
            table = pa.csv.read_csv(pa.BufferReader(block), read, _CSV, convert)
            yield from table.combine_chunks().to_batches()


def _ahead(written: Generator[bytes, None, None]) -> Generator[bytes, None, None]:
    """The engine writes the next block while the last one is used."""
    with ThreadPoolExecutor(1, "blocks") as beside, closing(written):
        following = beside.submit(next, written, b"")
        try:
            while block := following.result():
                following = beside.submit(next, written, b"")
                yield block
        finally:
            wait([following])


def _sqlite(connection: Connection, wanted: Select[Any], texts: list[bool]) -> Generator[bytes, None, None]:
    # %w doubles quotes; one call writes a row in half the time that joining its cells takes.
    form = ",".join('"%w"' if is_text else "%s" for is_text in texts) + "\n"
    cells = [
        func.coalesce(column, literal_column("''")) if is_text else column
        for column, is_text in zip(wanted.selected_columns, texts, strict=True)
    ]
    rows = wanted.with_only_columns(cast(func.printf(form, *cells), LargeBinary), maintain_column_froms=True)
    with _little_cache(connection):
        cursor: Any = connection.execute(rows).cursor
        while found := cursor.fetchmany(ROWS):
            yield b"".join(chain.from_iterable(found))


@contextmanager
def _little_cache(connection: Connection) -> Iterator[None]:
    """Who reads everything once needs no page again."""
    usual = connection.exec_driver_sql("PRAGMA cache_size").scalar_one()
    connection.exec_driver_sql("PRAGMA cache_size = -4096")
    try:
        yield
    finally:
        connection.exec_driver_sql(f"PRAGMA cache_size = {usual}")


def _postgresql(connection: Connection, wanted: Select[Any]) -> Generator[bytes, None, None]:
    quoted = [f'"{column.key}"' for column in wanted.selected_columns if isinstance(column.type, Text)]
    rows = wanted.compile(dialect=connection.dialect, compile_kwargs={"render_postcompile": True})
    quotes = f", FORCE_QUOTE ({', '.join(quoted)})" if quoted else ""
    statement = f"COPY ({rows}) TO STDOUT (FORMAT csv{quotes})"
    raw: Any = connection.connection.driver_connection
    try:
        with raw.cursor() as cursor, cursor.copy(statement, rows.construct_params()) as copy:
            block, size = [], 0
            for row in copy:
                block.append(row)
                size += len(row)
                if size > BYTES:
                    yield b"".join(block)
                    block, size = [], 0
            if block:
                yield b"".join(block)
    except psycopg.Error as error:
        raise DBAPIError.instance(statement, None, error, psycopg.Error) from error
