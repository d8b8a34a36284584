"""The mirror's tables in DuckDB, in memory and closed to the outside: filled once, refreshed in place."""

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa

from core.analytics import past
from core.analytics.derived import Codes, Sets, derived
from core.analytics.rows import Found

STRETCH = 100_000
"""Contacts whose past is derived at once."""

TAG_BITS = 128
STAGE_BITS = 64
"""So many of the commonest tags and stages have a bit in the conversation's row; the others are found by their sets."""

_SCRIPTS = {
    name: (Path(__file__).parent / f"{name}.sql").read_text(encoding="utf-8")
    for name in ("tables", "derive", "history")
}
_BITS = ("tag_bit", "stage_bit")
_REMOVED = "DELETE FROM conversation WHERE id IN (SELECT id FROM incoming)"
_PAST = ("deal", "state", "text", "turn", "send", "enrolled", "texted", "talk")
_STAGED = "SELECT id, pipeline_id, position, kind FROM stage"
_COMMONEST_TAGS = "SELECT tag_id FROM raw_tag GROUP BY tag_id ORDER BY count(*) DESC, tag_id"
_COMMONEST_STAGES = "SELECT stage_id FROM raw_deal GROUP BY stage_id ORDER BY count(DISTINCT contact_id) DESC, stage_id"


class State(NamedTuple):
    """What a question is asked of: one state of the tables, and what this load calls things."""

    cursor: duckdb.DuckDBPyConnection
    codes: Codes


