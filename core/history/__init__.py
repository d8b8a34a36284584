"""What was done, by whom, to which rows: events in words, and the account of each."""

from core.history.entries import Entry, Wanted, events, get, of_contact, people
from core.history.rows import account as csv
from core.history.rows import groups, ids, rows
from core.history.words import STATES, VERBS

__all__ = [
    "STATES", "VERBS", "Entry", "Wanted", "csv", "events", "get", "groups", "ids", "of_contact", "people", "rows",
]  # fmt: skip
