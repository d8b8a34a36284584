"""`user add`: users from the command line."""

from typing import Annotated

import typer

from core import people
from core.commands.app import Json, answer, app, open_store

user = typer.Typer(help="Users.", no_args_is_help=True)
app.add_typer(user, name="user")


@user.callback()
def users() -> None:
    """Users."""


@user.command("add")
def add(
    name: Annotated[str, typer.Argument(help="The user's name.")],
    email: Annotated[str | None, typer.Option(help="The user's e-mail address.")] = None,
    role: Annotated[
        list[str] | None,
        typer.Option(
            help="May be given again. manager: reviews, undoes for others; supervisor: cleans up in bulk, imports; "
            "analyst: looks and exports, without phones; admin: users and settings, sees no conversations."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Add a user who may sign in."""
    store, actor = open_store()
    user_id = store.write(actor, people.add, name, email, role or [])
    answer(as_json, {"user_id": user_id}, f"Added {name} with the roles {', '.join(sorted(role or [])) or 'none'}.")
