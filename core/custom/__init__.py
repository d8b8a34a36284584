"""Fields of one's own: what an administrator defines, and what contacts hold there."""

from core.custom.fields import HELP, KINDS, Field, add, counts, edit, find, get, retire, revive
from core.custom.order import key as sort_key
from core.custom.values import PREFIX, changes, check, checked, field_id, key, labels, values, values_of

__all__ = [
    "HELP", "KINDS", "PREFIX", "Field", "add", "changes", "check", "checked", "counts", "edit", "field_id", "find",
    "get", "key", "labels", "retire", "revive", "sort_key", "values", "values_of",
]  # fmt: skip
