"""Pipeline and stage, with what was quoted, who sells, and when it is expected to close; and which owner."""

from datetime import date
from typing import Any

import streamlit as st

from core import conversations, money, people, pipelines
from core.conversations import Deal
from core.errors import Invalid
from core.pipelines import Stage
from pages.ui import asking, deal_history, session
from pages.ui.acting import Asked
from pages.ui.places import here
from pages.ui.plain import plain

NOBODY, KEPT = 0, -1
REASON_LENGTH = 200


def move(asked: Asked) -> None:
    """The stage, and what else is known; an open deal is shown as it is, and changed."""
    asking.whom(asked)
    with session.store().read() as reader:
        offered = {each.id: each for each in pipelines.find(reader)}
    if not offered:
        st.text("There is no pipeline yet. An administrator makes one (Admin, Pipelines), or deals are imported.")
        asking.answered("Save", is_ready=False)
        return
    held = _held(asked)
    ids = list(offered)
    index = ids.index(held.pipeline_id) if held and held.pipeline_id in offered else 0
    chosen = st.selectbox("Pipeline", ids, index, format_func=lambda id_: offered[id_].name, key="ask.move.pipeline")
    held = held if held and held.pipeline_id == chosen else None
    stage = _stage(offered[chosen].stages, held)
    said = _said(held, one=asked.target.conversation is not None)
    closing = _closing(stage) if stage and stage.kind != "open" else {}
    new_deal = st.checkbox("As a new deal, beside those that are open", key="ask.move.new")
    if asking.answered("Save", is_ready=stage is not None and said is not None) and stage and said is not None:
        asking.do(asked, "move", stage_id=stage.id, new_deal=new_deal, **said, **closing)
    if asked.target.conversation is not None:
        deal_history.show(asked.target.conversation)


def _held(asked: Asked) -> Deal | None:
    """The open deal that would be changed: the newest one."""
    if asked.target.conversation is None:
        return None
    with session.store().read() as reader:
        found = conversations.get(reader, asked.target.conversation).deals
    still_open = [deal for deal in found if deal.outcome == "open"]
    return max(still_open, key=lambda deal: (deal.opened_at or 0, deal.id), default=None)


def _stage(stages: tuple[Stage, ...], held: Deal | None) -> Stage | None:
    by_id = {stage.id: stage for stage in stages}
    index = list(by_id).index(held.stage_id) if held and held.stage_id in by_id else None
    key = f"ask.move.stage.{stages[0].id}"
    chosen = st.selectbox("Stage", list(by_id), index, format_func=lambda id_: by_id[id_].name, key=key,
                          placeholder="Choose a stage")  # fmt: skip
    return by_id.get(chosen) if chosen is not None else None


def _said(held: Deal | None, *, one: bool) -> dict[str, Any] | None:
    """Amount, owner and day as parameters of the action; None while the amount cannot be read."""
    first, second = st.columns(2)
    quoted = here().amount(held.amount_cents) if held else ""
    typed = first.text_input("Amount quoted (optional)", quoted, key=f"ask.move.amount.{held.id if held else 0}",
                             placeholder="1,250 or $1250.50")  # fmt: skip
    day = date.fromisoformat(held.expected_close_on) if held and held.expected_close_on else None
    close = second.date_input("Expected close (optional)", day, key=f"ask.move.close.{held.id if held else 0}")
    owner = _owner(held, one=one)
    try:
        cents = money.cents(typed, here().currency)
    except Invalid as error:
        first.error(plain(f"“{typed}” {error}. Write it as 1,250 or 1250.50."))
        return None
    unsaid = "" if held else None  # what an open deal had is taken off when its field is cleared
    return {
        "amount_cents": unsaid if cents is None else cents,
        "expected_close_on": close.isoformat() if close else unsaid,
        "owner_id": {NOBODY: "", KEPT: None}.get(owner, owner),
    }


def _owner(held: Deal | None, *, one: bool) -> int:
    with session.store().read() as reader:
        names = {NOBODY: "Nobody", **{person.id: person.name for person in people.find(reader)}}
    if not held:
        names = {KEPT: "Owner of the conversation" if one else "As it is", **names}
    usual = (held.owner_id or NOBODY) if held else KEPT
    return int(st.selectbox("Owner of the deal", list(names), list(names).index(usual), format_func=names.__getitem__,
                            key=f"ask.move.owner.{held.id if held else 0}"))  # fmt: skip


def _closing(stage: Stage) -> dict[str, Any]:
    """What is asked when a deal is won or lost."""
    said: dict[str, Any] = {}
    if stage.kind == "lost":
        label = "Why was it lost? (optional)"
        said["lost_reason"] = st.text_input(label, key="ask.move.reason", max_chars=REASON_LENGTH)
    said["stop_enrollments"] = st.checkbox("Stop their workflows and redrips", value=True, key="ask.move.stops")
    return said


def assign(asked: Asked) -> None:
    """One user, or nobody."""
    asking.whom(asked)
    with session.store().read() as reader:
        names = {NOBODY: "Nobody", **{person.id: person.name for person in people.find(reader)}}
    owner = st.selectbox("Owner", list(names), None, format_func=names.__getitem__, key="ask.assign.owner")
    if asking.answered("Assign", is_ready=owner is not None):
        asking.do(asked, "assign", owner_id=owner or None)
