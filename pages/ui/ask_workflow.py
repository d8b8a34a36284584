"""Which workflow or redrip: pick one, or go and make one; stop them; what archiving does to them."""

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from core import bulk, tags, workflows
from core.access import Right
from core.workflows import Workflow
from pages.ui import acting, actions, asking, preview, session, workflow_list
from pages.ui.acting import Asked
from pages.ui.plain import many

ALL = 0


def enroll(asked: Asked, saved: Callable[[int], None] = lambda _chosen: None) -> None:
    """Choose one of the kind and save; `saved` is told which."""
    kind = asked.name
    asking.whom(asked)
    with session.store().read() as reader:
        found = {each.id: each for each in workflows.find(reader) if each.kind == kind and each.state == "on"}
        names = {tag.id: tag.name for tag in tags.find(reader)}
    key = f"ask.{kind}"
    if found:
        if st.session_state.get(key) not in found:
            st.session_state.pop(key, None)
        chosen = st.selectbox(
            kind.capitalize(), list(found), None, format_func=lambda id_: found[id_].name, key=key,
            placeholder=f"Choose a {kind}",
        )  # fmt: skip
        if chosen is not None:
            summary(found[chosen], names)
            preview.few(replace(asked, action=bulk.action("enroll", workflow_id=chosen)))
    else:
        st.text(f"There is no {kind} that is on.")
        chosen = None
    if session.actor().may(Right.WORKFLOW_EDIT) and st.button(
        f"Create a new {kind}", icon=":material/add:", key=f"{key}.new", type="tertiary",
        help="What is selected stays selected",
    ):  # fmt: skip
        acting.close()
        workflow_list.link(kind)
    if asking.answered("Save", is_ready=chosen is not None):
        saved(chosen)
        asking.do(asked, "enroll", workflow_id=chosen)


def summary(found: Workflow, names: dict[int, str]) -> None:
    """The steps, in order, as text."""
    with session.store().read() as reader:
        said = workflows.names_of(reader, found.steps)
    with st.container(border=True, gap="xsmall", key="ask.workflow.summary"):
        for step in found.steps:
            st.text(workflows.words(step, said))
        if found.tag_id is not None:
            st.text(f"Adds the tag {names.get(found.tag_id, 'that is gone')}.")
        if found.rules.needs_consent:
            st.text("Only contacts who consented.")
        st.text(f"{many(found.live, 'contact')} in it now.")


def stop(asked: Asked) -> None:
    """One, or all that run."""
    asking.whom(asked)
    with session.store().read() as reader:
        names = {ALL: "All that run", **{each.id: each.name for each in workflows.find(reader)}}
    chosen = st.selectbox("Workflow or redrip", list(names), format_func=names.__getitem__, key="ask.stop")
    st.text("No further text is sent to them. A stopped run does not go on by itself.")
    if asking.answered("Stop"):
        asking.do(asked, "stop", workflow_id=chosen or None)


def before_archiving(asked: Asked) -> None:
    """Asked once; the answer is remembered until the person wants to be asked again."""
    asking.whom(asked)
    st.text("Some of them are in a workflow or redrip that still sends texts.")
    stops = st.toggle("Stop these when archiving", value=True, key="ask.archive.stops")
    st.text("This answer is remembered; under More you can have it asked again.")
    if asking.answered("Archive"):
        actions.remember_stops(stops)
        asking.do(asked, "archive", stop_enrollments=stops)
