"""The steps in the editor of a workflow: one below the other, each with its fields and what is wrong with it."""

from collections.abc import Callable
from datetime import time

import streamlit as st

from core import people, pipelines, tags, templates
from core.workflows import KINDS, WEEKDAYS, Step
from pages.ui import session, wording, workflow_editing
from pages.ui.plain import plain
from pages.ui.wording import Shown
from pages.ui.workflow_editing import Editing

UNITS = {"minutes": 60, "hours": 3_600, "days": 86_400}
UNTIL = "until an hour"
ANY_DAY = "Any day"
MORNING = 9 * 60
ICONS = {
    "send": "sms", "wait": "schedule", "tag": "label", "untag": "label_off", "stage": "moving", "hot":
    "local_fire_department", "assign": "person", "end": "flag",
}  # fmt: skip


def edit(editing: Editing, shown: Shown) -> None:
    """All of them, and the buttons for more."""
    for place, name in enumerate(editing.order):
        _step(editing, place, name, shown)
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="workflows.add"):
        st.text("Add a step")
        for kind, label in KINDS.items():
            st.button(label, icon=f":material/{ICONS[kind]}:", key=f"workflows.add.{kind}",
                      on_click=workflow_editing.add, args=(editing, kind),
                      disabled=len(editing.order) >= workflow_editing.MOST_STEPS)  # fmt: skip


def _step(editing: Editing, place: int, name: str, shown: Shown) -> None:
    step, last = editing.steps[name], len(editing.order) - 1
    key = f"workflows.{editing.token}.{name}"
    with st.container(border=True, key=f"workflows.step.{place}", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            with st.container(key=f"workflows.head.{place}", width="stretch"):
                st.text(f"{place + 1}. {KINDS[step.kind]}")
            for label, icon, by, end in (("up", "arrow_upward", -1, 0), ("down", "arrow_downward", 1, last)):
                st.button(f"Move step {place + 1} {label}", icon=f":material/{icon}:", key=f"{key}.{icon}",
                          type="tertiary", disabled=place == end, on_click=workflow_editing.move,
                          args=(editing, name, by))  # fmt: skip
            st.button(f"Remove step {place + 1}", icon=":material/close:", key=f"{key}.remove", type="tertiary",
                      on_click=workflow_editing.remove, args=(editing, name))  # fmt: skip
        if step.kind in FIELDS:
            editing.steps[name] = FIELDS[step.kind](step, key, f"step {place + 1}", shown)
        if wrong := editing.problems.get(name):
            st.error(plain(wrong))


def _send(step: Step, key: str, said: str, shown: Shown) -> Step:
    """The text; a template that is taken replaces it, and may be changed here."""
    with session.store().read() as reader:
        offered = {each.id: each for each in templates.find(reader, session.actor().id)}
    taken = f"{key}.taken"
    times, template_id = st.session_state.setdefault(taken, (0, step.template_id))
    body = step.body
    chosen = st.selectbox(
        f"Template for {said} (optional)", list(offered), None, format_func=lambda id_: offered[id_].title,
        key=f"{key}.template", placeholder="Take the text of a template, or write it below",
    )  # fmt: skip
    if chosen is not None and chosen != template_id:
        times, template_id = st.session_state[taken] = (times + 1, chosen)
        body = offered[chosen].body
    body = wording.field_of(body, f"{key}.{times}", shown, f"Text of {said}")
    return Step("send", body, template_id=template_id)


def _wait(step: Step, key: str, said: str, _shown: Shown) -> Step:
    """A span of time, or an hour of a day at the contact's place."""
    first, second, third = st.columns(3)
    seconds = step.wait_seconds
    unit = next((each for each in reversed(UNITS) if seconds and seconds % UNITS[each] == 0), "minutes")
    ways = [*UNITS, UNTIL]
    way = first.selectbox(f"How {said} waits", ways, ways.index(UNTIL if seconds is None else unit), key=f"{key}.way")
    if way != UNTIL:
        begun = seconds // UNITS[unit] if seconds else 1
        n = second.number_input(f"Number of {way}", 1, 5 * 366 * 86_400 // UNITS[way], begun, key=f"{key}.{way}")
        return Step("wait", wait_seconds=int(n) * UNITS[way])
    days = [None, *range(7)]
    weekday = second.selectbox("Day", days, days.index(step.params.get("weekday")), key=f"{key}.day",
                               format_func=lambda day: ANY_DAY if day is None else WEEKDAYS[day])  # fmt: skip
    minute = step.params.get("minute", MORNING)
    at = third.time_input("Hour at the contact's place", time(minute // 60, minute % 60), key=f"{key}.hour")
    return Step("wait", params={"weekday": weekday, "minute": at.hour * 60 + at.minute})


def _tag(step: Step, key: str, said: str, _shown: Shown) -> Step:
    with session.store().read() as reader:
        names = {tag.id: tag.name for tag in tags.find(reader, include_retired=step.kind == "untag")}
    return _named(step, "tag_id", names, (f"Tag of {said}", f"{key}.tag"))


def _stage(step: Step, key: str, said: str, _shown: Shown) -> Step:
    with session.store().read() as reader:
        board = pipelines.find(reader)
    names = {stage.id: f"{each.name}: {stage.name}" for each in board for stage in each.stages}
    if not names:
        st.text("There is no pipeline yet. Pipelines come with imported deals.")
    return _named(step, "stage_id", names, (f"Stage of {said}", f"{key}.stage"))


def _assign(step: Step, key: str, said: str, _shown: Shown) -> Step:
    with session.store().read() as reader:
        names = {person.id: person.name for person in people.find(reader)}
    return _named(step, "owner_id", names, (f"Owner by {said}", f"{key}.owner"), "Nobody")


def _named(step: Step, param: str, names: dict[int, str], field: tuple[str, str], none: str = "Choose one") -> Step:
    label, key = field
    ids = list(names)
    was = step.params.get(param)
    chosen = st.selectbox(label, ids, ids.index(was) if was in names else None, format_func=names.__getitem__, key=key,
                          placeholder=none)  # fmt: skip
    return Step(step.kind, params={} if chosen is None and none != "Nobody" else {param: chosen})


FIELDS: dict[str, Callable[[Step, str, str, Shown], Step]] = {
    "send": _send, "wait": _wait, "tag": _tag, "untag": _tag, "stage": _stage, "assign": _assign,
}  # fmt: skip
