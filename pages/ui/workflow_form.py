"""The editor of a workflow or redrip: name, tag, steps, rules, and when it would come for a real contact."""

from dataclasses import replace
from typing import Any

import streamlit as st

from core import tags, workflows
from core.access import Right
from core.errors import AppError
from core.workflows import Draft
from pages.ui import (
    frame,
    session,
    wording,
    workflow_editing,
    workflow_place,
    workflow_rules,
    workflow_schedule,
    workflow_steps,
)
from pages.ui.plain import many, plain
from pages.ui.workflow_editing import Editing
from pages.ui.workflow_place import Place

LONGEST_NAME = 80


def show(place: Place) -> None:
    """The fields from top to bottom, then what saving means."""
    session.actor().require(Right.WORKFLOW_EDIT)
    editing = workflow_editing.of(place)
    key = f"workflows.{editing.token}"
    st.header(f"{'Change' if editing.seen else 'New'} {editing.draft.kind}", anchor=False)
    _names(editing, key)
    st.subheader("Steps", anchor=False)
    shown = wording.whom(key)
    workflow_steps.edit(editing, shown)
    st.subheader("Rules", anchor=False)
    rules = workflow_rules.edit(editing.draft.rules, editing.draft.kind, key)
    editing.draft = replace(editing.draft, rules=rules)
    draft = editing.drafted()
    if draft.kind == "redrip":
        workflow_rules.qualifying(place.workflow_id or 0, draft, key)
    st.subheader("When it would come", anchor=False)
    workflow_schedule.show(f"{key}.schedule", draft.steps, draft.rules, shown)
    _buttons(editing, draft)


def _names(editing: Editing, key: str) -> None:
    with session.store().read() as reader:
        names = {tag.id: tag.name for tag in tags.find(reader, include_retired=False)}
    first, second = st.columns(2)
    name = first.text_input("Name", editing.draft.name, key=f"{key}.name", max_chars=LONGEST_NAME)
    ids = list(names)
    had = editing.draft.tag_id
    tag_id = second.selectbox(
        "Attached tag (optional)", ids, ids.index(had) if had in names else None, format_func=names.__getitem__,
        key=f"{key}.tag", placeholder="None", help="Put on whoever is enrolled; it may colour their bubble",
    )  # fmt: skip
    editing.draft = replace(editing.draft, name=name, tag_id=tag_id)


def _buttons(editing: Editing, draft: Draft) -> None:
    if editing.seen:
        st.text(_what_saving_means(editing))
    if editing.refused:
        st.error(plain(editing.refused))
    with st.container(horizontal=True, gap="small"):
        if editing.seen:
            if st.button("Save", type="primary", key="workflows.save"):
                _save(editing, draft, workflows.save, editing.place.workflow_id, draft, editing.seen)
        else:
            if st.button("Save and switch on", type="primary", key="workflows.save"):
                _save(editing, draft, workflows.add, draft)
            if st.button("Save as a draft", key="workflows.draft", help="It takes nobody in before it is switched on"):
                _save(editing, draft, workflows.add, draft, "draft")
        st.button("Discard", key="workflows.discard", on_click=_leave, args=(editing.place,))


def _what_saving_means(editing: Editing) -> str:
    with session.store().read() as reader:
        found = workflows.get(reader, editing.place.workflow_id or 0)
    said = "Saving makes a new version, which whoever is enrolled from then on goes through."
    if found.live:
        goes_on = "finishes on the version it" if found.live == 1 else "finish on the version they"
        said += f" {many(found.live, 'running enrollment')} {goes_on} began with; rules hold for all at once."
    return said


def _save(editing: Editing, draft: Draft, verb: Any, *args: Any) -> None:
    """Write it and go to its page; or say what is wrong, beside the steps where it is theirs."""
    if frame.is_echo("workflows"):
        return
    editing.problems, editing.refused = {}, ""
    try:
        written = session.store().write(session.actor(), verb, *args)
    except AppError as refused:
        with session.store().read() as reader:
            wrong = workflows.problems(reader, draft.steps)
        editing.problems = {editing.order[place]: said for place, said in wrong.items()}
        editing.refused = str(refused)
        st.rerun()
    frame.did_last()
    workflow_editing.forget()
    workflow_place.go(Place(editing.place.workflow_id or written))
    st.rerun()


def _leave(place: Place) -> None:
    """What was changed is dropped. A callback."""
    workflow_editing.forget()
    workflow_place.go(Place(place.workflow_id))
