"""Waiting for a lock, and finding rows by their keys: what an engine is told."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from sqlalchemy import text

from core.access import Actor
from core.database import Store, Work, engines, images, turns


@pytest.fixture
def on_sqlite(sqlite_url: str) -> Iterator[Store]:
    with closing(Store.open(sqlite_url)) as store:
        yield store


def test_who_waits_for_sqlites_lock_asks_often_enough_to_meet_the_rest_of_a_job(
    on_sqlite: Store, alice: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[float] = []
    held = on_sqlite.engine.connect().execution_options(**{engines.WRITES: True})
    transaction = held.begin()

    def wait(seconds: float) -> None:
        asked.append(seconds)
        if len(asked) == 100:
            transaction.commit()
            held.close()

    monkeypatch.setattr("time.sleep", wait)
    on_sqlite.write(alice, lambda work: work.record("test.waited"))
    assert len(asked) == 100
    assert max(asked) * 4 < turns.REST_SECONDS


def test_postgresql_looks_the_rows_of_a_stretch_up_by_key_until_its_end(postgresql_url: str, alice: Actor) -> None:
    statement = text("EXPLAIN SELECT 1 FROM event_state JOIN event ON event.id = event_state.event_id")

    def plan(work: Work) -> str:
        return str(work.conn.execute(statement).all())

    def keyed(work: Work) -> str:
        images.lock(work.conn, [1])
        return plan(work)

    with closing(Store.open(postgresql_url)) as store:
        assert "Seq Scan" not in store.write(alice, keyed)
        assert "Seq Scan" in store.write(alice, plan)


def test_postgresql_plans_checks_of_references_once_in_a_stretch_and_all_else_for_its_values(
    postgresql_url: str, alice: Actor
) -> None:
    def mode(work: Work) -> str:
        return str(work.conn.execute(text("SHOW plan_cache_mode")).scalar_one())

    def keyed(work: Work) -> str:
        images.lock(work.conn, [1])
        return mode(work)

    with closing(Store.open(postgresql_url)) as store:
        assert store.write(alice, keyed) == "auto"
        assert store.write(alice, mode) == "force_custom_plan"
