"""What every command shares: the database, the acting user, and how an answer is printed."""

import json
import os
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from core import people, settings
from core.access import Actor
from core.database import Store
from core.errors import Invalid

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)
console = Console(stderr=True)
_opened = ExitStack()

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout; messages go to stderr.")]


@app.callback()
def begin(context: typer.Context) -> None:
    """Talkdeck on the command line."""
    context.call_on_close(_opened.close)


def open_store(*, must_exist: bool = False) -> tuple[Store, Actor]:
    """The database of the settings, closed with the command, and the user who acts on this machine.

    `must_exist`: for a command that has nothing to say about a new one.
    """
    store = Store.open(settings.load().url, must_exist=must_exist)
    _opened.callback(store.close)
    return store, people.local_actor(store)


def require_writable(target: Path) -> None:
    """Before anything is done whose result is to stand in this file.

    Raises: Invalid.
    """
    if target.is_dir() or not os.access(target if target.exists() else target.parent, os.W_OK):
        raise Invalid(f"{target} cannot be written. Name a file in a folder that is there.")


def answer(as_json: bool, values: dict[str, Any], sentence: str) -> None:
    """Print the answer: `values` as one JSON object on stdout, or the sentence."""
    typer.echo(json.dumps(values, ensure_ascii=False) if as_json else sentence)
