"""Conversations: what the list shows, how it is searched, and one conversation in full."""

from core.conversations.choices import Choices, choices
from core.conversations.filters import TABS, ConversationFilter, Names
from core.conversations.find import (
    Count,
    Page,
    among,
    count,
    find,
    find_ids,
    holds,
    page_of,
    page_of_ids,
    tab_counts,
)
from core.conversations.ordered import ordered
from core.conversations.paging import Slice, Sort
from core.conversations.thread import Conversation, Deal, get, messages

__all__ = [
    "TABS", "Choices", "Conversation", "ConversationFilter", "Count", "Deal", "Names", "Page", "Slice", "Sort",
    "among", "choices", "count", "find", "find_ids", "get", "holds", "messages", "ordered", "page_of",
    "page_of_ids", "tab_counts",
]  # fmt: skip
