"""The fixtures themselves: each test gets a database of its own on a real engine."""

from sqlalchemy import select, update

from core.access import Actor
from core.database import Store, Work
from core.database.tables import user


def _rename(work: Work, actor: Actor) -> None:
    work.conn.execute(update(user).where(user.c.id == actor.id).values(name="Somebody else"))


def _names(store: Store) -> set[str]:
    with store.read() as reader:
        return set(reader.execute(select(user.c.name)).scalars())


def test_a_test_may_change_its_database(store: Store, alice: Actor, bob: Actor) -> None:
    store.write(alice, _rename, bob)
    assert _names(store) == {"Alice", "Somebody else", "Vera"}


def test_the_next_test_gets_a_fresh_database(store: Store) -> None:
    assert _names(store) == {"Alice", "Bob", "Vera"}
