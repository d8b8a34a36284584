"""The dialog of one stage: its name, its kind, what is expected of it, and which stage takes its deals when it goes."""

import streamlit as st

from core import bulk, pipelines
from core.errors import AppError
from core.pipelines import Pipeline, Stage, StageDraft
from pages.ui import frame, session
from pages.ui.editing import NEW, Editing
from pages.ui.plain import many, plain

EDITED = Editing("stages")
OF = "stages.of"
KINDS = {"open": "Open", "won": "Won", "lost": "Lost"}


def open_new(pipeline_id: int) -> None:
    """A new stage of this pipeline. A callback."""
    st.session_state[OF] = pipeline_id
    EDITED.open(NEW)


def dialog(found: list[Pipeline]) -> bool:
    """The stage that is being changed, or a new one; whether there is one."""
    of = {stage.id: each for each in found for stage in each.stages}
    if (opened := EDITED.of(stage for each in found for stage in each.stages)) is None:
        return False
    chosen, token = opened
    pipeline = of[chosen.id] if chosen else next((each for each in found if each.id == st.session_state.get(OF)), None)
    if pipeline is None:
        return False
    title = "Change stage" if chosen else "New stage"
    frame.dialog(title, EDITED.close, _form)(pipeline, chosen, f"stages.{token}")
    return True


def _form(of: Pipeline, chosen: Stage | None, key: str) -> None:
    with session.store().read() as reader:
        n = pipelines.held(reader, of.id).get(chosen.id, 0) if chosen else 0
    st.text(f"{of.name}: {many(n, 'deal')}" if chosen else of.name)
    draft = _fields(chosen, n, key)
    if chosen is None:
        if st.button("Add", type="primary", key="stages.add"):
            EDITED.do(pipelines.add_stage, of.id, draft)
        return
    if st.button("Save", type="primary", key="stages.save"):
        EDITED.do(pipelines.edit_stage, chosen.id, draft)
    st.divider()
    _delete(of, chosen, n, key)


def _fields(chosen: Stage | None, n: int, key: str) -> StageDraft:
    was = chosen or Stage(NEW, "", "open")
    name = st.text_input("Name", was.name, key=f"{key}.name", max_chars=pipelines.LONGEST_NAME)
    kind = st.segmented_control(
        "Deals in it are", list(KINDS), default=was.kind, format_func=KINDS.__getitem__, key=f"{key}.kind",
        required=True, disabled=bool(n), help="Stays as it is while deals are in it" if n else None,
    )  # fmt: skip
    if kind != "open":
        return StageDraft(name, kind)
    first, second = st.columns(2)
    percent = first.number_input(
        "Probability in % (optional)", 0, 100, None if was.probability is None else round(was.probability * 100),
        key=f"{key}.probability", help="How many of the deals in it are won in the end; forecasts use it",
    )  # fmt: skip
    days = second.number_input(
        "Too long after days (optional)", 1, pipelines.LONGEST_ROT, was.rot_days, key=f"{key}.rot",
        help="Deals that are in it for longer are marked on the board",
    )  # fmt: skip
    return StageDraft(name, kind, None if percent is None else percent / 100, days)


def _delete(of: Pipeline, chosen: Stage, n: int, key: str) -> None:
    """Where its deals go, when it has any."""
    into = None
    if n:
        others = {stage.id: stage.name for stage in of.stages if stage.kind == chosen.kind and stage.id != chosen.id}
        into = st.selectbox("To delete it, move its deals to", list(others), None, format_func=others.__getitem__,
                            key=f"{key}.into", placeholder="Choose the stage that takes them")  # fmt: skip
    moved = f" and move {many(n, 'deal')}" if n else ""
    if st.button(f"Delete{moved}", key="stages.delete", disabled=bool(n) and into is None,
                 help="Past deals keep it in their history. This can be undone."):  # fmt: skip
        _retire(chosen.id, into or NEW, key)


def _retire(stage_id: int, into: int, token: str) -> None:
    try:
        event_id = bulk.retire_stage(session.store(), session.actor(), stage_id, into, token)
    except AppError as refused:
        st.error(plain(str(refused)))
        return
    session.wake()
    frame.did(event_id)
    EDITED.close()
    st.rerun()
