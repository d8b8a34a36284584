"""`export`: lists as files."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from core import conversations, exports, setup
from core.access import Actor
from core.commands.app import Json, answer, app, console, open_store, require_writable
from core.commands.conversations import order_by, wanted_by
from core.database import Store
from core.errors import Invalid
from core.exports import Done, Watch, Wish, place
from core.messages import opt_outs
from core.words import fold

commands = typer.Typer(no_args_is_help=True)
app.add_typer(commands, name="export", help="Write a list into a file.")


@commands.command("optouts")
def opted_out(
    output: Annotated[Path, typer.Option(help="The file to write: CSV, as `import optouts` reads it.")],
    as_json: Json = False,
) -> None:
    """Everybody who is out: phone, date, source, text."""
    store, actor = open_store(must_exist=True)
    require_writable(output)
    pieces = opt_outs.csv(store, actor)
    with output.open("wb") as target:
        target.writelines(pieces)
    with store.read() as reader:
        rows = opt_outs.count(reader, actor)
    answer(as_json, {"rows": rows, "output": str(output)}, f"{rows:,} opt-outs written to {output}.")


@commands.command("conversations")
def conversations_(  # noqa: PLR0913 - each option is one filter of the list, or one part of the file
    output: Annotated[Path, typer.Option(help="The file to write; what is known of it stands beside it.")],
    format_: Annotated[str, typer.Option("--format", help="csv, xlsx or parquet.")] = "csv",
    column: Annotated[list[str] | None, typer.Option(help="A column by name; may be given again, in order.")] = None,
    zone: Annotated[str, typer.Option(help="The zone of times; that of the settings if left out.")] = "",
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the file, whatever it holds.")] = False,
    tab: Annotated[str, typer.Option(help="all, hot, recents or archived.")] = "all",
    archived: Annotated[bool, typer.Option("--archived", help="Archived ones as well.")] = False,
    search: Annotated[str, typer.Option(help="Words, phone digits, or a “quoted phrase”.")] = "",
    tag: Annotated[list[str] | None, typer.Option(help="A tag by name; may be given again.")] = None,
    tags: Annotated[str, typer.Option(help="any, all or none of the tags.")] = "any",
    stage: Annotated[str | None, typer.Option(help="A stage by name, or “pipeline: stage”.")] = None,
    owner: Annotated[str | None, typer.Option(help="me, nobody, or a user by name.")] = None,
    open_deal: Annotated[bool | None, typer.Option(help="With, or without, an open deal.")] = None,
    follow_up: Annotated[str | None, typer.Option(help="due, planned or none.")] = None,
    field: Annotated[list[str] | None, typer.Option(help="“NAME:is:VALUE”, also from, to, any, none.")] = None,
    sort: Annotated[str, typer.Option(help="activity, name, amount or a field; + in front: upwards.")] = "activity",
    as_json: Json = False,
) -> None:
    """All conversations of the same filters as `find`, in the same order."""
    store, actor = open_store(must_exist=True)
    with store.read() as reader:
        asked = {"tab": tab, "search": search, "tag": tag, "tags": tags, "stage": stage, "owner": owner}
        further = {"open_deal": open_deal, "follow_up": follow_up, "field": field, "archived": archived}
        wanted, known = wanted_by(reader, actor, {**asked, **further}), conversations.choices(reader)
        order, said = order_by(known, sort)
        keys = _keys(exports.offered(known.fields), column) if column else exports.DEFAULT
        wish = Wish(wanted, order, keys, format_, zone or setup.load(reader).time_zone)
    if said:
        console.print(said, markup=False, highlight=False)
    place.check(output, store.engine.url.database or "", may_replace=overwrite)
    done = _write(store, actor, wish, output)
    values = {"rows": done.rows, "output": str(output), "about": str(place.beside(output)), "event_id": done.event_id}
    sentence = f"{done.rows:,} conversations written to {output}; what they are stands in {place.beside(output)}."
    answer(as_json, {**values, "sha256": done.about["sha256_of_rows"]}, sentence)


def _keys(offered: Mapping[str, str], names: Sequence[str]) -> tuple[str, ...]:
    keys = {fold(name): key for key, name in offered.items()}
    missing = [name for name in names if fold(name) not in keys]
    if missing:
        raise Invalid(f"There is no column “{missing[0]}”. Columns are {', '.join(offered.values())}.")
    return tuple(keys[fold(name)] for name in names)


def _write(store: Store, actor: Actor, wish: Wish, output: Path) -> Done:
    columns = (TextColumn("Exporting"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with place.written(output) as (file, about), Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("")
        done = exports.export(
            store,
            actor,
            wish,
            file,
            Watch(lambda _event_id, n: bar.update(task, total=n), lambda n: bar.update(task, completed=n)),
        )
        about |= done.about
    return done
