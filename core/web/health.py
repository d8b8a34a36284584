"""Whether the application can do its work."""

from sqlalchemy.exc import SQLAlchemyError

from core.database import Store
from core.errors import Unavailable


def is_healthy(store: Store) -> bool:
    """Whether the database answers a read now."""
    try:
        with store.read() as reader:
            store.revision(reader)
    except (Unavailable, SQLAlchemyError):
        return False
    return True
