"""Templates: stored texts with fields, the team's and one's own, inserted by button or shortcut."""

from core.templates.edit import (
    LONGEST_SHORTCUT,
    LONGEST_TITLE,
    Draft,
    add,
    as_shortcut,
    edit,
    in_place,
    retire,
    revive,
    used,
)
from core.templates.find import Shortcut, Template, by_shortcut, find, get
from core.templates.values import values, values_of

__all__ = [
    "LONGEST_SHORTCUT", "LONGEST_TITLE", "Draft", "Shortcut", "Template", "add", "as_shortcut", "by_shortcut", "edit",
    "find", "get", "in_place", "retire", "revive", "used", "values", "values_of",
]  # fmt: skip
