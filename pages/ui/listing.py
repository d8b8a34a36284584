"""What one run of the conversations page shows: the page of rows, the counts and what the filters offer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import streamlit as st

from core import bulk, conversations, custom
from core.access import Actor
from core.analytics import listing as screen
from core.conversations import ConversationFilter, Count, Page
from core.conversations.choices import Choices, choices
from pages.ui import frame, session, url
from pages.ui.plain import plain
from pages.ui.selection import Column
from pages.ui.ticks import Frozen, Ids, Ticks, ascending

COUNTED = "conversations.counted"
HIDDEN = "conversations.hidden"


@dataclass(frozen=True)
class Listing:
    """`place`: as asked for, but in an order that there is; `counts`: of every tab under the rest of the filter;
    `hidden`: selected ones that the filter does not show.
    """

    place: url.Place
    wanted: ConversationFilter
    page: Page
    counts: dict[str, Count]
    choices: Choices
    hidden: Ids

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
        known = choices(reader)
        place = _in_order(place, known)
        found = screen.load(reader, frame.settled_mirror(), wanted, place.sort, place.slice)
        counts = found.counts
        if st.session_state.get(COUNTED) == wanted:
            counts[wanted.tab] = conversations.count(reader, wanted)
        return Listing(place, wanted, found.page, counts, known, _hidden(wanted, ticks))


def _in_order(place: url.Place, known: Choices) -> url.Place:
    """By activity, and said so, where the field by which the address sorts is no longer in use."""
    sort, said = known.usable(place.sort)
    if said:
        st.toast(plain(said), icon=":material/swap_vert:", duration="long")  # the list may take its time
        place = replace(place.first_page(), by=sort.by, descending=sort.descending)
        url.keep(place)
    return place


def own_values(rows: pd.DataFrame, columns: Sequence[Column]) -> dict[int, dict[str, str]]:
    """What the conversations of the rows hold in those fields of one's own that are shown as columns."""
    shown = [column.name for column in columns if column.name.startswith(custom.PREFIX) and not column.hidden]
    if not shown:
        return {}
    with session.store().read() as reader:
        return custom.values_of(reader, [int(id_) for id_ in rows["id"]], shown)


def _hidden(wanted: ConversationFilter, ticks: Ticks) -> Ids:
    """Ticked ones are asked for anew each time; frozen ones, which may be many, once for each filter."""
    with session.store().read() as reader:
        hidden = ascending(ticks.times.keys() - conversations.among(reader, wanted, ticks.times.keys()))
        if ticks.frozen is None:
            return hidden
        known = _known(ticks.frozen)
        if wanted not in known:
            shown = ascending(conversations.find_ids(reader, wanted))
            known[wanted] = np.setdiff1d(ticks.frozen.ids, shown, assume_unique=True)
    return np.union1d(hidden, np.setdiff1d(known[wanted], ascending(ticks.dropped), assume_unique=True))


def _known(frozen: Frozen) -> dict[ConversationFilter, Ids]:
    """Which of the frozen ones each filter hides, as far as it was asked."""
    kept = st.session_state.get(HIDDEN)
    if kept is None or kept[0] is not frozen:
        kept = st.session_state[HIDDEN] = (frozen, {})
    known: dict[ConversationFilter, Ids] = kept[1]
    return known


def freeze(wanted: ConversationFilter) -> Frozen:
    """All that match at this moment; none of them is hidden yet."""
    with session.store().read() as reader:
        chosen = bulk.choose_all(reader, wanted)
    frozen = Frozen(ascending(chosen.ids), chosen.chosen_at, chosen.words)
    st.session_state[HIDDEN] = (frozen, {wanted: frozen.ids[:0]})
    return frozen


def ticked(place: url.Place, ticks: Ticks) -> Page:
    """The selected conversations, whatever the filter shows, newest ids first."""
    ids = ticks.all_ids[::-1]
    start = place.ticked_from or 0
    with session.store().read() as reader:
        rows = conversations.page_of(reader, ids[start : start + place.size].tolist())
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
    if not (count.n or count.is_exact):
        return f"no {noun} so far"
    return f"{count.n:,} {noun}" if count.is_exact else f"at least {count.n:,} {noun}"
