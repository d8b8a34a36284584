"""The board of one pipeline: what of it is loaded, and the ways to ask for more or for something else."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from core import board, clock, conversations, pipelines
from core.access import Actor, Right
from core.board import Card, Figures, Order, Slice, Where
from core.conversations import ConversationFilter
from core.conversations.choices import Choices
from core.pipelines import Pipeline, Stage
from pages.ui import board_cards, board_moves, components, desk, filters, session, url
from pages.ui.places import here
from pages.ui.plain import many

KEY = "board.columns"
LOADED = "board.loaded"
FOLDED = "board.folded"
ORDER = "board.order"
CHECKED = "board.checked"
TURN = "board.turn"
PACE_SECONDS = 5.0
STAGES = "admin/pipelines.py"
CONTACT = "inbox/contact.py"
ORDERS: dict[Order, str] = {
    "new": "Newest in stage", "old": "Longest in stage", "amount": "Largest amount", "quiet": "Longest quiet",
}  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What the board shows: it is read anew when this changes, or when anything was written (`revision`)."""

    wanted: ConversationFilter
    pipeline_id: int
    order: Order


@dataclass(frozen=True)
class Loaded:
    """The board as of `revision`. `figures` of the stages that hold deals, `cards` as far as they were asked for."""

    asked: Asked
    revision: int
    where: Where
    figures: dict[int, Figures]
    cards: dict[int, list[Card]]


@dataclass(frozen=True)
class Found:
    """All that one run of the page shows."""

    place: url.Place
    offered: list[Pipeline]
    pipeline: Pipeline
    choices: Choices
    loaded: Loaded

    @property
    def stages(self) -> list[Stage]:
        """A column each: the stages in use that are asked for, and retired ones that still hold deals."""
        asked, held = self.place.wanted.stages, self.loaded.figures
        listed = [stage for stage in self.pipeline.stages if not stage.is_retired or stage.id in held]
        return [stage for stage in listed if not asked or stage.id in asked]


def load(place: url.Place) -> Found | None:
    """What the address asks for; None while there is no pipeline."""
    actor = session.actor()
    with session.store().read() as reader:
        offered = pipelines.find(reader, include_retired=True)
        if not offered:
            return None
        chosen = _chosen(offered, place.wanted)
        wanted = replace(place.wanted, user_id=actor.id)
        asked = Asked(wanted, chosen.id, st.session_state.get(ORDER, "new"))
        loaded = _loaded(reader, actor, asked, chosen)
        st.session_state[LOADED] = loaded
        return Found(place, offered, chosen, conversations.choices(reader), loaded)


def _chosen(offered: list[Pipeline], wanted: ConversationFilter) -> Pipeline:
    """The pipeline that is asked for, or else the first that has a stage which is, or else the first."""
    of_stages = (each for each in offered if {stage.id for stage in each.stages} & set(wanted.stages))
    named = (each for each in offered if each.id == wanted.pipeline_id)
    return next(named, None) or next(of_stages, offered[0])


def _loaded(reader: Any, actor: Actor, asked: Asked, pipeline: Pipeline) -> Loaded:
    """What was read already, when it still holds, and the cards that are wanted besides."""
    kept: Loaded | None = st.session_state.get(LOADED)
    revision, now = session.store().revision(reader), clock.now()
    is_same = kept is not None and kept.asked == asked
    known = kept.cards if kept is not None and is_same else {}
    if kept is None or not is_same or kept.revision != revision:
        where = board.where(reader, asked.wanted)
        kept = Loaded(asked, revision, where, board.figures(reader, where, pipeline.id, now), {})
    for stage in pipeline.stages:
        n, held = kept.figures.get(stage.id, Figures()).count, kept.cards.get(stage.id, [])
        goal = min(n, max(board.PAGE, len(known.get(stage.id, [])) + _more(stage.id)))
        if is_folded(stage) or len(held) >= goal:
            continue
        slice_ = Slice(stage.id, asked.order, held[-1].key if held else None, goal - len(held))
        kept.cards[stage.id] = held + board.cards(reader, actor, kept.where, slice_, now)
    return kept


def _more(stage_id: int) -> int:
    """So many cards more were asked for since the last run."""
    return board.PAGE if st.session_state.pop(f"board.more.{stage_id}", False) else 0


def is_folded(stage: Stage) -> bool:
    """Closed deals are many and done with: their columns open when they are wanted."""
    folded: dict[int, bool] = st.session_state.get(FOLDED, {})
    return folded.get(stage.id, stage.kind != "open")


def nothing() -> None:
    """There is no pipeline yet."""
    with st.container(key="conversations.nothing"):
        st.subheader("No pipeline yet", anchor=False)
        st.text("Pipelines come with imported deals, or an administrator makes them (Admin, Pipelines).")
        stages_link()


