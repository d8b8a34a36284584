"""Which stage, with an amount if there is one, and which owner."""

import streamlit as st

from core import conversations, people
from pages.ui import asking, session
from pages.ui.acting import Asked

NOBODY = 0


def move(asked: Asked) -> None:
    """Pipeline, stage, and the amount that was quoted, if any."""
    asking.whom(asked)
    with session.store().read() as reader:
        offered = conversations.choices(reader)
    if not offered.pipelines:
        st.text("There is no pipeline yet. Pipelines come with imported deals.")
        asking.answered("Save", is_ready=False)
        return
    pipelines = dict(offered.pipelines)
    pipeline = st.selectbox("Pipeline", list(pipelines), format_func=pipelines.__getitem__, key="ask.move.pipeline")
    stages = {id_: name for id_, name, of in offered.stages if of == pipeline}
    stage = st.selectbox("Stage", list(stages), None, format_func=stages.__getitem__, key="ask.move.stage")
    amount = st.number_input("Amount quoted (optional)", value=None, min_value=0.0, step=100.0, key="ask.move.amount")
    new_deal = st.checkbox("As a new deal, beside those that are open", key="ask.move.new")
    if asking.answered("Save", is_ready=stage is not None):
        cents = None if amount is None else round(amount * 100)
        asking.do(asked, "move", stage_id=stage, amount_cents=cents, new_deal=new_deal)


def assign(asked: Asked) -> None:
    """One user, or nobody."""
    asking.whom(asked)
    with session.store().read() as reader:
        names = {NOBODY: "Nobody", **{person.id: person.name for person in people.find(reader)}}
    owner = st.selectbox("Owner", list(names), None, format_func=names.__getitem__, key="ask.assign.owner")
    if asking.answered("Assign", is_ready=owner is not None):
        asking.do(asked, "assign", owner_id=owner or None)
