"""How long the mirror takes to follow changed conversations and deals, which are really written and committed."""

import random
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import case, func, select, update

from bench.data import END, SEED, WORK, Set, say
from bench.measure import once, timing
from bench.report import Row
from core import conversations, people
from core.analytics import inbox, measures
from core.analytics.asked import Asked
from core.analytics.mirror import Mirror
from core.conversations import ConversationFilter
from core.database import Change, Store, Work
from core.database.tables import conversation, deal

CHANGES = (10, 1_000)
ROUNDS = 10
"""An even number: every second round takes back what the one before has changed."""


def refreshes(data: Set) -> Iterator[Row]:
    """One event of so many changes after the other, each followed by one refresh; equal to the database at the end."""
    say("refreshing the mirror")
    with _scratch(data) as store:
        mirror = Mirror(store)
        mirror.step()
        for n in CHANGES:
            taken = _followed(data, store, mirror, n, _change)
            yield Row("mirror", f"refresh after {n:,} changes", timing(taken), "refresh" if n == CHANGES[-1] else "")
            taken = _followed(data, store, mirror, n, _quote)
            yield Row("mirror", f"refresh after {n:,} deals with another amount", timing(taken))
        _check(store, mirror)


def _followed(data: Set, store: Store, mirror: Mirror, n: int, verb: Callable[[Work, list[int]], None]) -> list[float]:
    """Milliseconds of each refresh."""
    drawn = random.Random(SEED)
    taken = []
    for number in range(ROUNDS):
        if number % 2 == 0:
            ids = drawn.sample(range(1, data.n + 1), min(n, data.n))
        store.write(data.actor, verb, ids)
        taken.append(once(mirror.step))
        with store.read() as reader:
            assert mirror.current(store.revision(reader)), mirror.status
    return taken


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


def _quote(work: Work, ids: list[int]) -> None:
    """All deals of these contacts: a hundred dollars more, or less again."""
    event_id = work.record("test.quote")
    more = case((deal.c.version % 2 == 1, 10_000), else_=-10_000)
    changed = update(deal).where(deal.c.contact_id.in_(ids))
    work.conn.execute(changed.values(amount_cents=deal.c.amount_cents + more, version=deal.c.version + 1))
    work.account(event_id, 1, [Change("deal", None, id_) for id_ in ids])


def _check(store: Store, mirror: Mirror) -> None:
    hot = ConversationFilter(tab="hot", active_to=END)
    with store.read() as reader:
        assert inbox.count(mirror, hot) == conversations.count(reader, hot).n
        owed = reader.execute(select(func.coalesce(func.sum(deal.c.amount_cents), 0))).scalar_one()
    frame = measures.figures(mirror, people.local_actor(store), "value_by_stage", Asked(0, END)).frame
    assert frame["amount_cents"].sum() == owed
