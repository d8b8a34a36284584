"""How a long job leaves others their turn between its writes."""

import time

from sqlalchemy import Engine

REST_SECONDS = 0.02
"""How long SQLite's write lock is left to others."""


def rest(engine: Engine) -> None:
    """What a long job does after each write: who waits for SQLite's one lock is not served in turn."""
    if engine.dialect.name == "sqlite":
        time.sleep(REST_SECONDS)
