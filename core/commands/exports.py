"""`export`: lists as files."""

from pathlib import Path
from typing import Annotated

import typer

from core.commands.app import Json, answer, app, open_store, require_writable
from core.messages import opt_outs

exports = typer.Typer(no_args_is_help=True)
app.add_typer(exports, name="export", help="Write a list into a file.")


@exports.command("optouts")
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
        rows = opt_outs.count(reader)
    answer(as_json, {"rows": rows, "output": str(output)}, f"{rows:,} opt-outs written to {output}.")
