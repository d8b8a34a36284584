"""Conversations: what the list shows, how it is searched, and one conversation in full."""

from core.conversations.filters import TABS, ConversationFilter, Names
from core.conversations.find import Count, Page, count, find, find_ids, page_of, tab_counts
from core.conversations.paging import Slice, Sort

__all__ = ["TABS", "ConversationFilter", "Count", "Names", "Page", "Slice", "Sort", "count", "find", "find_ids", "page_of", "tab_counts"]
