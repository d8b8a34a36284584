"""Filling an empty database with demo data: one event in one transaction, so a fill that dies leaves nothing behind."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import func, select

from core.access import Actor, Right
from core.conversations.upkeep import SHIFT
from core.database import Store, Work, loading, reindex
from core.database.tables import conversation, metadata, pipeline, tag, template, workflow
from core.demo import facts, reference, stream
from core.demo.columns import COLUMNS, NUMBERED
from core.demo.stories import DAY
from core.errors import Conflict, Invalid

MOST = min(1 << SHIFT, facts.capacity())
"""More would share activity keys."""

Progress = Callable[[str, int], None]


@dataclass(frozen=True)
class Filled:
    """What a fill made."""

    event_id: int
    conversations: int
    messages: int
    deals: int
    rows: int


def fill(store: Store, actor: Actor, size: tuple[int, int], end_at: int, progress: Progress) -> Filled:
    """Make `size` = (conversations, seed) conversations that end at the start of the UTC day of `end_at`.

    The same size and day give the same rows in a database that was never used. `progress` is told what is being done
    and how many more conversations are done.
    Raises: NotAllowed; Invalid for a size that cannot be; Conflict when the database holds data already.
    """
    filled = store.write(actor, _fill, *size, end_at // DAY * DAY, progress)
    progress("Taking the planner's figures", 0)
    loading.settle(store.engine)
    return filled


def _fill(work: Work, conversations: int, seed: int, end_at: int, progress: Progress) -> Filled:
    work.actor.require(Right.IMPORT_RUN)
    if not 1 <= conversations <= MOST:
        raise Invalid(f"Demo data has 1 to {MOST:,} conversations; {conversations:,} were asked for.")
    _require_empty(work)
    event_id = work.record("demo.fill", conversations=conversations, seed=seed, end_at=end_at)
    plan = reference.build(work, event_id, conversations, seed, end_at)
    loading.hurry(work.conn)
    counts = dict.fromkeys(COLUMNS, 0)
    with loading.unindexed(work.conn, list(COLUMNS)):
        for chunk in stream.chunks(plan):
            for name, rows in _numbered(work, chunk).items():
                loading.load(work.conn, metadata.tables[name], rows)
                counts[name] += rows.num_rows
            progress("Writing conversations", chunk["conversation"].num_rows)
        progress("Making indexes", 0)
    reindex.rebuild(work.conn, lambda n: progress("Indexing words", n))
    return Filled(event_id, conversations, counts["message"], counts["deal"], sum(counts.values()))


def _require_empty(work: Work) -> None:
    for table, words in (
        (conversation, "conversations"),
        (tag, "tags"),
        (pipeline, "pipelines"),
        (template, "templates"),
        (workflow, "workflows"),
    ):
        n = work.conn.execute(select(func.count()).select_from(table)).scalar_one()
        if n:
            raise Conflict(
                f"The database holds {n:,} {words} already, and demo data goes into an empty one only. "
                "Name another database in TALKDECK_DATABASE_URL, or another folder in TALKDECK_DATA_DIR."
            )


def _numbered(work: Work, chunk: dict[str, pa.Table]) -> dict[str, pa.Table]:
    """The chunk with ids of this database instead of its own, which count from 0."""
    first = {name: work.take_ids(name, chunk[name].num_rows) for name in _counted()}
    for name, columns in NUMBERED.items():
        for column, counter in columns.items():
            at = chunk[name].schema.get_field_index(column)
            chunk[name] = chunk[name].set_column(at, column, pc.add(chunk[name][column], first[counter]))
    return chunk


def _counted() -> Iterable[str]:
    return sorted({counter for columns in NUMBERED.values() for counter in columns.values()})
