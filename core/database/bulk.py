"""Reading in bulk, by columns, over ADBC: only for a process that has the database open in no other way.

On SQLite ADBC brings a second SQLite library. When it closes its handle, the operating system gives up every lock the
process holds on the file, so a write transaction that Python's own library has open there would stand unprotected.
"""

from urllib.parse import quote

import adbc_driver_postgresql.dbapi  # type: ignore[import-untyped]
import adbc_driver_sqlite.dbapi
from adbc_driver_manager.dbapi import Connection
from psycopg.conninfo import make_conninfo
from sqlalchemy import ClauseElement
from sqlalchemy.engine import make_url

from core.database.engines import is_sqlite_url

BATCH_ROWS = 65_536
"""SQLite: rows of a batch, and rows looked at to tell a column's type (later values of another type are an error)."""


def connect(url: str) -> Connection:
    """A connection inside one read-only transaction, in which every query sees the same state."""
    if is_sqlite_url(url):
        opened = adbc_driver_sqlite.dbapi.connect(f"file:{quote(make_url(url).database or '')}?mode=ro")
        first = "PRAGMA query_only = ON"
    else:
        _, arguments = make_url(url).get_dialect()().create_connect_args(make_url(url))
        opened = adbc_driver_postgresql.dbapi.connect(make_conninfo(**arguments))
        first = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
    with opened.cursor() as cursor:
        cursor.execute(first)
    return opened


def statement_options(url: str) -> dict[str, str]:
    """Options for `cursor.adbc_statement.set_options` before a large read."""
    return {"adbc.sqlite.query.batch_rows": str(BATCH_ROWS)} if is_sqlite_url(url) else {}


def as_text(url: str, statement: ClauseElement) -> str:
    """The statement as this database's SQL, its values written into it: for statements without values from outside."""
    # With a % style of parameters every % in a text would be doubled.
    dialect = make_url(url).get_dialect()(paramstyle="named")  # type: ignore[call-arg]
    return str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
