"""How a long job leaves others their turn between its writes."""

import time
from contextlib import closing
from typing import Any

from sqlalchemy import Engine

REST_SECONDS = 0.02
"""How long SQLite's write lock is left to others, at least."""


def rest(engine: Engine) -> None:
    """What a long job does after each write: on SQLite it lets others write, who are not served in turn.

    Meanwhile it folds what it wrote from the log into the file, or a later COMMIT, anybody's, would have to.
    """
    if engine.dialect.name != "sqlite":
        return
    until = time.monotonic() + REST_SECONDS
    with closing(engine.raw_connection()) as connection:
        raw: Any = connection.driver_connection
        raw.execute("PRAGMA wal_checkpoint(PASSIVE)")  # keeps nobody from writing
    time.sleep(max(0.0, until - time.monotonic()))
