"""What SQLite and PostgreSQL each need: connecting, beginning, passing ids. Nothing else may differ elsewhere."""

import json
import sqlite3
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    Engine,
    Select,
    Text,
    bindparam,
    create_engine,
    event,
    func,
    select,
    text,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import NullPool

from core.database.seal import seal
from core.errors import Unavailable
from core.words import document

WRITES = "talkdeck_writes"
ARRIVALS = "arrivals"
"""What a transaction on SQLite may have attached, and has then noted in its connection's `info`."""

BUSY_MILLISECONDS = 15_000
ASK_SECONDS = 0.003
"""How often who waits for SQLite's write lock asks for it."""

_SQLITE_SETTINGS = (
    "synchronous = FULL",  # an acknowledged intent must survive a power cut, or a text is sent twice
    "foreign_keys = ON",
    "recursive_triggers = ON",
    "trusted_schema = OFF",
    "cell_size_check = ON",
    "temp_store = MEMORY",
    "cache_size = -65536",
    "wal_autocheckpoint = 32768",  # 128 MB: a bulk action writes the same pages again and again; they are moved once
)

_POSTGRESQL_SETTINGS = {
    "plan_cache_mode": "force_custom_plan",  # a generic plan cannot know a rare word from a frequent one
    "jit": "off",  # compiling takes longer than what is compiled here ever runs
    "lock_timeout": "15s",
    "idle_in_transaction_session_timeout": "60s",
    "timezone": "UTC",
}
_WHOLE_TABLES = ("enable_seqscan", "enable_bitmapscan", "enable_hashjoin", "enable_mergejoin")
_BY_KEY = select(
    *[func.set_config(way, "off", True) for way in _WHOLE_TABLES],
    func.set_config("plan_cache_mode", "auto", True),  # or the check of a reference is planned anew for every row
)
_POSTGRESQL_OPTIONS = " ".join(f"-c {name}={value}" for name, value in _POSTGRESQL_SETTINGS.items())


def open_engine(url: str) -> Engine:
    """An engine whose transactions begin as this application needs them."""
    return _open_sqlite(url) if is_sqlite_url(url) else _open_postgresql(url)


def is_sqlite_url(url: str) -> bool:
    return make_url(url).get_backend_name() == "sqlite"


