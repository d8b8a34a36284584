"""The database: which engine, which tables, and the one way in for writes."""

from core.database.store import Store
from core.database.work import Change, Work

__all__ = ["Change", "Store", "Work"]