def stages_link() -> None:
    """The way to pipelines and stages, for who may change them."""
    if session.actor().may(Right.SETTINGS_EDIT):
        with st.container(key="board.stages", width="content"):
            st.page_link(STAGES, label="Stages", icon=":material/tune:")


def choose_pipeline(found: Found) -> None:
    """Which pipeline the board shows."""
    names = {each.id: each.name for each in found.offered}
    key = "board.pipeline"
    if st.session_state.get(key) != found.pipeline.id:
        st.session_state[key] = found.pipeline.id

    def choose() -> None:
        url.go(url.now().showing(pipeline_id=st.session_state[key], stages=()))
        url.follow()

    st.selectbox(
        "Pipeline", list(names), format_func=names.__getitem__, key=key, on_change=choose, width=200,
        label_visibility="collapsed",
    )  # fmt: skip


def choose_order() -> None:
    """In which order the cards of a column stand."""
    key = "board.order.chosen"

    def choose() -> None:
        st.session_state[ORDER] = st.session_state[key]
        url.stay()

    listed = list(ORDERS)
    st.selectbox(
        "Order of the cards", listed, listed.index(st.session_state.get(ORDER, "new")), format_func=ORDERS.__getitem__,
        key=key, on_change=choose, width=170, label_visibility="collapsed",
    )  # fmt: skip


def said(found: Found) -> None:
    """What the board shows in words, each part removable."""
    shown = [found.loaded.figures.get(stage.id, Figures()) for stage in found.stages]
    still = [found.loaded.figures.get(stage.id, Figures()) for stage in found.stages if stage.kind == "open"]
    n, cents = sum(each.count for each in still), sum(each.cents for each in still)
    words = f"{many(n, 'deal')} in open stages of {found.pipeline.name}"
    words += f", {here().money(cents)}" if cents else ""
    unquoted = sum(each.unquoted for each in still)
    words += f", {unquoted:,} without an amount" if unquoted else ""
    words += f"; {sum(each.count for each in shown) - n:,} won or lost"
    tab = found.place.wanted.tab
    words += f"; of contacts in {filters.TABS[tab]}" if tab != "all" else ""
    parts = found.place.wanted.words(found.choices.names)
    filters.chips(words, [part for part in parts if part[0] != "pipeline_id"])


@st.fragment(run_every=PACE_SECONDS)
def news() -> None:
    """Whether the board has become another since it was drawn; it moves only when somebody wants it."""
    shown: Loaded = st.session_state[LOADED]
    with session.store().read() as reader:
        revision = shown, session.store().revision(reader)
        if st.session_state.get(CHECKED, (None, None))[0] != revision:
            where = board.where(reader, shown.asked.wanted)
            now = board.figures(reader, where, shown.asked.pipeline_id, clock.now())
            st.session_state[CHECKED] = revision, now != shown.figures
    if st.session_state[CHECKED][1] and st.button(
        "The board has changed: show", icon=":material/refresh:", key="board.news"
    ):
        st.rerun()


def show(found: Found) -> None:
    """The columns, and what is done in them."""
    actor = session.actor()
    data = board_cards.data(found.stages, found.loaded.figures, found.loaded.cards, is_folded)
    data["may"] = actor.may(Right.CONTACT_EDIT)
    data["mayMany"] = actor.may(Right.CONTACT_EDIT) and actor.may(Right.CONVERSATION_BULK)
    data["turn"] = st.session_state.get(TURN, 0)
    components.mount("board", KEY, data, **_triggers(found))
    if isinstance(contact := st.session_state[KEY].open, int):
        st.switch_page(CONTACT, query_params={"c": str(contact)})
    if stage := next((each for each in found.stages if each.id == st.session_state[KEY].inbox), None):
        with session.store().read() as reader:
            listed = board.deals(reader, board.where(reader, found.loaded.asked.wanted), stage.id)
        desk.open_these({contact for contact, _ in listed}, f"deals in {found.pipeline.name}: {stage.name}")


def _triggers(found: Found) -> dict[str, Callable[[], None]]:
    def told(name: str) -> Any:
        """What was told; the columns are drawn anew in any case, for a card may have to go back."""
        url.stay()
        st.session_state[TURN] = st.session_state.get(TURN, 0) + 1
        return getattr(st.session_state[KEY], name)

    def fold() -> None:
        if stage := next((each for each in found.pipeline.stages if each.id == told("fold")), None):
            st.session_state[FOLDED] = {**st.session_state.get(FOLDED, {}), stage.id: not is_folded(stage)}

    def more() -> None:
        st.session_state[f"board.more.{told('more')}"] = True

    def move() -> None:
        board_moves.move(told("move"))

    def move_all() -> None:
        board_moves.move_all(told("all"), found.loaded.asked.wanted)

    named = {"fold": fold, "more": more, "move": move, "all": move_all, "open": url.stay, "inbox": url.stay}
    return {f"on_{name}_change": act for name, act in named.items()}
