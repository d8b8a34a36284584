"""The list as a screen shows it: from the mirror where that is current and quicker, from the database otherwise."""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from core import conversations
from core.analytics import inbox
from core.analytics.mirror import Mirror
from core.conversations import TABS, ConversationFilter, Count, Page, Slice, Sort
from core.conversations.query import parse
from core.database import Store

CAP = 50_000
"""Without the mirror counting ends here."""

CAP_WORDS = 20_000
"""When words are searched for it ends here."""

CAP_PHRASE, CAP_ELSEWHERE = 1_000, 100
"""With a phrase, for which texts must be read, it ends here, and for the tabs that are not open here."""


@dataclass(frozen=True)
class Listing:
    """One page and the counts of all tabs; `is_mirrored`: the counts come from the mirror, which was current."""

    page: Page
    counts: dict[str, Count]
    is_mirrored: bool


def load(reader: Connection, mirror: Mirror | None, wanted: ConversationFilter, sort: Sort, slice_: Slice) -> Listing:
    """The page and the counts. A text is searched for in the database; filters without one are the mirror's work.

    Raises: Invalid for a damaged cursor.
    """
    usable = _usable(reader, mirror, wanted)
    mirrored = None if usable is None else inbox.tab_counts(usable, wanted)
    if usable is None or mirrored is None:
        return Listing(conversations.find(reader, wanted, sort, slice_), _counts(reader, wanted), is_mirrored=False)
    counts = {tab: Count(n) for tab, n in mirrored.items()}
    return Listing(_page(reader, usable, wanted, sort, slice_), counts, is_mirrored=True)


def facets(reader: Connection, mirror: Mirror | None, wanted: ConversationFilter) -> dict[str, dict[Any, int]] | None:
    """What each choice of the filters would find, as `inbox.facets` has it; None: nobody can tell quickly enough."""
    usable = _usable(reader, mirror, wanted)
    return None if usable is None else inbox.facets(usable, wanted)


def _usable(reader: Connection, mirror: Mirror | None, wanted: ConversationFilter) -> Mirror | None:
    """The mirror, where it can answer and holds the newest event."""
    if mirror is None or wanted.search.strip() or wanted.custom:  # it holds no fields of one's own
        return None
    return mirror if mirror.current(Store.revision(reader)) else None


def _page(reader: Connection, mirror: Mirror, wanted: ConversationFilter, sort: Sort, slice_: Slice) -> Page:
    one_more = replace(slice_, limit=slice_.limit + 1)
    is_asked = wanted.is_filtered and sort.field_id is None  # it holds no fields of one's own
    ids = inbox.page_ids(mirror, wanted, sort, one_more) if is_asked else None
    if ids is None:
        return conversations.find(reader, wanted, sort, slice_)
    return conversations.page_of_ids(reader, ids, sort, slice_)


def _counts(reader: Connection, wanted: ConversationFilter) -> dict[str, Count]:
    query = parse(wanted.search)
    plain = CAP if query.is_blank else CAP_WORDS
    opened, elsewhere = (CAP_PHRASE, CAP_ELSEWHERE) if query.phrases else (plain, plain)
    tabs: dict[str, ConversationFilter] = {tab: replace(wanted, tab=tab) for tab in TABS}  # type: ignore[arg-type]
    caps = {tab: opened if tab == wanted.tab else elsewhere for tab in TABS}
    return {tab: conversations.count(reader, one, caps[tab]) for tab, one in tabs.items()}
