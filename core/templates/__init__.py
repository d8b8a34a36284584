"""Templates: stored texts with fields, the team's and one's own, inserted by button or shortcut."""

from core.templates.edit import Draft, add, edit, retire, revive, used
from core.templates.find import Shortcut, Template, by_shortcut, find, get
from core.templates.values import values

__all__ = [
    "Draft", "Shortcut", "Template", "add", "by_shortcut", "edit", "find", "get", "retire", "revive", "used", "values",
]  # fmt: skip
