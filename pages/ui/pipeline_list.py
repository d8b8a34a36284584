"""The pipelines with their stages in order; the dialog in which a pipeline is made, renamed or retired."""

from typing import Any

import streamlit as st

from core import pipelines
from core.errors import AppError
from core.pipelines import Pipeline, Stage
from pages.ui import frame, session, stage_form
from pages.ui.editing import Editing
from pages.ui.plain import many, plain

EDITED = Editing("pipelines")


def show(found: list[Pipeline]) -> None:
    """In the order of the board."""
    if not found:
        st.text("No pipeline yet. Make one here, or import deals.")
    for n, each in enumerate(found):
        with session.store().read() as reader:
            held = pipelines.held(reader, each.id)
        with st.container(border=True, key=f"pipelines.one.{each.id}"):
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                with st.container(width="stretch", key=f"pipelines.title.{each.id}"):
                    st.text(each.name)
                _arrows(f"pipelines.{each.id}", found, n, pipelines.arrange)
                _button("Change", f"pipelines.change.{each.id}", f"Change {each.name}", EDITED.open, each.id)
            for place, stage in enumerate(each.stages):
                _line(each, place, stage, held.get(stage.id, 0))
            _button("New stage", f"stages.new.{each.id}", f"New stage of {each.name}", stage_form.open_new, each.id)


def _line(of: Pipeline, place: int, stage: Stage, n: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"stages.row.{stage.id}"):
        with st.container(width="stretch", gap=None, key=f"stages.{stage.id}.facts"):
            st.text(stage.name)
            st.text(details(stage, n))
        _arrows(f"stages.{stage.id}", of.stages, place, pipelines.arrange_stages, of.id)
        _button("Change", f"stages.change.{stage.id}", f"Change {stage.name}", stage_form.EDITED.open, stage.id)


def details(stage: Stage, n: int) -> str:
    """Such as “open, 35 % probable, too long after 14 days, 1,204 deals”."""
    is_open = stage.kind == "open"
    probable = (
        f"{stage.probability:.0%} probable".replace("%", " %") if is_open and stage.probability is not None else ""
    )
    rots = f"too long after {many(stage.rot_days, 'day')}" if stage.rot_days else ""
    return ", ".join(part for part in (stage.kind, probable, rots, many(n, "deal") if n else "no deals") if part)


def _arrows(key: str, listed: Any, n: int, verb: Any, *args: int) -> None:
    """Up and down by one place."""
    ids = [each.id for each in listed]
    for label, icon, other in (("Up", "arrow_upward", n - 1), ("Down", "arrow_downward", n + 1)):
        swapped = ids.copy()
        if 0 <= other < len(ids):
            swapped[n], swapped[other] = swapped[other], swapped[n]
        hint = f"{plain(listed[n].name)}: {label.lower()}"
        st.button(label, icon=f":material/{icon}:", key=f"{key}.{label.lower()}", type="tertiary", help=hint,
                  disabled=swapped == ids, on_click=_do_at_once, args=(verb, *args, swapped))  # fmt: skip


def _button(label: str, key: str, hint: str, act: Any, *args: int) -> None:
    st.button(label, key=key, help=plain(hint), on_click=act, args=args)


def dialog(found: list[Pipeline]) -> bool:
    """The pipeline that is being changed, or a new one; whether there is one."""
    if (opened := EDITED.of(found)) is None:
        return False
    chosen, token = opened
    title = "Change pipeline" if chosen else "New pipeline"
    frame.dialog(title, EDITED.close, _form)(chosen, token)
    return True


def _form(chosen: Pipeline | None, token: str) -> None:
    name = st.text_input("Name", chosen.name if chosen else "", key=f"pipelines.{token}.name",
                         max_chars=pipelines.LONGEST_NAME)  # fmt: skip
    if chosen is None:
        usual = ", ".join(draft.name for draft in pipelines.USUAL)
        st.text(f"It begins with the stages {usual}, which you can change.")
        if st.button("Add", type="primary", key="pipelines.add"):
            EDITED.do(pipelines.add, name)
        return
    with st.container(horizontal=True, gap="small"):
        if st.button("Save", type="primary", key="pipelines.save"):
            EDITED.do(pipelines.rename, chosen.id, name)
        if st.button("Retire", key="pipelines.retire", help="It is offered no longer; its deals keep their history"):
            EDITED.do(pipelines.retire, chosen.id)


def _do_at_once(verb: Any, *args: object) -> None:
    try:
        frame.did(session.store().write(session.actor(), verb, *args))
    except AppError as refused:
        frame.tell(str(refused))
