"""The mirror's tables in DuckDB, in memory and closed to the outside: filled once, refreshed in place."""

import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

TAG_BITS = 128
STAGE_BITS = 64
"""So many of the commonest tags and stages have a bit in the conversation's row; the others are joined."""

_SCRIPTS = {name: (Path(__file__).parent / f"{name}.sql").read_text(encoding="utf-8") for name in ("tables", "derive")}
_LOADED = {
    "raw_stage": "INSERT INTO raw_stage FROM incoming",
    "raw_tag": "INSERT INTO raw_tag FROM incoming",
    "raw_deal": "INSERT INTO raw_deal FROM incoming",
    "raw_conversation": "INSERT INTO raw_conversation FROM incoming",
}
_REMOVED = (
    "DELETE FROM conversation WHERE id IN (SELECT id FROM incoming)",
    "DELETE FROM tagged WHERE id IN (SELECT id FROM incoming)",
    "DELETE FROM staged WHERE id IN (SELECT id FROM incoming)",
)
_COMMONEST = {
    "tag_bit": "SELECT tag_id FROM raw_tag GROUP BY tag_id ORDER BY count(*) DESC, tag_id LIMIT ?",
    "stage_bit": "SELECT stage_id FROM raw_deal GROUP BY stage_id ORDER BY count(*) DESC, stage_id LIMIT ?",
}

_CHOSEN = {"tag_bit": "INSERT INTO tag_bit FROM incoming", "stage_bit": "INSERT INTO stage_bit FROM incoming"}


class Tables:
    """One load of the mirror. One thread fills and refreshes it; any thread may ask, each by a cursor of its own."""

    def __init__(self) -> None:
        self._connection = _open()
        self._own = threading.local()
        self._lock = threading.Lock()
        _run(self._connection, _SCRIPTS["tables"])
        self.removed = 0

    def load(self, name: str, rows: pa.Table | pa.RecordBatchReader) -> None:
        """Take in one of the raw tables, batch by batch."""
        self._connection.register("incoming", rows)
        _run(self._connection, _LOADED[name])
        self._connection.unregister("incoming")

    def finish_load(self) -> None:
        """After all raw tables: choose which tags and stages get a bit, and derive."""
        self._choose("tag_bit", TAG_BITS, 2)
        self._choose("stage_bit", STAGE_BITS, 1)
        _run(self._connection, _SCRIPTS["derive"])

    def replace(self, contact_ids: Sequence[int], rows: dict[str, pa.Table]) -> None:
        """Put the rows in the place of all rows of these contacts, in one step for those who ask."""
        self._connection.begin()
        try:
            self._connection.register("incoming", pa.table({"id": pa.array(contact_ids, pa.int64())}))
            for statement in _REMOVED:
                _run(self._connection, statement)
            self._connection.unregister("incoming")
            for name, table in rows.items():
                self.load(name, table)
            _run(self._connection, _SCRIPTS["derive"])
        except duckdb.Error:
            self._connection.rollback()
            raise
        self._connection.commit()
        self.removed += len(contact_ids)

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """The calling thread's own way in."""
        if not hasattr(self._own, "cursor"):
            with self._lock:
                self._own.cursor = self._connection.cursor()
        cursor: duckdb.DuckDBPyConnection = self._own.cursor
        return cursor

    def size(self) -> int:
        """How many conversations there are."""
        return int(_run(self._connection, "SELECT count(*) FROM conversation")[0][0])

    def _choose(self, table: str, bits: int, columns: int) -> None:
        ids = [row[0] for row in _run(self._connection, _COMMONEST[table], [bits])]
        incoming: dict[str, pa.Array] = {"id": pa.array(ids, pa.int64())}
        for column in range(columns):
            words = [1 << place % 64 if place // 64 == column else 0 for place in range(len(ids))]
            incoming[f"bits_{column}"] = pa.array(words, pa.uint64())
        self._connection.register("incoming", pa.table(incoming))
        _run(self._connection, _CHOSEN[table])
        self._connection.unregister("incoming")


def _open() -> duckdb.DuckDBPyConnection:
    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
        "python_enable_replacements": False,  # or a table name could mean a variable of ours
        "memory_limit": "2GB",
    }
    connection = duckdb.connect(":memory:", config=config)
    for setting in ("temp_directory = ''", "enable_external_access = false", "lock_configuration = true"):
        connection.execute(f"SET {setting}").fetchall()
    return connection


def _run(connection: duckdb.DuckDBPyConnection, script: str, values: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
    return connection.execute(script, list(values)).fetchall()  # an open result would hold the connection
