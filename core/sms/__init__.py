"""A text as the network sends it, and the fields in it that a contact fills."""

from core.sms.merge import FIELDS, Field, Filled, fields, fill, render
from core.sms.segments import LONGEST, Count, count, split

__all__ = ["FIELDS", "LONGEST", "Count", "Field", "Filled", "count", "fields", "fill", "render", "split"]
