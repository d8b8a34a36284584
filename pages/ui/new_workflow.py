"""A first way to make a workflow or redrip: a name, a tag, and steps of text and wait one after the other."""

import streamlit as st

from core import tags, workflows
from core.errors import AppError
from core.workflows import Draft, Rules, Step
from pages.ui import session
from pages.ui.plain import plain

UNITS = {"minutes": 60, "hours": 3600, "days": 86_400}
MOST_STEPS = 30
TEXT_LENGTH = 1600


def form(kind: str, chosen_key: str) -> None:
    """The fields, the steps, and the button that makes it; what was made is chosen under `chosen_key`."""
    key = f"new.{kind}"
    kinds: list[str] = st.session_state.setdefault(f"{key}.steps", ["send"])
    st.text_input("Name", key=f"{key}.name", max_chars=80)
    with session.store().read() as reader:
        names = {tag.id: tag.name for tag in tags.find(reader, include_retired=False)}
    st.selectbox("Attached tag (optional)", list(names), None, format_func=names.__getitem__, key=f"{key}.tag",
                 placeholder="None")  # fmt: skip
    st.checkbox("Only for contacts who consented", key=f"{key}.consent")
    st.checkbox("Stops when the contact replies", value=True, key=f"{key}.reply")
    for place, step in enumerate(kinds):
        _step(key, place, step)
    _more(key, kinds)
    st.button(f"Create {kind}", key=f"{key}.create", on_click=_create, args=(kind, key, chosen_key))
    if refused := st.session_state.pop(f"{key}.refused", None):
        st.error(plain(refused))


def _step(key: str, place: int, step: str) -> None:
    if step == "send":
        st.text_area(f"Step {place + 1}: text", key=f"{key}.{place}.body", max_chars=TEXT_LENGTH, height=90)
        return
    number, unit = st.columns(2)
    number.number_input(f"Step {place + 1}: wait", min_value=1, max_value=1000, value=1, key=f"{key}.{place}.n")
    unit.selectbox("Unit", list(UNITS), 2, key=f"{key}.{place}.unit")


def _more(key: str, kinds: list[str]) -> None:
    with st.container(horizontal=True, gap="small"):
        full = len(kinds) >= MOST_STEPS
        st.button("Add text", key=f"{key}.add.send", on_click=kinds.append, args=("send",), disabled=full)
        st.button("Add wait", key=f"{key}.add.wait", on_click=kinds.append, args=("wait",), disabled=full)
        st.button("Remove last step", key=f"{key}.drop", on_click=kinds.pop, disabled=len(kinds) < 2)


def _create(kind: str, key: str, chosen_key: str) -> None:
    state = st.session_state
    steps = tuple(_read(key, place, step) for place, step in enumerate(state[f"{key}.steps"]))
    draft = Draft(
        name=state[f"{key}.name"],
        kind=kind,  # type: ignore[arg-type]
        steps=steps,
        tag_id=state[f"{key}.tag"],
        rules=Rules(needs_consent=state[f"{key}.consent"], stop_on_reply=state[f"{key}.reply"]),
    )
    try:
        state[chosen_key] = session.store().write(session.actor(), workflows.add, draft)
    except AppError as refused:
        state[f"{key}.refused"] = str(refused)
        return
    state[f"{key}.steps"] = ["send"]
    state[f"{key}.name"] = state[f"{key}.0.body"] = ""


def _read(key: str, place: int, step: str) -> Step:
    state = st.session_state
    if step == "send":
        return Step("send", body=state[f"{key}.{place}.body"].strip())
    return Step("wait", wait_seconds=int(state[f"{key}.{place}.n"]) * UNITS[state[f"{key}.{place}.unit"]])
