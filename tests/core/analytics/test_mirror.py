"""The mirror follows every kind of write, however it is spread over time and transactions."""

import random
import time

import pytest
from sqlalchemy import Connection

from core.access import Actor
from core.analytics import inbox
from core.analytics import mirror as room
from core.analytics.mirror import Mirror
from core.conversations import ConversationFilter
from core.database import Store, Work
from tests.core.analytics import verbs


def test_each_kind_of_write_is_followed(filled: Store, alice: Actor, mirror: Mirror) -> None:
    ids = verbs.ids(mirror)
    writes = (
        lambda: filled.write(alice, verbs.mark, ids[:20], is_archived=1, owner_id=2),
        lambda: filled.write(alice, verbs.mark, ids[10:30], is_archived=0, name_key="zz"),
        lambda: filled.write(alice, verbs.mark, ids[:3], source="a source never seen before"),
        lambda: filled.write(alice, verbs.tag, ids[4], 2),
        lambda: filled.write(alice, verbs.tag, ids[4], 2),
        lambda: filled.write(alice, verbs.sell, ids[5], 21),
        lambda: filled.write(alice, verbs.erase, ids[6:9]),
    )
    for write in writes:
        write()
        assert not mirror.current(verbs.revision(filled))
        mirror.step()
        assert mirror.current(verbs.revision(filled))
        assert verbs.equals(filled, mirror)
    assert (inbox.facets(mirror, verbs.EVERYTHING) or {})["sources"]["a source never seen before"] == 3


@pytest.mark.usefixtures("bits")
def test_writes_at_random_are_followed(filled: Store, alice: Actor, mirror: Mirror, is_full: bool) -> None:
    rng = random.Random(9)
    ids = verbs.ids(mirror)
    for _ in range(200 if is_full else 15):
        for _ in range(rng.randint(1, 6)):
            some = rng.sample(ids, rng.randint(1, 9))
            flags = {"is_hot": rng.randint(0, 1), "unread_count": rng.randint(0, 2), "amount_key": rng.randint(-1, 9)}
            kinds = (
                lambda some=some, flags=flags: filled.write(alice, verbs.mark, some, **flags),
                lambda some=some: filled.write(alice, verbs.tag, some[0], rng.randint(1, 8)),
                lambda some=some: filled.write(alice, verbs.sell, some[0], rng.choice((10, 11, 22))),
            )
            rng.choice(kinds)()
        mirror.step()
        assert verbs.equals(filled, mirror)
    fresh = Mirror(filled)
    fresh.step()
    for wanted in (verbs.EVERYTHING, ConversationFilter(tags=(2, 5)), ConversationFilter(stages=(10, 22))):
        assert inbox.facets(mirror, wanted) == inbox.facets(fresh, wanted)
        assert inbox.count(mirror, wanted) == inbox.count(fresh, wanted)


def test_a_running_job_is_followed_chunk_by_chunk(filled: Store, alice: Actor, mirror: Mirror) -> None:
    ids = verbs.ids(mirror)
    job = filled.write(alice, verbs.record, "conversation.archive", "queued")
    filled.write(alice, verbs.mark, ids[:1], is_hot=1)  # a later event, so the job's id is not the highest
    mirror.step()
    for place, n in enumerate(range(0, 60, 20)):
        filled.write(alice, verbs.end, job, "running")
        filled.write(alice, verbs.chunk, job, n + 1, ids[n : n + 20])
        mirror.step()
        assert verbs.equals(filled, mirror), place
        assert not mirror.current(job)  # its next rows come without a new event
    filled.write(alice, verbs.chunk, job, 61, ids[60:80])
    filled.write(alice, verbs.end, job)
    mirror.step()
    assert verbs.equals(filled, mirror)
    assert mirror.current(job)


def test_a_mirror_loaded_in_the_middle_of_a_job_follows_its_rest(filled: Store, alice: Actor, mirror: Mirror) -> None:
    ids = verbs.ids(mirror)
    job = filled.write(alice, verbs.record, "conversation.archive", "running")
    filled.write(alice, verbs.chunk, job, 1, ids[:20])
    late = Mirror(filled)
    late.step()
    filled.write(alice, verbs.chunk, job, 21, ids[20:40])
    late.step()
    assert verbs.equals(filled, late)


def test_an_import_is_followed_although_it_writes_no_change(filled: Store, alice: Actor, mirror: Mirror) -> None:
    run = filled.write(alice, verbs.record, "import.contacts", "running")
    for _ in range(3):
        filled.write(alice, verbs.add, run, 5)
        mirror.step()
        assert verbs.equals(filled, mirror)
    filled.write(alice, verbs.add, run, 5)
    filled.write(alice, verbs.end, run)
    mirror.step()
    assert verbs.equals(filled, mirror)


