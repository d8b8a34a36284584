"""One workflow: its state, how each step fares, who is where, its rules, and when it would come."""

import streamlit as st

from core import tags, workflows
from core.access import Right
from core.errors import AppError
from core.workflows import Draft, StepResult, Workflow
from pages.ui import (
    frame,
    session,
    table,
    wording,
    workflow_people,
    workflow_place,
    workflow_rules,
    workflow_schedule,
)
from pages.ui.plain import many
from pages.ui.table import Row
from pages.ui.workflow_place import LIST, Place

STATES = {
    "on": "On: it takes contacts in and carries them on.",
    "paused": "Paused: it takes contacts in, but nobody in it moves until it is switched on.",
    "draft": "Draft: it takes nobody in before it is switched on.",
    "retired": "Retired: it takes nobody in and sends nothing more. It can be switched on again.",
}
HEADS = ("Step", "There now", "Taken", "Sent", "Delivered", "Failed", "Replied", "Opted out", "Quoted", "Won")


def show(workflow_id: int) -> None:
    """From its name to its details."""
    with session.store().read() as reader:
        found = workflows.get(reader, workflow_id)
        names = {tag.id: tag.name for tag in tags.find(reader)}
    st.button("All workflows", icon=":material/arrow_back:", key="workflows.back", type="tertiary",
              on_click=workflow_place.go, args=(LIST,))  # fmt: skip
    with st.container(key="workflows.title", gap=None):
        st.text(found.name)
        st.text(f"{STATES[found.state]} Version {found.version:,}. {many(found.live, 'contact')} in it now."
                + (f" Adds the tag {names.get(found.tag_id, '(gone)')}." if found.tag_id else ""))  # fmt: skip
    if session.actor().may(Right.WORKFLOW_EDIT):
        _buttons(found)
    pace = workflow_people.pace(found)  # kept up to date while it is looked at
    st.fragment(_steps, run_every=pace)(found)
    if session.actor().may(Right.CONVERSATION_VIEW):
        st.fragment(workflow_people.show, run_every=pace)(found)
    _details(found)


def _buttons(found: Workflow) -> None:
    with st.container(horizontal=True, gap="small"):
        st.button("Change", icon=":material/edit:", key="workflows.change", on_click=workflow_place.go,
                  args=(Place(found.id, is_edited=True),))  # fmt: skip
        if found.state == "on":
            _switch(found, "paused", "Pause", "pause")
        else:
            _switch(found, "on", "Switch on", "play_arrow")
        if found.state != "retired":
            _switch(found, "retired", "Retire", "archive",
                    "Nothing more is sent, and whoever comes to a step is stopped")  # fmt: skip


def _switch(found: Workflow, state: str, label: str, icon: str, hint: str | None = None) -> None:
    st.button(label, icon=f":material/{icon}:", key=f"workflows.state.{state}", on_click=_set_state,
              args=(found.id, state), help=hint)  # fmt: skip


def _set_state(workflow_id: int, state: str) -> None:
    """A callback."""
    if frame.is_echo("workflows"):  # Pause has become Switch on
        return
    try:
        frame.did(session.store().write(session.actor(), workflows.set_state, workflow_id, state))
    except AppError as refused:
        frame.tell(str(refused))
        return
    session.wake()


def _steps(found: Workflow) -> None:
    """Each step of a version, who is there, and what became of its texts."""
    with session.store().read() as reader:
        versions = workflows.versions(reader, found.id)
    st.subheader("Steps", anchor=False)
    version = found.version
    if len(versions) > 1:
        version = st.selectbox("Version", versions[::-1], versions[::-1].index(version), key=f"workflows.v.{found.id}",
                               format_func=lambda n: f"{n:,} (current)" if n == found.version else f"{n:,}",
                               width=200)  # fmt: skip
    with session.store().read() as reader:
        results = workflows.performance(reader, found.id, version)
        here = workflows.whereabouts(reader, found.id)
        names = workflows.names_of(reader, [each.step for each in results])
    rows = [_result(each, workflows.words(each.step, names), here.get((version, each.position), 0)) for each in results]
    elsewhere = sum(n for (other, _), n in here.items() if other != version)
    if elsewhere:
        st.text(f"{many(elsewhere, 'contact')} {'goes' if elsewhere == 1 else 'go'} through another version.")
    table.show("workflows.steps", HEADS, rows, range(1, len(HEADS)), "Steps")


def _result(each: StepResult, words: str, here: int) -> Row:
    told = (each.sent, each.delivered, each.failed, each.replied, each.opted_out, each.quoted, each.won)
    figures = told if each.step.kind == "send" else (None,) * len(told)
    taken = None if each.step.kind in ("wait", "end") else each.reached  # nobody takes those: they are there for a time
    cells = (here, taken, *figures)
    return Row((f"{each.position + 1}. {words}", *("" if n is None else f"{n:,}" for n in cells)))


def _details(found: Workflow) -> None:
    st.subheader("Rules", anchor=False)
    draft = Draft(found.name, found.kind, found.steps, found.tag_id, found.rules)  # type: ignore[arg-type]
    with st.container(gap=None, key="workflows.rules"):
        for sentence in workflow_rules.words(draft):
            st.text(sentence)
    key = f"workflows.one.{found.id}"
    if found.kind == "redrip":
        workflow_rules.qualifying(found.id, draft, key)
    st.subheader("When it would come", anchor=False)
    shown = wording.whom(key)
    workflow_schedule.show(f"{key}.schedule", found.steps, found.rules, shown)
