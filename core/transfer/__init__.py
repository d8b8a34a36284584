"""Files in and out: contacts, messages, deals and templates."""

from core.transfer.rows import ContactRow, DealRow, MessageRow, Reject, Remark, Row, TemplateRow
from core.transfer.source import KINDS, Choices, Source, open_import

__all__ = [
    "KINDS",
    "Choices",
    "ContactRow",
    "DealRow",
    "MessageRow",
    "Reject",
    "Remark",
    "Row",
    "Source",
    "TemplateRow",
    "open_import",
]
