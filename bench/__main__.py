"""`python -m bench`: measure, print the tables, and write bench/results.json. N=… sets the number of conversations."""

import argparse
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console

from bench import (
    bulk,
    data,
    datasette,
    exporting,
    filters,
    grid,
    importing,
    machine,
    measures,
    plain,
    refresh,
    report,
    search,
    sending,
    upkeep,
    words,
)
from bench.data import Set
from bench.report import Row
from tests import postgres

RESULTS = data.ROOT / "bench" / "results.json"
DEFAULT_N = 20_000


def main() -> None:
    """Everything, or the engine asked for."""
    asked = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    asked.add_argument("--n", type=int, default=int(os.environ.get("N") or DEFAULT_N), help="conversations")
    asked.add_argument("--engine", choices=("sqlite", "postgresql", "both"), default="both")
    wanted = asked.parse_args()
    data.stand_still()
    data.WORK.mkdir(exist_ok=True)
    results: dict[str, Any] = {"n": wanted.n, "machine": machine.describe(data.WORK)}
    with data.sqlite(wanted.n) as first:
        with first.store.read() as reader:
            workload = words.draw(reader, wanted.n)
        if wanted.engine != "postgresql":
            results["sqlite"] = _show(first, [*_ours(first, workload), *_imports("sqlite", wanted.n)])
    if wanted.engine != "sqlite":
        with postgres.running(data.SERVER) as server, data.postgresql(wanted.n, server) as second:
            results["postgresql_settings"] = machine.server_settings(server.url("bench").replace("+psycopg", ""))
            for name in ("imported", "floor"):
                server.execute(f"CREATE DATABASE {name}")
            rows = [
                *_ours(second, workload),
                *_imports("postgresql", wanted.n, (server.url("imported"), server.url("floor"))),
            ]
            results["postgresql"] = _show(second, rows)
    RESULTS.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")
    Console(width=190).print(
        {name: value for name, value in results.items() if name.startswith(("machine", "postgresql_"))}
    )


def _ours(measured: Set, workload: words.Workload) -> Iterator[Row]:
    data.say(f"measuring {measured.engine}: pages")
    yield from grid.pages(measured)
    data.say("searches")
    yield from search.searches(measured, workload)
    yield from upkeep.upkeep(measured)
    with filters.mirrored(measured) as (mirror, loaded):
        data.say("filters")
        yield loaded
        yield from refresh.refreshes(measured)
        yield from filters.filters(measured, mirror, data.END)
        yield from measures.measured(measured, mirror, data.END)
        data.say("straightforward SQL")
        yield from plain.plain(measured, mirror)
        if measured.engine == "sqlite":
            data.say("Datasette")
            yield from datasette.peer(measured, mirror)
    data.say("bulk")
    yield from bulk.bulks(measured)
    data.say("exports")
    yield from exporting.exports(measured)
    data.say("sending")
    yield from sending.sendings(measured)


def _imports(engine: str, n: int, urls: tuple[str, str] | None = None) -> Iterator[Row]:
    if not importing.is_there():
        return
    data.say("import")
    with tempfile.TemporaryDirectory(dir=data.WORK) as folder:
        files = [f"sqlite:///{Path(folder) / name}" for name in ("imported.db", "floor.db")]
        yield from importing.imports(engine, *(urls or files), n)


def _show(measured: Set, rows: list[Row]) -> dict[str, Any]:
    report.show(rows, measured.engine, measured.n)
    return {"built": measured.built, "rows": report.as_json(rows, measured.engine)}


if __name__ == "__main__":
    main()
