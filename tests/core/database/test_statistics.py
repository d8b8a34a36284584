"""The planner's figures on SQLite keep up with a database that grows slowly."""

from contextlib import closing

from sqlalchemy import insert, select, text

from core.database import Store, Work, statistics
from core.database.tables import contact, conversation, outbox
from core.database.tables.talk import IS_UNSETTLED
from core.settings import Settings
from core.worker import Worker
from tests.conftest import ALICE


def grow(work: Work, n: int) -> None:
    """So many more plain contacts."""
    first = work.take_ids("contact", n)
    ids = range(first, first + n)
    own = {"created_at": 1, "event_id": 1}
    work.conn.execute(insert(contact), [{"id": i, "phone": f"+1212{i:07}", **own} for i in ids])
    work.conn.execute(insert(conversation), [{"id": i, "activity_key": i << 20, "name_key": str(i)} for i in ids])


def known(store: Store) -> int:
    with store.read() as reader:
        found = reader.execute(text("SELECT stat FROM sqlite_stat1 WHERE tbl = 'conversation'")).scalars().all()
    return max(int(stat.split()[0]) for stat in found)


def test_the_worker_looks_when_there_is_much_more_than_before(sqlite_url: str) -> None:
    with closing(Store.open(sqlite_url)) as store:
        store.write(ALICE, grow, statistics.LEAST)
        Worker(store, Settings()).run(until_done=True)
        assert known(store) == statistics.LEAST
        store.write(ALICE, grow, statistics.LEAST)
        assert not statistics.refresh(store.engine)
        store.write(ALICE, grow, 2 * statistics.LEAST)
        assert statistics.refresh(store.engine)
        assert known(store) == 4 * statistics.LEAST


def test_few_rows_need_no_figures_and_postgresql_keeps_its_own(store: Store) -> None:
    store.write(ALICE, grow, statistics.LEAST - 1)
    assert not statistics.refresh(store.engine)
    store.write(ALICE, grow, 1)
    assert statistics.refresh(store.engine) == (store.engine.dialect.name == "sqlite")


def test_an_outbox_that_has_grown_is_read_by_what_is_due(sqlite_url: str) -> None:
    waits = {"state": "held", "body": "b", "origin": "workflow", "created_at": 1, "updated_at": 1, "event_id": 1}
    wanted = f"SELECT id FROM outbox WHERE {IS_UNSETTLED} AND due_at <= 5 ORDER BY due_at, id LIMIT 1"

    def put(work: Work) -> None:
        grow(work, 1)
        (id_,) = work.conn.execute(select(contact.c.id)).scalars()
        work.conn.execute(insert(outbox), [{"id": n, "contact_id": id_, "due_at": n, **waits} for n in range(1, 3_000)])

    with closing(Store.open(sqlite_url)) as store:
        store.write(ALICE, put)
        assert statistics.refresh(store.engine)
        with store.read() as reader:
            assert "ix_outbox_due" in str(reader.execute(text(f"EXPLAIN QUERY PLAN {wanted}")).all())
