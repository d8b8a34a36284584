"""How long the mirror takes to follow 1,000 changed conversations, which are really written and committed."""

import random
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import update

from bench.data import END, SEED, WORK, Set, say
from bench.measure import once, timing
from bench.report import Row
from core import conversations
from core.analytics import inbox
from core.analytics.mirror import Mirror
from core.conversations import ConversationFilter
from core.database import Change, Store, Work
from core.database.tables import conversation

CHANGES = 1_000
ROUNDS = 20
"""An even number: every second round takes back what the one before has changed."""


def refreshes(data: Set) -> Iterator[Row]:
    """One event of 1,000 changes after the other, each followed by one refresh; equal to the database at the end."""
    say("refreshing the mirror")
    drawn = random.Random(SEED)
    with _scratch(data) as store:
        mirror = Mirror(store)
        mirror.step()
        taken = []
        for number in range(ROUNDS):
            if number % 2 == 0:
                ids = drawn.sample(range(1, data.n + 1), min(CHANGES, data.n))
            store.write(data.actor, _change, ids)
            taken.append(once(mirror.step))
            with store.read() as reader:
                assert mirror.current(store.revision(reader)), mirror.status
        _check(store, mirror)
    yield Row("mirror", f"refresh after {CHANGES:,} changes", timing(taken), "refresh")


@contextmanager
def _scratch(data: Set) -> Iterator[Store]:
    """A copy of the SQLite file, which is kept; the rows on PostgreSQL are as before at the end, but for the events."""
    if data.engine != "sqlite":
        yield data.store
        return
    with tempfile.TemporaryDirectory(dir=WORK) as folder:
        path = Path(folder) / "scratch.db"
        with (
            closing(sqlite3.connect(f"file:{data.store.engine.url.database}?mode=ro", uri=True)) as kept,
            closing(sqlite3.connect(path)) as copy,
        ):
            kept.backup(copy)
        with closing(Store.open(f"sqlite:///{path}")) as store:
            yield store


def _change(work: Work, ids: list[int]) -> None:
    event_id = work.record("conversation.hot")
    changed = update(conversation).where(conversation.c.id.in_(ids))
    work.conn.execute(changed.values(is_hot=1 - conversation.c.is_hot))
    work.account(event_id, 1, [Change("conversation", id_, id_) for id_ in ids])


def _check(store: Store, mirror: Mirror) -> None:
    hot = ConversationFilter(tab="hot", active_to=END)
    with store.read() as reader:
        assert inbox.count(mirror, hot) == conversations.count(reader, hot).n