class Tables:
    """One load of the mirror. One thread fills and refreshes it; any thread may ask, each by a cursor of its own."""

    def __init__(self) -> None:
        self._connection = _open()
        self._own = threading.local()
        self._lock = threading.Lock()
        self._beside = ThreadPoolExecutor(1, "mirror's second")
        self._codes = Codes(Sets(TAG_BITS, 2), Sets(STAGE_BITS, 1))
        self.size = 0
        """Conversations when it was loaded."""
        self.removed = 0
        """Conversations replaced since; what they were before still lies in memory."""
        self._names: Mapping[str, pa.Table] = {}
        self._run(_SCRIPTS["tables"])

    def load(self, name: str, rows: pa.Table | pa.RecordBatchReader) -> None:
        """Take in one of the tables of a load, batch by batch."""
        self._connection.register("incoming", rows)
        self._run(
            f"CREATE TABLE {name} AS FROM incoming" if name in _BITS else f"INSERT INTO {name} BY NAME FROM incoming"
        )
        self._connection.unregister("incoming")

    def finish_load(self) -> None:
        """After all tables of the load: choose which tags and stages get a bit, and derive."""
        tags, stages = self._codes.tags, self._codes.stages
        tags.mask(row[0] for row in self._run(_COMMONEST_TAGS))
        stages.mask(row[0] for row in self._run(_COMMONEST_STAGES))
        self.load("tag_bit", _bits("tag", tags))
        self.load("stage_bit", _bits("stage", stages))
        self._run(_SCRIPTS["derive"])
        for ids, code in self._run("SELECT ids, tag_code FROM tags"):
            tags.learn(tags.mask(ids), code)
        for ids, code in self._run("SELECT ids, stage_code FROM stages"):
            stages.learn(stages.mask(ids), code)
        self._codes.sources = dict(self._run("SELECT name, code FROM source"))
        self._codes.pipelines = dict(self._run("SELECT id, pipeline_id FROM stage"))
        self.size = self._run("SELECT count(*) FROM conversation")[0][0]
        self._run("DROP TABLE tags; DROP TABLE stages; DROP TABLE source")
        self._derive_past()

    def _derive_past(self) -> None:
        """By stretches of contacts, and packed before and after: all at once would take several times the memory."""
        for name in past.STREAMS:
            self._run(f"ALTER TABLE {name} RENAME TO whole_{name}")
        self._run("CHECKPOINT")
        n = max(self.size // STRETCH, 1)
        parts = [place / n for place in range(1, n + 1)]
        ((bounds,),) = self._run("SELECT quantile_disc(id, $1::DOUBLE[]) FROM conversation", parts)
        after = -1
        for until in bounds or []:
            of = f"WHERE contact_id > {after:d} AND contact_id <= {until:d}"
            for name in past.STREAMS:
                self._run(f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT * FROM whole_{name} {of}")  # noqa: S608 - our own names
            self._run(_SCRIPTS["history"])
            after = until
        for name in past.STREAMS:
            self._run(f"DROP VIEW IF EXISTS {name}; DROP TABLE whole_{name}")
        self._run("CHECKPOINT")

    def rename(self, names: Mapping[str, pa.Table]) -> bool:
        """What stages, owners and the like are called now; False: what is derived from stages is to be loaded anew."""
        if names == self._names:
            return True
        before = self._run(_STAGED)
        self._connection.begin()
        for name, rows in names.items():
            self._run(f"DELETE FROM {name}")  # noqa: S608 - our own names
            self.load(name, rows)
        self._connection.commit()
        after = self._run(_STAGED)
        self._names = names
        self._codes.pipelines = {id_: pipeline_id for id_, pipeline_id, *_ in after}
        return set(before) <= set(after)

    def replace(self, contact_ids: Sequence[int], read: Callable[[], Found]) -> None:
        """Put what `read` gives in the place of all rows of these contacts, in one step for those who ask."""
        self._connection.begin()
        with ExitStack() as if_it_fails:
            if_it_fails.callback(self._connection.rollback)
            removing = self._beside.submit(self._remove, contact_ids)  # while the database is read
            try:
                found = read()
            finally:
                wait([removing])
            removing.result()
            for name, rows in derived(found.rows, self._codes).items():
                if rows.num_rows:
                    self.load(name, rows)
            if found.past_of:
                self._replace_past(found)
            self._connection.commit()
            if_it_fails.pop_all()
        self.removed += len(contact_ids)

    def _remove(self, contact_ids: Sequence[int]) -> None:
        self._connection.register("incoming", pa.table({"id": pa.array(contact_ids, pa.int64())}))
        self._run(_REMOVED)
        self._connection.unregister("incoming")

    def _replace_past(self, found: Found) -> None:
        self._connection.register("incoming", pa.table({"id": pa.array(found.past_of, pa.int64())}))
        for name in _PAST:
            # The bounds tell which blocks of a table hold none of them.
            among = "contact_id BETWEEN $1 AND $2 AND contact_id IN (SELECT id FROM incoming)"
            self._run(f"DELETE FROM {name} WHERE {among}", found.past_of[0], found.past_of[-1])  # noqa: S608 - our own names
        self._connection.unregister("incoming")
        for name, rows in found.past.items():
            self._connection.register(name, rows)
        self._run(_SCRIPTS["history"])
        for name in found.past:
            self._connection.unregister(name)

    def state(self) -> State:
        """The calling thread's own way in."""
        if not hasattr(self._own, "cursor"):
            with self._lock:
                self._own.cursor = self._connection.cursor()
        return State(self._own.cursor, self._codes)

    def _run(self, script: str, *values: Any) -> list[tuple[Any, ...]]:
        return self._connection.execute(script, values).fetchall()  # an open result would hold the connection


def _open() -> duckdb.DuckDBPyConnection:
    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
        "python_enable_replacements": False,  # or a table name could mean a variable of ours
        "memory_limit": "2GB",
        "perfect_ht_threshold": 16,  # groups of up to 2^16 codes are counted by place, at half the cost of a hash table
    }
    connection = duckdb.connect(":memory:", config=config)
    for setting in ("temp_directory = ''", "enable_external_access = false", "lock_configuration = true"):
        connection.execute(f"SET {setting}").fetchall()
    return connection


def _bits(kind: str, sets: Sets) -> pa.Table:
    """The ids that have a bit, each with the words of a row in which nothing but it is set."""
    ids = list(sets.places)[: sets.limit]
    words = {f"{kind}s_{n}": [sets.word(sets.mask([id_]), n) for id_ in ids] for n in range(sets.words)}
    columns = {name: pa.array(listed, pa.uint64()) for name, listed in words.items()}
    return pa.table({f"{kind}_id": pa.array(ids, pa.int64()), **columns})