def test_an_import_in_one_transaction_is_followed(filled: Store, alice: Actor, mirror: Mirror) -> None:
    def run(work: Work) -> None:
        verbs.add(work, work.record("import.contacts"), 5)

    filled.write(alice, run)
    mirror.step()
    assert verbs.equals(filled, mirror)


def test_an_import_taken_back_is_gone_when_the_undo_has_ended(filled: Store, alice: Actor, mirror: Mirror) -> None:
    run = filled.write(alice, verbs.record, "import.contacts", "running")
    new = filled.write(alice, verbs.add, run, 8)
    filled.write(alice, verbs.end, run)
    mirror.step()
    undo = filled.write(alice, verbs.record, "event.undo", "running", run)
    filled.write(alice, verbs.remove, new)
    mirror.step()
    assert not mirror.current(verbs.revision(filled))  # it cannot tell what is gone until it looks at everything
    filled.write(alice, verbs.end, undo)
    mirror.step()
    mirror.step()
    assert mirror.current(verbs.revision(filled))
    assert verbs.equals(filled, mirror)


def test_a_great_change_is_loaded_anew(
    filled: Store, alice: Actor, mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "RELOAD_FROM", 10)
    filled.write(alice, verbs.mark, verbs.ids(mirror)[:200], is_archived=1)
    before = mirror._tables
    mirror.step()
    assert mirror._tables is not before
    assert verbs.equals(filled, mirror)


def test_more_changes_than_are_read_at_once_are_not_passed_over_although_few_contacts_have_them(
    filled: Store, alice: Actor, mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "RELOAD_FROM", 10)
    ids = verbs.ids(mirror)
    job = filled.write(alice, verbs.record, "conversation.archive", "running")
    mirror.step()
    filled.write(alice, verbs.chunk, job, 1, [ids[0]] * (len(ids) + 10) + ids[1:3])
    filled.write(alice, verbs.end, job)
    mirror.step()
    assert verbs.equals(filled, mirror)


def test_loading_anew_leaves_the_machine_time_for_others(
    filled: Store, alice: Actor, mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "RELOAD_FROM", 10)
    monkeypatch.setattr(mirror, "_load_from", time.monotonic() + 3600)
    filled.write(alice, verbs.mark, verbs.ids(mirror)[:200], is_archived=1)
    before = mirror._tables
    mirror.step()
    assert mirror._tables is before
    assert not mirror.current(verbs.revision(filled))
    assert inbox.count(mirror, verbs.EVERYTHING) is not None


ONLY_POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
"""SQLite has one writer at a time, so nothing can be late there."""


def _late(store: Store, actor: Actor, id_: int) -> Connection:
    """A transaction that has taken its event id and written, and is still open."""
    connection = store.engine.connect()
    connection.begin()
    verbs.mark(Work(connection, store.counters, actor), [id_], is_hot=1, name_key="late")
    return connection


@ONLY_POSTGRESQL
def test_an_event_that_is_committed_after_a_higher_one_is_not_passed_over(
    filled: Store, alice: Actor, mirror: Mirror
) -> None:
    ids = verbs.ids(mirror)
    with _late(filled, alice, ids[0]) as late:
        filled.write(alice, verbs.mark, [ids[1]], is_hot=1)
        mirror.step()
        assert verbs.equals(filled, mirror)
        assert not mirror.current(verbs.revision(filled))  # a lower one may still come
        late.commit()
    mirror.step()
    assert verbs.equals(filled, mirror)
    assert mirror.current(verbs.revision(filled))


@ONLY_POSTGRESQL
def test_an_event_that_is_committed_after_the_load_is_not_passed_over(
    filled: Store, alice: Actor, mirror: Mirror
) -> None:
    ids = verbs.ids(mirror)
    with _late(filled, alice, ids[0]) as late:
        filled.write(alice, verbs.mark, [ids[1]], is_hot=1)
        fresh = Mirror(filled)
        fresh.step()
        assert not fresh.current(verbs.revision(filled))
        late.commit()
    fresh.step()
    assert verbs.equals(filled, fresh)
    assert fresh.current(verbs.revision(filled))


@ONLY_POSTGRESQL
def test_an_event_that_was_rolled_back_is_waited_for_only_as_long_as_it_may_come(
    filled: Store, alice: Actor, mirror: Mirror
) -> None:
    ids = verbs.ids(mirror)
    with _late(filled, alice, ids[0]) as lost, _late(filled, alice, ids[2]) as other:
        filled.write(alice, verbs.mark, [ids[1]], is_hot=1)
        lost.rollback()
        mirror.step()
        assert not mirror.current(verbs.revision(filled))
        other.commit()
    mirror.step()
    mirror.step()
    assert mirror.current(verbs.revision(filled))
    assert verbs.equals(filled, mirror)
