"""The child process that reads the database for the mirror: `python -m core.analytics.feed`.

The address comes on standard input, so that no password stands in the list of processes. Standard output carries one
line of JSON, which says how far the events had come, and then one Arrow stream for each of rows.STREAMS, all seen in
one transaction.

It is a process of its own because the application has the SQLite file open; core/database/bulk.py says what would
happen otherwise.
"""

import json
import sys
from typing import Any, BinaryIO

import pyarrow as pa
from adbc_driver_manager.dbapi import Connection
from sqlalchemy import ClauseElement

from core.analytics import changes, rows
from core.database import bulk
from core.database.engines import is_sqlite_url
from core.database.horizon import statement as horizon


def feed(url: str, output: BinaryIO) -> None:
    """Write everything the mirror holds to `output`."""
    with bulk.connect(url) as connection:
        output.write(json.dumps(_head(connection, url)).encode() + b"\n")
        for wanted in rows.STREAMS.values():
            _stream(connection, url, wanted, output)
    output.flush()


def _head(connection: Connection, url: str) -> dict[str, Any]:
    ((_, border),) = _all(connection, url, horizon(is_sqlite_url(url)))
    ((top,),) = _all(connection, url, changes.TOP)
    gaps = _all(connection, url, changes.GAPS) if border else []
    return {"top": top, "gaps": gaps, "going": _all(connection, url, changes.GOING), "border": border}


def _all(connection: Connection, url: str, wanted: ClauseElement) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(bulk.as_text(url, wanted))
        return [tuple(row) for row in cursor.fetchall()]


def _stream(connection: Connection, url: str, wanted: ClauseElement, output: BinaryIO) -> None:
    with connection.cursor() as cursor:
        cursor.adbc_statement.set_options(**bulk.statement_options(url))
        cursor.execute(bulk.as_text(url, wanted))
        reader = cursor.fetch_record_batch()
        with pa.ipc.new_stream(output, reader.schema) as writer:
            for batch in reader:
                writer.write_batch(batch)


if __name__ == "__main__":
    feed(sys.stdin.readline().strip(), sys.stdout.buffer)
