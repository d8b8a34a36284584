"""What one run of the conversations page shows: the page of rows, the counts and what the filters offer."""

from dataclasses import dataclass, replace

import streamlit as st

from core import conversations
from core.access import Actor
from core.analytics import listing as screen
from core.conversations import ConversationFilter, Count, Page
from core.conversations.choices import Choices, choices
from pages.ui import session, url
from pages.ui.selection import Ticks

COUNTED = "conversations.counted"


@dataclass(frozen=True)
class Listing:
    """`counts`: of every tab under the rest of the filter; `hidden`: ticked ones that the filter does not show."""

    wanted: ConversationFilter
    page: Page
    counts: dict[str, Count]
    choices: Choices
    hidden: frozenset[int]

    @property
    def count(self) -> Count:
        return self.counts[self.wanted.tab]

    @property
    def ids(self) -> list[int]:
        """Of the page, in its order."""
        return [int(id_) for id_ in self.page.rows["id"]]


def load(place: url.Place, actor: Actor, ticks: Ticks) -> Listing:
    """Everything the page reads, from one state of the database."""
    wanted = replace(place.wanted, user_id=actor.id)
    with session.store().read() as reader:
        found = screen.load(reader, session.mirror(), wanted, place.sort, place.slice)
        counts = found.counts
        if st.session_state.get(COUNTED) == wanted:
            counts[wanted.tab] = conversations.count(reader, wanted)
        elsewhere = ticks.ids - {int(id_) for id_ in found.page.rows["id"]}
        hidden = elsewhere - conversations.among(reader, wanted, elsewhere)
        return Listing(wanted, found.page, counts, choices(reader), frozenset(hidden))


def ticked(place: url.Place, ticks: Ticks) -> Page:
    """The ticked conversations, whatever the filter shows, newest ids first."""
    ids = sorted(ticks.ids, reverse=True)
    start = place.ticked_from or 0
    with session.store().read() as reader:
        rows = conversations.page_of(reader, ids[start : start + place.size])
    return Page(rows, has_before=start > 0, has_after=start + place.size < len(ids))


def count_to_the_end(wanted: ConversationFilter) -> None:
    """Count this filter without a limit from the next run on; for callbacks."""
    st.session_state[COUNTED] = wanted


def figure(count: Count) -> str:
    """As short as a tab allows: 1,234 or 100,000+."""
    return f"{count.n:,}" if count.is_exact else f"{count.n:,}+"


def counted(count: Count) -> str:
    """Such as “214 conversations”."""
    noun = "conversation" if count.n == 1 else "conversations"
    return f"{count.n:,} {noun}" if count.is_exact else f"at least {count.n:,} {noun}"
