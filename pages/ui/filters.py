"""What the list is asked to show: tabs, search, the drawer of filters and the line that says it all in words."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import streamlit as st

from core.conversations.choices import Choices
from core.conversations.filters import ConversationFilter, Names
from pages.ui import address, components, facets, own_filters, url
from pages.ui.places import here

TABS = {"all": "All", "hot": "Hot leads", "recents": "Recents", "archived": "Archived"}
YES_NO = {True: "Yes", False: "No"}
FOLLOW_UPS = {"due": "Due", "planned": "Planned", "none": "None"}
DIRECTIONS = {"in": "From contact", "out": "From us"}
MODES = {"any": "any of them", "all": "all of them", "none": "none of them"}
OWNERS = {"anyone": "Anyone", "mine": "Mine", "unassigned": "Unassigned", "these": "These …"}


def tab_bar(place: url.Place, counts: dict[str, str], moved: bool) -> None:
    """All, Hot leads, Recents; Archived stands behind the kebab, and beside them while open. `counts`: as written."""
    tab = place.wanted.tab
    shown = ["all", "hot", "recents"] if tab != "archived" else list(TABS)

    def choose() -> None:
        if picked := st.session_state["conversations.tab"]:
            url.go(url.now().showing(tab=picked))
        else:
            st.session_state["conversations.tab"] = url.now().wanted.tab

    def label(name: str) -> str:
        return f"{TABS[name]} {counts[name]}"

    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="conversations.tabs"):
        _seed("conversations.tab", tab, moved or st.session_state.get("conversations.tab") != tab)
        st.segmented_control(
            "List", shown, format_func=label, key="conversations.tab", on_change=choose, label_visibility="collapsed"
        )
        st.menu_button("⋮", ["archived"], format_func=label, key="conversations.kebab", on_click=show_archived)
        if tab == "all":
            _switch("include_archived", "Include archived", place.wanted.include_archived, moved)


def show_archived() -> None:
    """The same search and filters among the archived ones. For callbacks."""
    url.go(url.now().showing(tab="archived", include_archived=False))
    url.follow()


def search_box(place: url.Place, moved: bool, where: str = "") -> None:
    """Enter or the arrow searches the open tab, or what is named, the X clears."""
    key = "conversations.search"

    def run() -> None:
        url.go(url.now().showing(search=st.session_state[key].strip()))

    def clear() -> None:
        st.session_state[key] = ""
        url.go(url.now().showing(search=""))

    _seed(key, place.wanted.search, moved)
    # A form, because leaving the box must not search; only Enter and the arrow do.
    with st.form("conversations.search.form", border=False), st.container(horizontal=True, gap="xxsmall"):
        st.text_input(
            "Search",
            key=key,
            max_chars=address.TEXT_LIMIT,
            label_visibility="collapsed",
            placeholder=f"Search {where or TABS[place.wanted.tab]}: name, phone, e-mail, notes, tags, messages   ( / )",
        )
        st.form_submit_button("→", key="conversations.search.run", help="Search this tab (Enter)", on_click=run)
        st.form_submit_button("✕", key="conversations.search.clear", help="Clear the search", on_click=clear)


def drawer(place: url.Place, choices: Choices, moved: bool, counts_conversations: bool = True) -> None:
    """Every filter there is; each takes effect at once."""
    wanted, names = place.wanted, choices.names
    sources = {name: name for name in choices.sources}
    with st.popover("Filters", icon=":material/tune:", key="conversations.filters", on_change="rerun") as opened:
        counts = facets.load(wanted) if opened.open and counts_conversations else {}
        left, right = st.columns(2)
        with left:
            _many("tags", "Tags", wanted.tags, dict(names.tags), moved)
            facets.line(counts, "tags", names.tags)
            _one("tags_mode", "Contacts that carry", wanted.tags_mode, MODES, moved)
            _many("stages", "Stage", wanted.stages, dict(names.stages), moved)
            facets.line(counts, "stages", names.stages)
            _one("pipeline_id", "Pipeline", wanted.pipeline_id, dict(names.pipelines), moved)
            _one("owner_mode", "Owner", wanted.owner_mode, OWNERS, moved)
            if wanted.owner_mode == "these":
                _many("owners", "Owners", wanted.owners, dict(names.owners), moved)
            facets.line(counts, "owners", names.owners)
            _many("sources", "Source", wanted.sources, sources, moved)
            facets.line(counts, "sources", sources)
        with right:
            _one("unread", "Read", wanted.unread, {True: "Unread", False: "Read"}, moved)
            _one("last_direction", "Last message", wanted.last_direction, DIRECTIONS, moved)
            _days(wanted, moved)
            _amounts(wanted, moved)
            _one("is_hot", "Hot lead", wanted.is_hot, YES_NO, moved)
            _one("is_quoted", "Quoted", wanted.is_quoted, YES_NO, moved)
            _one("opted_out", "Opted out", wanted.opted_out, YES_NO, moved)
            _one("has_deal", "Has a deal", wanted.has_deal, YES_NO, moved)
            _one("has_open_deal", "Has an open deal", wanted.has_open_deal, YES_NO, moved)
            _one("in_workflow", "In a workflow", wanted.in_workflow, YES_NO, moved)
            _one("follow_up", "Follow-up", wanted.follow_up, FOLLOW_UPS, moved)
            own_filters.ask(wanted, [field for field in choices.fields if not field.is_retired], moved)


def said(place: url.Place, names: Names, counted: str) -> None:
    """What is shown, in words, each part removable. `counted`: such as “214 conversations”."""
    wanted = place.wanted
    where = {"all": "in All", "hot": "in Hot leads", "recents": "in Recents (unread or active in the last 30 days)"}
    listed = where.get(wanted.tab, "in Archived") + (", archived ones included" if wanted.include_archived else "")
    chips(f"{counted} {listed}", wanted.words(names))


def chips(said: str, parts: Sequence[tuple[str, str]]) -> None:
    """A sentence, and the parts of the filter, as `ConversationFilter.words` names them, each removable."""

    def dropped() -> None:
        if name := st.session_state["conversations.said"].drop:
            drop(name)

    data = {"said": said, "parts": [list(part) for part in parts]}
    components.mount("listing", "conversations.said", data, on_drop_change=dropped)


def drop(name: str) -> None:
    """Ask for one part of the filter no longer; * for all of them. For callbacks."""
    now = url.now()
    plain = ConversationFilter(tab=now.wanted.tab, include_archived=now.wanted.include_archived)
    url.go(replace(now.first_page(), wanted=plain if name == "*" else now.wanted.without(name)))
    url.follow()


def _seed(key: str, value: object, fresh: bool) -> None:
    # Only when the place came from elsewhere: set on every run, it would undo a click that is under way.
    # The widgets get the value as their usual one besides: one in a closed drawer is drawn later and knows only that.
    if fresh or key not in st.session_state:
        st.session_state[key] = value


def _apply(name: str, convert: Callable[[Any], Any] = lambda value: value) -> Callable[[], None]:
    def apply() -> None:
        url.go(url.now().showing(**{name: convert(st.session_state[f"conversations.filter.{name}"])}))

    return apply


def _switch(name: str, label: str, value: bool, moved: bool) -> None:
    key = f"conversations.filter.{name}"
    _seed(key, value, moved)
    st.toggle(label, value, key=key, on_change=_apply(name, bool))


def _many(name: str, label: str, values: tuple[Any, ...], options: dict[Any, str], moved: bool) -> None:
    key = f"conversations.filter.{name}"
    chosen = [value for value in values if value in options]
    _seed(key, chosen, moved)
    apply = _apply(name, tuple)
    # Enter takes the first entry: that must be what was typed, neither all of them nor what merely resembles it.
    st.multiselect(
        label, list(options), chosen, format_func=options.__getitem__, key=key, on_change=apply,
        select_all=False, filter_mode="contains",
    )  # fmt: skip


def _one(name: str, label: str, value: object, options: dict[Any, str], moved: bool) -> None:
    """One or none of the options; fields that must have a value fall back to their usual one."""
    key = f"conversations.filter.{name}"
    usual = getattr(ConversationFilter(), name)
    chosen = value if value in options else None
    _seed(key, chosen, moved)
    apply = _apply(name, lambda picked: usual if picked is None else picked)
    listed, written = list(options), options.__getitem__
    if len(options) > 4:
        index = None if chosen is None else listed.index(chosen)
        st.selectbox(label, listed, index, format_func=written, key=key, on_change=apply)
    else:
        st.segmented_control(label, listed, default=chosen, format_func=written, key=key, on_change=apply)


def _days(wanted: ConversationFilter, moved: bool) -> None:
    start = here().local(wanted.active_from).date() if wanted.active_from is not None else None
    end = here().local(wanted.active_to - 1).date() if wanted.active_to is not None else None
    _seed("conversations.filter.active_from", start, moved)
    _seed("conversations.filter.active_to", end, moved)
    first, last = st.columns(2)
    first.date_input(
        "Active from", value=start, key="conversations.filter.active_from",
        on_change=_apply("active_from", lambda day: here().start_of(day) if day else None),
    )  # fmt: skip
    last.date_input(
        "to", value=end, key="conversations.filter.active_to",
        on_change=_apply("active_to", lambda day: here().start_of(day + timedelta(days=1)) if day else None),
    )  # fmt: skip


def _amounts(wanted: ConversationFilter, moved: bool) -> None:
    for place, name, label in zip(st.columns(2), ("amount_from", "amount_to"), ("Amount from", "to"), strict=True):
        key = f"conversations.filter.{name}"
        cents = getattr(wanted, name)
        amount = None if cents is None else cents / 100
        _seed(key, amount, moved)
        place.number_input(
            label, value=amount, min_value=0.0, step=100.0, key=key,
            on_change=_apply(name, lambda typed: None if typed is None else round(typed * 100)),
        )  # fmt: skip
