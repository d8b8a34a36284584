"""Exports of all conversations, fifteen columns, by the command line; beside them what others take for these rows."""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.data import ROOT, WORK, Set
from bench.importing import BETWEEN
from bench.measure import timing
from bench.report import Row

COLUMNS = (
    *("phone", "first_name", "last_name", "email", "date_of_birth", "zip_code", "city", "state", "source", "owner"),
    *("stage", "amount", "tags", "unread", "active_at"),
)
FORMATS = {"csv": "CSV", "parquet": "Parquet", "xlsx": "Excel"}
TIMES = 3
MEGABYTES = 250

PANDAS = """
import sys, time, resource
import pandas as pd, pyarrow.parquet as pq
table = pq.ParquetFile(sys.argv[1])
seconds = 0.0
with open(sys.argv[2], "w", encoding="utf-8", newline="") as target:
    for n, batch in enumerate(table.iter_batches(50_000)):
        frame = batch.to_pandas()
        begun = time.perf_counter()
        frame.to_csv(target, index=False, header=n == 0)
        seconds += time.perf_counter() - begun
print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""
DUCKDB = """
import sys, time, resource
import duckdb
connection = duckdb.connect()
connection.execute(f"CREATE TABLE rows AS FROM read_parquet('{sys.argv[1]}')")
begun = time.perf_counter()
connection.execute(f"COPY rows TO '{sys.argv[2]}'")
print(time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def exports(measured: Set) -> Iterator[Row]:
    """Our three formats from the database; by pandas and DuckDB the writing alone, from rows in memory; the disk."""
    url = measured.store.engine.url.render_as_string(hide_password=False)
    with tempfile.TemporaryDirectory(dir=WORK) as folder:
        ours: dict[str, list[float]] = {name: [] for name in FORMATS}
        processor: dict[str, list[float]] = {name: [] for name in FORMATS}
        memory: dict[str, int] = dict.fromkeys(FORMATS, 0)
        for _ in range(TIMES):
            for name in FORMATS:
                seconds, cpu, megabytes = _run(url, Path(folder) / f"rows.{name}", name)
                ours[name].append(seconds * 1_000)
                processor[name].append(cpu)
                memory[name] = max(memory[name], megabytes)
        for name, said in FORMATS.items():
            size = (Path(folder) / f"rows.{name}").stat().st_size >> 20
            note = f"{size:,} MB; processor {sorted(processor[name])[TIMES // 2]:.1f} s; "
            note += f"memory {memory[name]:,} MB (budget: {MEGABYTES})"
            budget = f"export {name}" if name != "xlsx" else ""
            yield Row(
                "export", f"15 columns as {said}, start of the program included", timing(ours[name], note), budget
            )
        yield from _others(Path(folder))


def _others(folder: Path) -> Iterator[Row]:
    rows, target = folder / "rows.parquet", folder / "other.csv"
    for what, script in (("pandas to_csv in chunks", PANDAS), ("DuckDB COPY", DUCKDB)):
        answers = [_script(script, rows, target) for _ in range(TIMES)]
        note = f"{target.stat().st_size >> 20:,} MB; memory {max(int(megabytes) for _, megabytes in answers):,} MB"
        yield Row(
            "export", f"{what}: writing alone, rows in memory", timing([float(s) * 1_000 for s, _ in answers], note)
        )
    content = (folder / "rows.csv").read_bytes()
    yield Row(
        "export",
        "physical floor: the CSV's bytes onto the disk",
        timing([_write(target, content) for _ in range(TIMES)]),
    )


def _script(script: str, *files: Path) -> list[str]:
    command = [sys.executable, "-c", script, *map(str, files)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


def _write(target: Path, content: bytes) -> float:
    begun = time.perf_counter()
    with target.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return (time.perf_counter() - begun) * 1_000


def _run(url: str, path: Path, name: str) -> tuple[float, float, int]:
    """Seconds by the wall, of the processor, and megabytes of memory at most."""
    columns = [part for column in COLUMNS for part in ("--column", column)]
    own = [sys.executable, "-m", "core", "export", "conversations", "--archived", "--format", name, *columns]
    environment = {**os.environ, "TALKDECK_DATABASE_URL": url, "TALKDECK_DATA_DIR": str(path.parent)}
    command = [sys.executable, "-c", BETWEEN, *own, "--output", str(path), "--json"]
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    said = subprocess.run(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout
    seconds, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    *lines, largest = said.splitlines()
    assert json.loads("".join(lines))["rows"], said
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, cpu, int(largest) // (1 << 20 if sys.platform == "darwin" else 1 << 10)
