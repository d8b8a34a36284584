"""Conversations whose follow-up is due come back to the top of the list, out of the archive too."""

from sqlalchemy import literal_column, select

from core import bulk, clock, people
from core.database import Store
from core.database.tables import conversation

c = conversation.c


def bring_back(store: Store) -> int:
    """Mark what is due by now, the longest overdue first; returns how many, at most what is done at once."""
    waiting = select(c.id).where(c.is_due == literal_column("0"), c.follow_up_at <= clock.now())
    with store.read() as reader:
        ids = reader.execute(waiting.order_by(c.follow_up_at).limit(bulk.AT_ONCE)).scalars().all()
    if ids:
        bulk.start(store, people.SYSTEM, bulk.action("due"), bulk.choose("ticked", ids))
    return len(ids)
