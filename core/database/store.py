"""Opening a database, reading from it, and the one place where a unit of work is opened and tried again."""

import logging
import random
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from core.access import Actor
from core.database import engines, indexes, migrate
from core.database.tables import event
from core.database.work import Work
from core.errors import Unavailable

ATTEMPTS = 8
AWAY = "The database cannot be reached. What was saved is not lost; try again in a moment."
logger = logging.getLogger(__name__)
_pause = random.SystemRandom()

P = ParamSpec("P")
T = TypeVar("T")


class Store:
    """A database with its engine; one per process."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.counters = engines.open_counter_engine(engine)

    @classmethod
    def open(cls, url: str, *, must_exist: bool = False) -> "Store":
        """Open the database at `url`, bring its schema up to date, and return it; a new file is made unless it must
        exist.

        Raises: Unavailable when it cannot be reached, is not there, or was made by a newer version.
        """
        if engines.is_sqlite_url(url) and (name := make_url(url).database):
            if must_exist and not Path(name).exists():
                raise Unavailable(
                    f"There is no database {name}. Check TALKDECK_DATABASE_URL and TALKDECK_DATA_DIR, or make one: "
                    "python -m core import contacts FILE.csv"
                )
            Path(name).resolve().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            Path(name).touch(mode=0o600)  # before SQLite makes it readable for all
        engine = engines.open_engine(url)
        with ExitStack() as unless_opened:
            unless_opened.callback(engine.dispose)
            try:
                migrate.upgrade(engine)
                indexes.restore_abandoned(engine)
            except DBAPIError as error:
                raise Unavailable(
                    f"The database cannot be opened: {error.orig}. Check TALKDECK_DATABASE_URL."
                ) from error
            unless_opened.pop_all()
        return cls(engine)

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One reading transaction: on SQLite every query in it sees the same state.

        Raises: Unavailable when the database is away, or goes away meanwhile.
        """
        try:
            with self.engine.connect() as connection, connection.begin():
                yield connection
        except DBAPIError as error:
            if engines.is_away(error):
                raise _away(error) from error
            raise

    def write(self, actor: Actor, verb: Callable[Concatenate[Work, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `verb(work, …)` in one transaction and return its answer; after a lost race the whole is tried again.

        Raises: what the verb raises (nothing is written then); Unavailable when the database stays busy, is full or
        away.
        """
        for attempt in range(ATTEMPTS):
            try:
                with self._transaction() as connection:
                    return verb(Work(connection, self.counters, actor), *args, **kwargs)
            except DBAPIError as error:
                if engines.is_full(error):
                    raise Unavailable(
                        "The disk is full: nothing was changed. Free some space and try again."
                    ) from error
                if not engines.is_retryable(error):
                    if engines.is_away(error):
                        raise _away(error) from error
                    raise
                time.sleep(_pause.uniform(0.01, 0.05) * 2**attempt)
        raise Unavailable("The database is busy. Nothing was changed; try again in a moment.")

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with self.engine.connect().execution_options(**{engines.WRITES: True}) as connection, connection.begin():
            yield connection

    @staticmethod
    def revision(reader: Connection) -> int:
        """The id of the newest event: what was computed at a revision is current while it stays."""
        return int(reader.execute(select(func.coalesce(func.max(event.c.id), 0))).scalar_one())


def _away(error: DBAPIError) -> Unavailable:
    logger.warning("The database is away: %s", error.orig)  # a person at a page can do nothing with the reason
    return Unavailable(AWAY)
