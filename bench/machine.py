"""What the figures were taken on: memory, cores, disk, versions, settings of the servers."""

import os
import platform
import sqlite3
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psycopg

MEBIBYTE = 1 << 20
SETTINGS = ("server_version", "shared_buffers", "work_mem", "fsync", "synchronous_commit", "max_wal_size")


def describe(folder: Path) -> dict[str, Any]:
    """The machine, as far as it matters; the disk is that of `folder`."""
    return {
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_mb": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // MEBIBYTE,
        "load": round(os.getloadavg()[0], 1),
        "disk_write_mb_per_s": disk_write(folder),
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        **{name: version(name) for name in ("SQLAlchemy", "psycopg", "duckdb", "datasette")},
    }


def disk_write(folder: Path, megabytes: int = 256) -> int:
    """Megabytes a second of a sequential write that is on the disk at the end."""
    path = folder / "disk.probe"
    block = os.urandom(MEBIBYTE)
    begun = time.perf_counter()
    with path.open("wb") as file:
        for _ in range(megabytes):
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
    return round(megabytes / (time.perf_counter() - begun))


def server_settings(address: str) -> dict[str, str]:
    """What the PostgreSQL server was told."""
    with psycopg.connect(address) as connection:
        return {name: str(connection.execute(f"SHOW {name}").fetchone()[0]) for name in SETTINGS}  # type: ignore[index]
