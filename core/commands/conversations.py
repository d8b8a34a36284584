"""`find`: the grid's own query."""

from typing import Annotated, Any

import typer
from sqlalchemy import Connection

from core import conversations, custom
from core.access import Actor
from core.commands.app import Json, answer, app, console, open_store
from core.conversations import Choices, ConversationFilter, Slice, Sort
from core.conversations.filters import FOLLOW_UPS
from core.conversations.paging import COLUMNS
from core.conversations.upkeep import activity_at
from core.custom.asked import parse
from core.errors import Invalid
from core.words import fold

SHOWN = (
    "id",
    "phone",
    "first_name",
    "last_name",
    "email",
    "stage",
    "amount_cents",
    "owner",
    "source",
    "unread_count",
    "message_count",
)


@app.command("find")
def find(  # noqa: PLR0913 - each option is one filter of the list
    tab: Annotated[str, typer.Option(help="all, hot, recents or archived.")] = "all",
    search: Annotated[str, typer.Option(help="Words, phone digits, or a “quoted phrase”.")] = "",
    tag: Annotated[list[str] | None, typer.Option(help="A tag by name; may be given again.")] = None,
    tags: Annotated[str, typer.Option(help="any, all or none of the tags.")] = "any",
    stage: Annotated[str | None, typer.Option(help="A stage by name, or “pipeline: stage”.")] = None,
    owner: Annotated[str | None, typer.Option(help="me, nobody, or a user by name.")] = None,
    open_deal: Annotated[bool | None, typer.Option(help="With, or without, an open deal.")] = None,
    follow_up: Annotated[str | None, typer.Option(help="due, planned or none.")] = None,
    field: Annotated[list[str] | None, typer.Option(help="“NAME:is:VALUE”, also from, to, any, none.")] = None,
    sort: Annotated[str, typer.Option(help="activity, name, amount or a field; + in front: upwards.")] = "activity",
    limit: Annotated[int, typer.Option(min=1, max=10_000_000, help="Conversations to print.")] = 50,
    after: Annotated[str | None, typer.Option(help="The `next` of the page before.")] = None,
    as_json: Json = False,
) -> None:
    """Find conversations: the same query as the list in the browser."""
    store, actor = open_store(must_exist=True)
    with store.read() as reader:
        asked = {"tab": tab, "search": search, "tag": tag, "tags": tags, "stage": stage, "owner": owner}
        further = {"open_deal": open_deal, "follow_up": follow_up, "field": field}
        wanted = wanted_by(reader, actor, {**asked, **further})
        order, said = order_by(conversations.choices(reader), sort)
        page = conversations.find(reader, wanted, order, Slice(limit, after), budget=None)
        count = conversations.count(reader, wanted)
    if said:
        console.print(said, markup=False, highlight=False)
    rows = [_plain(row) for row in page.rows.to_dict("records")]
    following = page.last if page.has_after else None
    lines = [f"{count.n:,} conversations"] + [f"{row['id']:>9}  {row['phone']:<16} {row['name']}" for row in rows]
    answer(as_json, {"count": count.n, "rows": rows, "next": following}, "\n".join(lines))


def wanted_by(reader: Connection, actor: Actor, asked: dict[str, Any]) -> ConversationFilter:
    """The filter that the options tab, search, tag, tags, stage, owner, open_deal, follow_up, field and archived ask
    for; the last two may be missing.

    Raises: Invalid.
    """
    if asked["tab"] not in conversations.TABS or asked["tags"] not in {"any", "all", "none"}:
        raise Invalid(f"--tab is one of {', '.join(conversations.TABS)}; --tags is any, all or none.")
    if asked["follow_up"] not in {None, *FOLLOW_UPS}:
        raise Invalid(f"--follow-up is one of {', '.join(FOLLOW_UPS)}.")
    known = conversations.choices(reader)
    values: dict[str, Any] = {
        "tab": asked["tab"],
        "search": asked["search"],
        "tags": tags_named(known, asked["tag"] or []),
        "tags_mode": asked["tags"],
        "has_open_deal": asked["open_deal"],
        "user_id": actor.id,
        "follow_up": asked["follow_up"],
        "include_archived": asked.get("archived", False),
        "custom": _fields(known, asked.get("field") or []),
    }
    return ConversationFilter(**values, **_stage(known, asked["stage"]), **_owner(known, asked["owner"]))


def _fields(known: Choices, listed: list[str]) -> tuple[str, ...]:
    ids = {fold(field.name): field.id for field in known.fields}
    found = []
    for text in listed:
        name, _, rest = text.partition(":")
        if fold(name) not in ids:
            raise Invalid(f"There is no field “{name}”.")
        try:
            found.append(str(parse(f"{ids[fold(name)]}:{rest}")))
        except ValueError as error:
            raise Invalid(f"--field {text}: write NAME:is:VALUE, also from and to, or NAME:any, NAME:none.") from error
    return tuple(found)


def order_by(known: Choices, text: str) -> tuple[Sort, str]:
    """The order that --sort asks for, and why it is another one.

    Raises: Invalid.
    """
    by = text.removeprefix("+")
    keys = {fold(field.name): custom.key(field.id) for field in known.fields}
    return known.usable(Sort(by if by in COLUMNS else keys.get(fold(by), by), not text.startswith("+")))


def _plain(row: dict[Any, Any]) -> dict[str, Any]:
    name = " ".join(f"{row['first_name']} {row['last_name']}".split())
    shown = {column: row[column] for column in (*SHOWN, "matched", "sentence") if column in row}
    tags = [tag for tag, _, _ in row["tags"]]
    return {**shown, "name": name, "active_at": activity_at(row["activity_key"]) or None, "tags": tags}


def tags_named(known: Choices, names: list[str]) -> tuple[int, ...]:
    """The ids of tags by name.

    Raises: Invalid.
    """
    ids = {fold(name): id_ for id_, name, _ in known.tags}
    missing = [name for name in names if fold(name) not in ids]
    if missing:
        raise Invalid(f"There is no tag “{missing[0]}”.")
    return tuple(ids[fold(name)] for name in names)


def _stage(known: Choices, name: str | None) -> dict[str, Any]:
    return {} if name is None else {"stages": stages_named(known, name)}


def stages_named(known: Choices, name: str) -> tuple[int, ...]:
    """The ids of the stages of this name; several where several pipelines have one.

    Raises: Invalid.
    """
    pipelines = dict(known.pipelines)
    spellings = [(id_, {fold(stage), fold(f"{pipelines[of]}: {stage}")}) for id_, stage, of in known.stages]
    found = tuple(id_ for id_, spelled in spellings if fold(name) in spelled)
    if not found:
        raise Invalid(f"There is no stage “{name}”.")
    return found


def _owner(known: Choices, name: str | None) -> dict[str, Any]:
    if name is None or name in {"me", "nobody"}:
        return {"owner_mode": {None: "anyone", "me": "mine", "nobody": "unassigned"}[name]}
    return {"owner_mode": "these", "owners": users_named(known, name)}


def users_named(known: Choices, name: str) -> tuple[int, ...]:
    """The ids of users by name.

    Raises: Invalid.
    """
    found = tuple(id_ for id_, owner in known.owners if fold(owner) == fold(name))
    if not found:
        raise Invalid(f"There is no user “{name}”.")
    return found
