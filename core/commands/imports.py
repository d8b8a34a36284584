"""`import`: files in from the command line."""

import gc
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn

from core import setup
from core.commands.app import Json, answer, app, console, open_store, require_writable
from core.errors import Invalid
from core.transfer import Choices, account, imports, open_import, own, run
from core.transfer.outlook import Counts
from core.transfer.own import Offered
from core.words import straight

SHOWN = 20


@app.command("import")
def import_file(  # noqa: PLR0913 - each option is one decision about the file
    kind: Annotated[str, typer.Argument(help="contacts, messages, deals, templates, optouts or workflows.")],
    file: Annotated[Path, typer.Argument(help="CSV, vCard, or a backup of SMS Backup & Restore.")],
    preset: Annotated[str, typer.Option(help="auto, own, or the name of a known kind of file.")] = "auto",
    column: Annotated[
        list[str] | None,
        typer.Option("--map", help="COLUMN=FIELD (your own by name); once or more, it replaces the preset's columns."),
    ] = None,
    encoding: Annotated[str, typer.Option(help="When the file is not Unicode, such as windows-1252.")] = "",
    time_zone: Annotated[str, typer.Option(help="Zone of times without one; the setting if left out.")] = "",
    date_order: Annotated[str, typer.Option(help="mdy or dmy; the setting if left out.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it would do; write nothing.")] = False,
    errors: Annotated[Path | None, typer.Option(help="Where to write the refused records, to be mended.")] = None,
    problems: Annotated[Path | None, typer.Option(help="Where to write every problem, remarks included.")] = None,
    as_json: Json = False,
) -> None:
    """Import a file; an import that was broken off goes on where it stood."""
    for target in (errors, problems):
        _require_writable(target, file)
    store, actor = open_store()
    with store.read() as reader:
        known, offered = setup.load(reader), own.offered(reader)
    choices = Choices(preset, _mapping(column, offered), encoding, time_zone, date_order, offered)
    with open_import(file, kind, known, choices) as source, _bar(source.text.size) as progress:
        if dry_run:
            found = imports.preview(store, source, progress=progress)
            _list(found.problems, found.problem_count)
            _report(found.counts, None, as_json)
            return
        event_id = imports.take(store, actor, source)
        pace = run.Pace(run.COMMAND_SECONDS, 0, progress)
        gc.disable()  # millions of rows come and go, none of them in a circle
        counts = run.carry_out(store, actor, event_id, known, pace)
    with store.read() as reader:
        if errors:
            _write(errors, imports.rejects_file(reader, event_id))
        if problems:
            _write(problems, account.problems_file(reader, event_id))
        _list(imports.problems(reader, event_id, limit=SHOWN), account.problem_count(reader, event_id))
    _report(counts, event_id, as_json)


def _require_writable(target: Path | None, file: Path) -> None:
    """Before the import, because afterwards it is done."""
    if target is None:
        return
    if target.exists() and file.exists() and target.samefile(file):
        raise Invalid(f"{target} is the file to import, and would be written over. Name another.")
    require_writable(target)


def _write(target: Path, pieces: Iterator[bytes]) -> None:
    with target.open("wb") as file:
        file.writelines(pieces)


def _list(problems: pd.DataFrame, total: int) -> None:
    """The first problems; values in quotes, with whatever would drive a terminal spelled out."""
    for problem in problems.head(SHOWN).itertuples():
        where = " ".join(filter(None, (f"line {problem.line}", straight(str(problem.column)))))
        value = json.dumps(straight(str(problem.value)), ensure_ascii=False)
        outcome = "rejected" if problem.is_rejected else "imported"
        console.print(f"{where}: {value}: {problem.reason} ({outcome})", markup=False, highlight=False)
    if total > SHOWN:
        console.print(f"These are {SHOWN} of {total:,} problems. --problems FILE writes them all.")


def _mapping(pairs: list[str] | None, offered: Offered) -> dict[str, str] | None:
    """Column -> field; a field of one's own by its name."""
    if not pairs:
        return None
    parts = (pair.rpartition("=") for pair in pairs)
    return {column: own.called(offered, field) or field for column, _, field in parts}


def _report(counts: Counts, event_id: int | None, as_json: bool) -> None:
    values = {"rows": counts.rows, **asdict(counts), "event_id": event_id}
    parts = ", ".join(f"{n:,} {name}" for name, n in asdict(counts).items())
    made = "Nothing was written." if event_id is None else f"Take it back with: python -m core undo {event_id}"
    answer(as_json, values, f"{counts.rows:,} records: {parts}. {made}")


@contextmanager
def _bar(size: int) -> Iterator[run.Progress]:
    with Progress(
        TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeElapsedColumn(), console=console
    ) as bar:
        task = bar.add_task("Reading", total=size)

        def progress(done: int, _total: int, counts: Counts) -> None:
            bar.update(task, completed=done, description=f"{counts.rows:,} records")

        yield progress
