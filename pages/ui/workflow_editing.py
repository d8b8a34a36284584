"""What is being changed in the editor of a workflow, kept while the person looks elsewhere."""

import secrets
from dataclasses import dataclass, field, replace

import streamlit as st

from core import workflows
from core.workflows import Draft, Step
from pages.ui import frame, session
from pages.ui.workflow_place import Place

KEY = "workflows.editing"
DAY = 86_400
MOST_STEPS = 100


@dataclass
class Editing:
    """`steps` by a name of their own, in the order `order`; `seen`: the version that is changed, 0 for a new workflow;
    `begun`: the draft as it was. `problems` by step, `refused`: what saving said last.
    """

    place: Place
    begun: Draft
    draft: Draft
    seen: int
    token: str
    order: list[str]
    steps: dict[str, Step]
    problems: dict[str, str] = field(default_factory=dict)
    refused: str = ""

    def drafted(self) -> Draft:
        """The draft with its steps as they are now."""
        return replace(self.draft, steps=tuple(self.steps[name] for name in self.order))


def of(place: Place) -> Editing:
    """What is being changed at this place; begun anew unless it was left here with something changed.

    Raises: NotFound.
    """
    kept: Editing | None = st.session_state.get(KEY)
    seen, draft = _stored(place)
    if kept is not None and kept.place == place and (kept.seen == seen or kept.drafted() != kept.begun):
        return kept
    names = [secrets.token_hex(4) for _ in draft.steps]
    begun = Editing(place, draft, draft, seen, secrets.token_hex(4), names, dict(zip(names, draft.steps, strict=True)))
    st.session_state[KEY] = begun
    return begun


def _stored(place: Place) -> tuple[int, Draft]:
    if place.workflow_id is None:
        return 0, Draft("", place.new, (Step("send"),))  # type: ignore[arg-type]
    with session.store().read() as reader:
        found = workflows.get(reader, place.workflow_id)
    return found.version, Draft(found.name, found.kind, found.steps, found.tag_id, found.rules)  # type: ignore[arg-type]


def forget() -> None:
    """Nothing is being changed any more. For callbacks, too."""
    st.session_state.pop(KEY, None)


def add(editing: Editing, kind: str) -> None:
    """A further step, the last but for an end. A callback."""
    if frame.is_echo("workflows") or len(editing.order) >= MOST_STEPS:
        return
    name = secrets.token_hex(4)
    last = editing.order and editing.steps[editing.order[-1]].kind == "end"
    editing.order.insert(len(editing.order) - bool(last), name)
    editing.steps[name] = Step(kind, wait_seconds=DAY if kind == "wait" else None)  # type: ignore[arg-type]


def move(editing: Editing, name: str, by: int) -> None:
    """Up (-1) or down (1). A callback."""
    if frame.is_echo("workflows"):  # another step has come to where this one was
        return
    at = editing.order.index(name)
    to = min(max(0, at + by), len(editing.order) - 1)
    editing.order.insert(to, editing.order.pop(at))
    editing.problems = {}


def remove(editing: Editing, name: str) -> None:
    """A callback."""
    if not frame.is_echo("workflows"):
        editing.order.remove(name)
        editing.problems = {}
