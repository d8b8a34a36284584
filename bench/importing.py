"""Import of as many contacts as there are conversations, into an empty database, by the command line."""

import csv
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench import floor
from bench.data import END, ROOT, SEED, WORK, say
from bench.measure import timing
from bench.report import Row
from core.demo import facts

HEADER = (
    "first_name",
    "last_name",
    "phone",
    "email",
    "date_of_birth",
    "zip_code",
    "city",
    "state",
    "source",
    "created_at",
)
BETWEEN = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(code)
"""
"""A small process that starts the command: a child is never told to have used less memory than its parent had."""

TARGET = {"sqlite": "100,000 rows/s, 500 MB", "postgresql": "60,000 rows/s"}


def is_there() -> bool:
    """Whether the command line has the command."""
    asked = [sys.executable, "-m", "core", "import", "--help"]
    return subprocess.run(asked, cwd=ROOT, capture_output=True, check=False).returncode == 0


def imports(engine: str, url: str, floor_url: str, n: int) -> Iterator[Row]:
    """The first import, and the same file again, with rows a second and the memory of the largest process; and the bare
    driver writing the same rows into another empty database.
    """
    path = _file(n)
    taken = []
    for what in ("import of contacts into an empty database", "the same file again: all unchanged"):
        seconds, megabytes, said = _run(url, path)
        assert said["rows"] == n, said
        taken.append(seconds)
        note = f"{n / seconds:,.0f} rows/s, {megabytes:,} MB, start of the program included (budget: {TARGET[engine]})"
        yield Row("import", what, timing([seconds * 1_000], note))
    seconds = floor.seconds(url, floor_url)
    note = f"{n / seconds:,.0f} rows/s; the import takes {taken[0] / seconds:.2f} times as long"
    yield Row("import", "physical floor: bare driver, rows in memory", timing([seconds * 1_000], note))


def _file(n: int) -> Path:
    path = WORK / f"contacts-{n}.csv"
    if path.exists():
        return path
    say(f"writing a file of {n:,} contacts")
    drawn = random.Random(SEED)
    unfinished = path.with_suffix(".part")
    with unfinished.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for number in range(n):
            one = facts.person(drawn, number, n, SEED)
            place = one.place
            made = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(END - drawn.randrange(60_000_000)))
            cells = (
                one.first_name,
                one.last_name,
                one.phone,
                one.email,
                one.born,
                place.zip_code,
                place.city,
                place.state,
            )
            writer.writerow((*cells, one.source, made))
    return unfinished.rename(path)


def _run(url: str, path: Path) -> tuple[float, int, dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "TALKDECK_DATABASE_URL": url, "TALKDECK_DATA_DIR": folder}
        own = [sys.executable, "-m", "core", "import", "contacts", str(path), "--json"]
        command = [sys.executable, "-c", BETWEEN, *own]
        begun = time.perf_counter()
        said = subprocess.run(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout
        seconds = time.perf_counter() - begun
    *lines, largest = said.splitlines()
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return seconds, int(largest) // unit, json.loads("".join(lines))
