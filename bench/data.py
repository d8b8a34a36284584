"""The data to measure on: demo data of one size. The SQLite file is kept in bench/work, PostgreSQL is filled anew."""

import hashlib
import json
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from core import clock, people
from core.access import Actor
from core.database import Store
from core.demo.fill import fill
from tests import postgres

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "bench" / "work"
SEED = 1
END = 1_767_312_000
"""2026-01-02, 00:00 UTC: the data ends here, and while it is measured it is this moment."""

SERVER = {"shared_buffers": "1GB", "work_mem": "64MB", "max_wal_size": "8GB", "maintenance_work_mem": "512MB"}


@dataclass(frozen=True)
class Set:
    """The data on one engine, open; `built` says what filling it took."""

    engine: str
    n: int
    store: Store
    actor: Actor
    built: dict[str, float]


def stand_still() -> None:
    """Let it be the moment at which the data ends, so that "recent" means the same in every run."""
    clock.now = lambda: END


def say(text: str) -> None:
    """Progress goes to stderr; stdout gets the table alone."""
    sys.stderr.write(f"Bench: {text}\n")
    sys.stderr.flush()


@contextmanager
def sqlite(n: int) -> Iterator[Set]:
    """The SQLite file of this size, filled when there is none that the present code would make."""
    WORK.mkdir(exist_ok=True)
    path, figures = sqlite_file(n), sqlite_file(n).with_suffix(".json")
    known = json.loads(figures.read_text()) if figures.exists() else {}
    if known.get("code") != _code():
        for leftover in WORK.glob(f"{path.stem}.*"):
            leftover.unlink()
    with closing(Store.open(f"sqlite:///{path}")) as store:
        actor = people.local_actor(store)
        if known.get("code") != _code():
            known = {"code": _code(), **_fill(store, actor, n, "sqlite"), "megabytes": 0}
            known["megabytes"] = path.stat().st_size >> 20
            figures.write_text(json.dumps(known))
        yield Set("sqlite", n, store, actor, known)


def sqlite_file(n: int) -> Path:
    """Where the SQLite file of this size lies."""
    return WORK / f"demo-{n}.db"


@contextmanager
def postgresql(n: int, server: postgres.Server) -> Iterator[Set]:
    """The same rows on a server of our own."""
    server.execute("CREATE DATABASE bench")
    with closing(Store.open(server.url("bench"))) as store:
        actor = people.local_actor(store)
        built = _fill(store, actor, n, "postgresql")
        with store.read() as reader:
            size = reader.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one()
        yield Set("postgresql", n, store, actor, {**built, "megabytes": size >> 20})


def _fill(store: Store, actor: Actor, n: int, engine: str) -> dict[str, float]:
    say(f"filling {engine} with {n:,} conversations")
    begun = time.monotonic()
    filled = fill(store, actor, (n, SEED), END, lambda _what, _done: None)
    seconds = time.monotonic() - begun
    return {"seconds": round(seconds, 1), "messages": filled.messages, "rows": filled.rows}


def _code() -> str:
    """What the file's content follows from: the generator, the schema and how the text index is built."""
    digest = hashlib.sha256()
    database = ROOT / "core" / "database"
    folders = (ROOT / "core" / "demo", database / "tables", database / "migrations")
    files = [path for folder in folders for path in folder.rglob("*") if path.suffix in {".py", ".txt"}]
    for path in sorted([*files, database / "loading.py", database / "reindex.py", ROOT / "core" / "words.py"]):
        digest.update(path.read_bytes())
    return digest.hexdigest()
