"""The one allocator of ids."""

from sqlalchemy import Connection, Engine, text

_TAKE = text("UPDATE id_counter SET next = next + :n WHERE name = :name RETURNING next")
_NUMBER = text("SELECT pg_current_xact_id()")
_START = text("INSERT INTO id_counter (name, next) VALUES (:name, 1) ON CONFLICT (name) DO NOTHING")


def take(connection: Connection, counters: Engine | None, name: str, n: int) -> int:
    """The first of `n` ids in a row for `name`; gaps may stay when a transaction is rolled back."""
    if counters is None:
        return _take(connection, name, n)
    # The writer's transaction gets its number before the id: a reader of the feed then knows who may still be writing.
    connection.execute(_NUMBER)
    with counters.connect() as own:
        return _take(own, name, n)


def _take(connection: Connection, name: str, n: int) -> int:
    after = connection.execute(_TAKE, {"name": name, "n": n}).scalar_one_or_none()
    if after is None:
        connection.execute(_START, {"name": name})
        after = connection.execute(_TAKE, {"name": name, "n": n}).scalar_one()
    return int(after) - n
