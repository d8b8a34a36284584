"""One new message with the upkeep of the text index, against one without; everything is rolled back."""

import random
from collections.abc import Iterator

from sqlalchemy import insert

from bench.data import END, SEED, Set
from bench.measure import once, timing
from bench.report import Row
from core.conversations.upkeep import refresh
from core.database import Work
from core.database.search import reindexing
from core.database.tables import message

MESSAGES = 300
MOST_TIMES = 2.5


class _Enough(Exception):
    """Raised to roll the measured writes back."""


def upkeep(data: Set) -> Iterator[Row]:
    """Both, in turn, each message to another conversation; the ratio stands beside the second."""
    plain: list[float] = []
    indexed: list[float] = []

    def measure(work: Work) -> None:
        drawn = random.Random(SEED)
        for number in range(MESSAGES):
            contact_id = drawn.randrange(1, data.n + 1)
            if number % 2:
                plain.append(once(lambda contact_id=contact_id: _add(work, contact_id)))
            else:
                indexed.append(once(lambda contact_id=contact_id: _add_indexed(work, contact_id)))
        raise _Enough

    try:
        data.store.write(data.actor, measure)
    except _Enough:
        without, with_index = timing(plain), timing(indexed)
        times = with_index.median / without.median
        yield Row("one new message", "without the text index (not committed)", without)
        note = f"{times:.1f} x without (budget: {MOST_TIMES} x)"
        yield Row("one new message", "with the text index", timing(indexed, note))


def _add_indexed(work: Work, contact_id: int) -> None:
    with reindexing(work.conn, [contact_id]):
        _add(work, contact_id)


def _add(work: Work, contact_id: int) -> None:
    body = "Could you call me about the sprinkler claim on Thursday, after the adjuster was there?"
    row = {"direction": "in", "body": body, "sent_at": END, "status": "received", "origin": "demo", "event_id": 1}
    work.conn.execute(insert(message).values(contact_id=contact_id, id=work.take_ids("message"), **row))
    refresh(work.conn, [contact_id], END)
