"""The mirror's tables in DuckDB, in memory and closed to the outside: filled once, refreshed in place."""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from core.analytics.derived import WORD, Codes, bits, derived

TAG_BITS = 128
STAGE_BITS = 64
"""So many of the commonest tags and stages have a bit in the conversation's row; the others are joined."""

_SCRIPTS = {name: (Path(__file__).parent / f"{name}.sql").read_text(encoding="utf-8") for name in ("tables", "derive")}
_INSERTED = {
    "raw_tag": "INSERT INTO raw_tag BY NAME FROM incoming",
    "raw_deal": "INSERT INTO raw_deal BY NAME FROM incoming",
    "raw_conversation": "INSERT INTO raw_conversation BY NAME FROM incoming",
    "stage": "INSERT INTO stage BY NAME FROM incoming",
    "source": "INSERT INTO source BY NAME FROM incoming",
    "tag_bit": "INSERT INTO tag_bit BY NAME FROM incoming",
    "stage_bit": "INSERT INTO stage_bit BY NAME FROM incoming",
    "conversation": "INSERT INTO conversation BY NAME FROM incoming",
    "tagged": "INSERT INTO tagged BY NAME FROM incoming",
    "staged": "INSERT INTO staged BY NAME FROM incoming",
}
_REMOVED = (
    "DELETE FROM conversation WHERE id IN (SELECT id FROM incoming)",
    "DELETE FROM tagged WHERE id IN (SELECT id FROM incoming)",
    "DELETE FROM staged WHERE id IN (SELECT id FROM incoming)",
)
_COMMONEST_TAGS = "SELECT tag_id FROM raw_tag GROUP BY tag_id ORDER BY count(*) DESC, tag_id LIMIT ?"
_COMMONEST_STAGES = "SELECT stage_id FROM raw_deal GROUP BY stage_id ORDER BY count(*) DESC, stage_id LIMIT ?"


class Tables:
    """One load of the mirror. One thread fills and refreshes it; any thread may ask, each by a cursor of its own."""

    def __init__(self) -> None:
        self._connection = _open()
        self._own = threading.local()
        self._lock = threading.Lock()
        self._codes = Codes()
        self._stages = pa.table({})
        self.size = 0
        """Conversations when it was loaded."""
        self.removed = 0
        """Conversations replaced since; what they were before still lies in memory."""
        self._run(_SCRIPTS["tables"])

    def load(self, name: str, rows: pa.Table | pa.RecordBatchReader) -> None:
        """Take in one of the tables of a load, batch by batch."""
        self._connection.register("incoming", rows)
        self._run(_INSERTED[name])
        self._connection.unregister("incoming")

    def finish_load(self) -> None:
        """After all tables of the load: choose which tags and stages get a bit, and derive."""
        self._codes.tags = bits([row[0] for row in self._run(_COMMONEST_TAGS, TAG_BITS)])
        self._codes.stages = bits([row[0] for row in self._run(_COMMONEST_STAGES, STAGE_BITS)])
        words = {f"tags_{n}": [bit >> 64 * n & WORD - 1 for bit in self._codes.tags.values()] for n in (0, 1)}
        self.load("tag_bit", _coded("tag_id", self._codes.tags, words))
        self.load("stage_bit", _coded("stage_id", self._codes.stages, {"stages_0": list(self._codes.stages.values())}))
        self._run(_SCRIPTS["derive"])
        self._codes.sources = dict(self._run("SELECT name, code FROM source"))
        self.size = self._run("SELECT count(*) FROM conversation")[0][0]

    def replace(self, contact_ids: Sequence[int], found: dict[str, pa.Table]) -> None:
        """Put the rows in the place of all rows of these contacts, in one step for those who ask."""
        known = len(self._codes.sources)
        fresh = derived(found, self._codes)
        names = list(self._codes.sources)[known:]
        fresh["source"] = pa.table(
            {"name": pa.array(names, pa.string()), "code": range(known + 1, known + 1 + len(names))}
        )
        self._connection.begin()
        try:
            if not found["stage"].equals(self._stages):
                self._run("TRUNCATE stage")
                fresh["stage"] = self._stages = found["stage"]
            self._connection.register("incoming", pa.table({"id": pa.array(contact_ids, pa.int64())}))
            for statement in _REMOVED:
                self._run(statement)
            self._connection.unregister("incoming")
            for name, rows in fresh.items():
                if rows.num_rows:
                    self.load(name, rows)
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

    def _run(self, script: str, *values: Any) -> list[tuple[Any, ...]]:
        return self._connection.execute(script, values).fetchall()  # an open result would hold the connection


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


def _coded(name: str, codes: dict[int, int], words: dict[str, list[int]]) -> pa.Table:
    columns = {column: pa.array(listed, pa.uint64()) for column, listed in words.items()}
    return pa.table({name: pa.array(list(codes), pa.int64()), **columns})