def is_sqlite(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"


def look_up_by_key(connection: Connection) -> None:
    """PostgreSQL finds rows by their keys until the transaction ends; SQLite does so anyway.

    Its planner cannot know how few rows a stretch of a large job needs, and would read a whole table for each. So plans
    may be kept there: no value would change them.
    """
    if not is_sqlite(connection):
        connection.execute(_BY_KEY)


def _open_sqlite(url: str) -> Engine:
    engine = create_engine(
        url,
        hide_parameters=True,  # personal data stays out of logs and tracebacks
        connect_args={"timeout": BUSY_MILLISECONDS / 1000, "check_same_thread": False},
        pool_size=20,
        max_overflow=40,
    )

    @event.listens_for(engine, "connect")
    def connected(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        connection.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
        for setting in _SQLITE_SETTINGS:
            connection.execute(f"PRAGMA {setting}")
        connection.create_function("document", 1, document, deterministic=True)
        connection.create_function("change_seal", 3, seal, deterministic=True)

    @event.listens_for(engine, "checkin")
    def returned(connection: sqlite3.Connection | None, record: Any) -> None:
        if record.info.pop(ARRIVALS, False) and connection is not None:
            connection.execute(f"DETACH {ARRIVALS}")

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        if connection.get_execution_options().get(WRITES):
            _begin_writing(connection)
        else:
            connection.exec_driver_sql("BEGIN")

    return engine


def _begin_writing(connection: Connection) -> None:
    """Take SQLite's one write lock; who waits asks often enough to find the moment between two chunks of a job.

    SQLite by itself asks ever more seldom, in the end ten times a second.
    """
    raw: Any = connection.connection.driver_connection
    until = time.monotonic() + BUSY_MILLISECONDS / 1000
    raw.execute("PRAGMA busy_timeout = 0")
    try:
        while True:
            try:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                return
            except DBAPIError as error:
                if not is_retryable(error) or time.monotonic() > until:
                    raise
            time.sleep(ASK_SECONDS)
    finally:
        raw.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")


def _open_postgresql(url: str) -> Engine:
    return create_engine(
        url,
        hide_parameters=True,  # personal data stays out of logs and tracebacks
        connect_args={"options": _POSTGRESQL_OPTIONS, "prepare_threshold": 5},
        pool_size=20,
        max_overflow=40,
        pool_pre_ping=True,
    )


def open_counter_engine(engine: Engine) -> Engine | None:
    """Where ids are allotted on PostgreSQL: a connection of its own, so that no writer waits for another's commit."""
    if engine.dialect.name == "sqlite":
        return None
    return create_engine(
        engine.url, connect_args={"options": _POSTGRESQL_OPTIONS}, poolclass=NullPool, isolation_level="AUTOCOMMIT"
    )


def has_quick_sets(connection: Connection) -> bool:
    """Whether `(+id).in_(selection)` is a set made once and asked at each step of an index; else a planner joins it."""
    return is_sqlite(connection)


def id_set(connection: Connection, ids: Sequence[int]) -> Select[Any]:
    """The ids as a one-column selection, passed as one JSON text or one array; never one parameter each."""
    if is_sqlite(connection):
        each = func.json_each(bindparam(None, json_ids(ids), unique=True)).table_valued("value")
        return select(each.c.value.label("id"))
    array = bindparam(None, sorted(ids), type_=ARRAY(BigInteger), unique=True)
    return select(func.unnest(array).column_valued("id"))


def text_set(connection: Connection, texts: Iterable[str]) -> Select[Any]:
    """Texts as a one-column selection `text`."""
    listed = list(texts)
    if is_sqlite(connection):
        each = func.json_each(bindparam(None, json_texts(listed), unique=True)).table_valued("value")
        return select(each.c.value.label("text"))
    return select(func.unnest(bindparam(None, listed, type_=ARRAY(Text), unique=True)).column_valued("text"))


def keyed_texts(connection: Connection, pairs: Sequence[tuple[int, str]]) -> Select[Any]:
    """Ids with a text each, as a selection of `id` and `text`; an id may stand there several times."""
    if is_sqlite(connection):
        each = func.json_each(bindparam(None, json.dumps(pairs), unique=True)).table_valued("value")
        return select(
            func.json_extract(each.c.value, "$[0]").label("id"), func.json_extract(each.c.value, "$[1]").label("text")
        )
    ids = bindparam(None, [id_ for id_, _ in pairs], type_=ARRAY(BigInteger), unique=True)
    texts = bindparam(None, [text for _, text in pairs], type_=ARRAY(Text), unique=True)
    each = func.unnest(ids, texts).table_valued("id", "text").render_derived()
    return select(each.c.id, each.c.text)


def named_ids(is_sqlite: bool, name: str) -> Select[Any]:
    """As `id_set`, for a statement that is built once: the ids come as the parameter `name`, made by `id_value`."""
    if is_sqlite:
        each = func.json_each(bindparam(name)).table_valued("value")
        return select(each.c.value.label("id"))
    return select(func.unnest(bindparam(name, type_=ARRAY(BigInteger))).column_valued("id"))


def id_value(connection: Connection, ids: Sequence[int]) -> Any:
    """The ids as the parameter of a statement made with `named_ids`."""
    return json_ids(ids) if is_sqlite(connection) else sorted(ids)


def named_pairs(is_sqlite: bool, name: str) -> Select[Any]:
    """Ids with a number each, as a selection of `id` and `value`; `pair_values` makes the parameters."""
    if is_sqlite:
        each = func.json_each(bindparam(name)).table_valued("value")
        return _id_and_value(each.c.value)
    arrays = [bindparam(part, type_=ARRAY(BigInteger)) for part in (name, f"{name}_values")]
    pairs = func.unnest(*arrays).table_valued("id", "value").render_derived()
    return select(pairs.c.id, pairs.c.value)


def pair_values(connection: Connection, name: str, values: Mapping[int, int]) -> dict[str, Any]:
    """The parameters of a statement made with `named_pairs`."""
    ids = sorted(values)
    if is_sqlite(connection):
        return {name: "[" + ",".join(f"[{id_},{values[id_]}]" for id_ in ids) + "]"}
    return {name: ids, f"{name}_values": [values[id_] for id_ in ids]}


def _id_and_value(pair: ColumnElement[Any]) -> Select[Any]:
    return select(func.json_extract(pair, "$[0]").label("id"), func.json_extract(pair, "$[1]").label("value"))


def json_ids(ids: Sequence[int]) -> str:
    """Ids in order as one JSON list."""
    return "[" + ",".join(map(str, sorted(ids))) + "]"


def json_texts(texts: Sequence[str]) -> str:
    """Texts as one JSON list."""
    return json.dumps(texts, ensure_ascii=False)


def analyze(connection: Connection, index: str) -> None:
    """Tell SQLite's planner about an index that was just made; PostgreSQL looks by itself."""
    if is_sqlite(connection):
        connection.execute(text(f"ANALYZE {index}"))


def lock_migrations(connection: Connection) -> None:
    """Held to the end of the transaction: one process migrates, the others wait."""
    if not is_sqlite(connection):  # SQLite's BEGIN IMMEDIATE is the lock
        connection.execute(text("SELECT pg_advisory_xact_lock(7420518301)"))


def prepare_file(engine: Engine) -> None:
    """Write-ahead logging, which lies in the file once set; several processes may try at once."""
    if engine.dialect.name != "sqlite":
        return
    with engine.connect() as connection:
        raw: Any = connection.connection.dbapi_connection
        for _ in range(60):
            # SQLite does not wait by itself while another process is switching.
            with suppress(sqlite3.OperationalError):
                if raw.execute("PRAGMA journal_mode = WAL").fetchone()[0] == "wal":
                    return
            time.sleep(0.05)
    raise Unavailable("The database file is in use by another program. Close that program and start again.")


def is_retryable(error: DBAPIError) -> bool:
    """Whether the whole unit of work may be run again: lock races, two inserts of one key, connections lost."""
    original = error.orig
    if isinstance(original, sqlite3.OperationalError):
        return "locked" in str(original) or "busy" in str(original)
    state = getattr(original, "sqlstate", None) or ""
    return state[:2] in {"08", "40", "57"} or state == "23505" or error.connection_invalidated


def is_away(error: DBAPIError) -> bool:
    """Whether the database did not answer at all: no connection could be made, or it was lost."""
    original = error.orig
    if isinstance(original, sqlite3.Error):
        return "unable to open" in str(original) or "disk I/O error" in str(original)
    state = getattr(original, "sqlstate", None) or "08"  # who never got an answer got no code either
    return isinstance(error, OperationalError) and (state[:2] == "08" or state[:3] == "57P" or state == "53300")


def is_full(error: DBAPIError) -> bool:
    """Whether the disk (or the allowance of the file) is full."""
    return (
        "full" in str(error.orig)
        if isinstance(error.orig, sqlite3.OperationalError)
        else getattr(error.orig, "sqlstate", "") == "53100"
    )
