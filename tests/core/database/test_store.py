"""The unit of work: all or nothing, one event, tried again after a lost race, and nobody's update lost."""

import threading
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text, update

from core import people
from core.access import Actor, Right
from core.database import Change, Store, Work
from core.database.tables import change, event, event_state, user_preference
from core.errors import Conflict, NotAllowed, Unavailable
from tests import postgres

WRITERS = 4
STEPS = 50


def test_a_verb_that_raises_leaves_nothing_behind(store: Store, alice: Actor) -> None:
    def half(work: Work) -> None:
        work.record("test.half")
        raise Conflict("no")

    with store.read() as reader:
        before = store.revision(reader)
    with pytest.raises(Conflict):
        store.write(alice, half)
    with store.read() as reader:
        assert store.revision(reader) == before


def test_an_event_names_actor_verb_and_each_row_touched(store: Store, alice: Actor) -> None:
    def touch(work: Work) -> int:
        event_id = work.record("test.touch", note="why")
        assert work.account(event_id, 1, [Change("tag", 7, None, {"name": "a"}, {"name": "b"})]) == 2
        return event_id

    event_id = store.write(alice, touch)
    with store.read() as reader:
        row = reader.execute(select(event).where(event.c.id == event_id)).one()
        assert (row.user_id, row.verb, row.params) == (alice.id, "test.touch", '{"note":"why"}')
        assert (
            reader.execute(select(event_state.c.state).where(event_state.c.event_id == event_id)).scalar_one() == "done"
        )
        touched = reader.execute(select(change).where(change.c.event_id == event_id)).one()
        assert (touched.before, touched.after, len(touched.digest)) == ('{"name":"a"}', '{"name":"b"}', 32)


def test_a_request_id_is_answered_once(store: Store, alice: Actor) -> None:
    first = store.write(alice, lambda work: work.record("test.once", request_id="r1"))
    with pytest.raises(Conflict):
        store.write(alice, lambda work: work.record("test.once", request_id="r1"))
    assert store.write(alice, lambda work: work.answered("r1")) == {"event_id": first}


def test_writers_at_once_lose_no_update(store: Store, alice: Actor) -> None:
    store.write(
        alice, lambda work: work.conn.execute(insert(user_preference).values(user_id=1, key="n", value="0")) and None
    )

    def count_up(work: Work) -> None:
        mine = (user_preference.c.user_id == 1, user_preference.c.key == "n")
        value = int(work.conn.execute(select(user_preference.c.value).where(*mine).with_for_update()).scalar_one())
        work.conn.execute(update(user_preference).where(*mine).values(value=str(value + 1)))

    threads = [
        threading.Thread(target=lambda: [store.write(alice, count_up) for _ in range(STEPS)]) for _ in range(WRITERS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.read() as reader:
        assert people.preference(reader, 1, "n") == WRITERS * STEPS


def test_ids_come_in_blocks_that_never_overlap(store: Store, alice: Actor) -> None:
    taken: list[int] = []
    lock = threading.Lock()

    def take(_: int) -> None:
        first = store.write(alice, lambda work: work.take_ids("thing", 7))
        with lock:
            taken.extend(range(first, first + 7))

    threads = [threading.Thread(target=lambda: [take(n) for n in range(20)]) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(taken)) == len(taken) == WRITERS * 20 * 7


def test_a_reader_sees_one_state_throughout(store: Store, alice: Actor) -> None:
    if store.engine.dialect.name != "sqlite":
        with store.read() as reader:
            assert reader.execute(text("SHOW plan_cache_mode")).scalar_one() == "force_custom_plan"
        return
    with store.read() as reader:
        before = store.revision(reader)
        store.write(alice, lambda work: work.record("test.meanwhile"))
        assert store.revision(reader) == before


def test_sqlite_runs_as_this_application_needs_it(sqlite_url: str) -> None:
    store = Store.open(sqlite_url)
    with store.read() as reader:
        found = {
            name: reader.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    store.close()


def leave_alone(store: Store, actor: Actor) -> None:
    """Neither reading nor writing gets an answer."""
    with pytest.raises(Unavailable, match="cannot be reached"), store.read() as reader:
        store.revision(reader)
    with pytest.raises(Unavailable, match="cannot be reached"):
        store.write(actor, lambda work: work.record("test.away"))


def test_a_file_that_is_away_is_said(sqlite_url: str, tmp_path: Path, alice: Actor) -> None:
    with closing(Store.open(sqlite_url)) as store:
        store.engine.dispose()
        tmp_path.rename(tmp_path.with_name("elsewhere"))
        leave_alone(store, alice)
        tmp_path.with_name("elsewhere").rename(tmp_path)
        store.write(alice, lambda work: work.record("test.back"))


def test_a_server_that_is_away_is_said(alice: Actor) -> None:
    with postgres.running() as server, closing(Store.open(server.url("postgres"))) as store:
        with pytest.raises(Unavailable), store.read() as reader:  # noqa: PT012 - in the midst of a reading
            server.stop()
            store.revision(reader)
        leave_alone(store, alice)


def test_an_analyst_may_not_add_users_and_nothing_is_written(store: Store, vera: Actor) -> None:
    with store.read() as reader:
        before = store.revision(reader)
    with pytest.raises(NotAllowed, match=str(Right.USER_EDIT)):
        store.write(vera, people.add, "Eve", None, ["admin"])
    with store.read() as reader:
        assert store.revision(reader) == before
