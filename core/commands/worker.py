"""`worker`: carry out whatever waits, in a process of its own."""

import signal
from typing import Annotated, Any

import typer

from core import settings
from core.commands.app import app, console, open_store
from core.worker import Worker


@app.command("worker")
def work(
    once: Annotated[bool, typer.Option("--once", help="End when nothing waits any more.")] = False,
) -> None:
    """Carry out bulk jobs, undos and imports, beside the application or in its stead."""
    store, _ = open_store()
    worker = Worker(store, settings.load())

    def stop(_signal: int, _frame: Any) -> None:
        worker.stop()

    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, stop)
    console.print("At work. End with Ctrl+C: what is under way goes on at the next start.")
    worker.run(until_done=once)
