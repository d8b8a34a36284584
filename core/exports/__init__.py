"""Conversations as files: the filter, the columns and the order of the list, all rows, with proof of what they are."""

from core.exports.columns import DEFAULT, masks, offered
from core.exports.run import VERB, Done, Watch, about, export, lose
from core.exports.wish import FORMATS, TYPES, Wish, read

__all__ = [
    "DEFAULT",
    "FORMATS",
    "TYPES",
    "VERB",
    "Done",
    "Watch",
    "Wish",
    "about",
    "export",
    "lose",
    "masks",
    "offered",
    "read",
]
