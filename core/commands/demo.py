"""`demo`: fill an empty database with believable conversations."""

import time
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from core import clock
from core.commands.app import Json, answer, app, console, open_store
from core.demo import fill


@app.command("demo")
def demo(
    conversations: Annotated[int, typer.Option(min=1, help="How many; ten messages each on average.")] = 5_000,
    seed: Annotated[int, typer.Option(min=0, help="Another seed gives other conversations.")] = 1,
    end: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day they end; today if left out.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Fill an empty database with demo data: the same for the same size, seed and end."""
    store, actor = open_store()
    end_at = clock.now() if end is None else int(end.replace(tzinfo=UTC).timestamp())
    begun = time.monotonic()
    with _bar() as bar:
        task = bar.add_task("Writing conversations", total=conversations)

        def report(what: str, done: int) -> None:
            if bar.tasks[task].description != what:
                bar.reset(task, description=what, total=conversations if done else None)
            bar.advance(task, done)

        filled = fill.fill(store, actor, (conversations, seed), end_at, report)
    seconds = round(time.monotonic() - begun, 1)
    values = {
        "event_id": filled.event_id,
        "conversations": filled.conversations,
        "messages": filled.messages,
        "deals": filled.deals,
        "rows": filled.rows,
        "seconds": seconds,
    }
    sentence = f"{filled.conversations:,} conversations with {filled.messages:,} messages in {seconds:,} seconds."
    answer(as_json, values, sentence)


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console)
