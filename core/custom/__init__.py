"""Fields of one's own: what an administrator defines, and what contacts hold there."""

from core.custom.fields import HELP, KINDS, Field, add, edit, find, get, retire, revive
from core.custom.values import changes, check, checked, key, labels, values

__all__ = [
    "HELP", "KINDS", "Field", "add", "changes", "check", "checked", "edit", "find", "get", "key", "labels", "retire",
    "revive", "values",
]  # fmt: skip
