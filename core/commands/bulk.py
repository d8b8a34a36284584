"""`bulk` and `undo`: the actions of the list over the filters of `find`, and any event taken back."""

import time
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy import Connection

from core import bulk, conversations, jobs, setup, times, undo, workflows
from core.access import Actor
from core.commands.app import Json, answer, app, console, open_store
from core.commands.conversations import stages_named, tags_named, users_named, wanted_by
from core.database import Store
from core.errors import AppError, Conflict, Invalid
from core.transfer import run
from core.transfer import undo as import_undo
from core.words import fold

LOOK_SECONDS = 0.5


@app.command("bulk")
def act(  # noqa: PLR0913 - each option is one filter of the list, or one part of the action
    action: Annotated[str, typer.Argument(help=f"{', '.join(bulk.OFFERED)}.")],
    to: Annotated[
        list[str] | None,
        typer.Option(help="Tags, workflow, “pipeline: stage” or owner by name (nobody: none); when to follow up."),
    ] = None,
    amount: Annotated[float | None, typer.Option(help="With move: the deal's amount.")] = None,
    keep_enrollments: Annotated[bool, typer.Option(help="With archive: live enrollments go on.")] = False,
    tab: Annotated[str, typer.Option(help="all, hot, recents or archived.")] = "all",
    search: Annotated[str, typer.Option(help="Words, phone digits, or a “quoted phrase”.")] = "",
    tag: Annotated[list[str] | None, typer.Option(help="A tag by name; may be given again.")] = None,
    tags: Annotated[str, typer.Option(help="any, all or none of the tags.")] = "any",
    stage: Annotated[str | None, typer.Option(help="A stage by name, or “pipeline: stage”.")] = None,
    owner: Annotated[str | None, typer.Option(help="me, nobody, or a user by name.")] = None,
    open_deal: Annotated[bool | None, typer.Option(help="With, or without, an open deal.")] = None,
    follow_up: Annotated[str | None, typer.Option(help="due, planned or none.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it would do; write nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Do something to all conversations that match."""
    store, actor = open_store(must_exist=True)
    with store.read() as reader:
        asked = {"tab": tab, "search": search, "tag": tag, "tags": tags, "stage": stage, "owner": owner}
        further = {"open_deal": open_deal, "follow_up": follow_up}
        selection = bulk.choose_all(reader, wanted_by(reader, actor, {**asked, **further}))
        wish = bulk.action(action, **_params(reader, action, to or [], amount, keep_enrollments))
    if dry_run or not len(selection):
        found = bulk.preview(store, actor, wish, selection)
        counts = {"selected": found.total, "changed": found.changed, "already": found.already, "skipped": found.skipped}
        lines = [found.words, *(f"{group.n:>9,} {group.words}" for group in found.groups), "Nothing was written."]
        answer(as_json, {"event_id": None, **counts, "failed": 0}, "\n".join(lines))
        return
    event_id = bulk.start(store, actor, wish, selection)
    done = _see_through(store, event_id)
    counts = {name: getattr(done, name) for name in ("changed", "already", "skipped", "failed")}
    said = ", ".join(f"{n:,} {name}" for name, n in counts.items())
    sentence = f"{done.total:,} conversations: {said}. Take it back with: python -m core undo {event_id}"
    answer(as_json, {"event_id": event_id, "selected": done.total, **counts}, sentence)
    if done.state in {"failed", "cancelled"}:
        raise AppError(f"It is {done.state}: {done.left:,} conversations were not reached. {done.message}")


@app.command("undo")
def take_back(
    event_id: Annotated[int, typer.Argument(min=1, max=2**62, help="The event, as `bulk` or `import` told it.")],
    as_json: Json = False,
) -> None:
    """Take an event back: what it changed is restored, what it inserted is deleted; rows changed since are kept."""
    store, actor = open_store(must_exist=True)
    with store.read() as reader:
        found = jobs.status(reader, event_id)
    if found.verb.startswith("import."):
        undo_id, kept = _undo_import(store, actor, event_id, found.state == "undoing")
    else:
        undo_id = undo.start(store, actor, event_id)
        kept = _see_through(store, undo_id).skipped
    with store.read() as reader:
        state = jobs.status(reader, event_id).state
    sentence = f"Event {event_id} was taken back" + (f", but for {kept:,} rows changed since." if kept else ".")
    answer(as_json, {"event_id": undo_id, "undone_event_id": event_id, "state": state, "kept": kept}, sentence)


def _undo_import(store: Store, actor: Actor, event_id: int, is_begun: bool) -> tuple[int | None, int]:
    undo_id = None if is_begun else undo.start(store, actor, event_id)
    return undo_id, import_undo.carry_out(store, actor, event_id, run.Pace(run.COMMAND_SECONDS, 0))


def _see_through(store: Store, event_id: int) -> jobs.Status:
    """Carry a job out here, or watch the worker that was quicker; returns how it ended."""
    with store.read() as reader:
        found = jobs.status(reader, event_id)
    with _bar() as bar:
        task = bar.add_task("Conversations", total=found.total, completed=found.done)

        def go_on() -> bool:
            with store.read() as reader:
                bar.update(task, completed=jobs.status(reader, event_id).done)
            return True

        while found.is_running:
            try:
                (bulk if found.undoes_event_id is None else undo).carry_out(store, event_id, go_on)
            except Conflict:
                time.sleep(LOOK_SECONDS)
            with store.read() as reader:
                found = jobs.status(reader, event_id)
            bar.update(task, completed=found.done)
    return found


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console)


def _params(
    reader: Connection, name: str, to: list[str], amount: float | None, keep_enrollments: bool
) -> dict[str, Any]:
    """The parameters of an action from the options of the command.

    Raises: Invalid.
    """
    known = conversations.choices(reader)
    if name in {"tag", "untag"}:
        return {"tag_ids": tags_named(known, to)}
    if name == "archive":
        return {"stop_enrollments": not keep_enrollments}
    if name not in {"assign", "enroll", "stop", "move", "follow_up"}:
        return {}
    if name == "stop" and not to:
        return {"workflow_id": None}
    if len(to) != 1:
        raise Invalid("Say with --to, once, whom or what.")
    if name == "follow_up":
        return {"at": _moment(reader, to[0])}
    if name == "assign":
        return {"owner_id": None if to[0] == "nobody" else users_named(known, to[0])[0]}
    if name == "move":
        stages = stages_named(known, to[0])
        if len(stages) > 1:
            raise Invalid(f"Several pipelines have a stage “{to[0]}”. Give it as “pipeline: stage”.")
        return {"stage_id": stages[0], "amount_cents": None if amount is None else round(amount * 100)}
    found = [each.id for each in workflows.find(reader) if fold(each.name) == fold(to[0])]
    if not found:
        raise Invalid(f"There is no workflow “{to[0]}”.")
    return {"workflow_id": found[0]}


def _moment(reader: Connection, text: str) -> int:
    """UTC seconds of such as 2026-01-05 or 2026-01-05 14:30, in the zone of the settings; a day begins at nine.

    Raises: Invalid.
    """
    chosen = setup.load(reader)
    try:
        return times.moment(text if ":" in text else f"{text} 09:00", ZoneInfo(chosen.time_zone), chosen.date_order)
    except Invalid as error:
        raise Invalid(f"“{text}” is no day or time; give one such as 2026-01-05 14:30.") from error
