"""Won or lost, from the board: what it was worth, or why it was lost, and what becomes of the texts to them."""

from typing import Any

import streamlit as st

from core import bulk, conversations, deals, money
from core.errors import Invalid
from core.pipelines import Stage
from pages.ui import acting, asking, board_moves, reader, session
from pages.ui.acting import Asked
from pages.ui.places import here
from pages.ui.plain import many, plain

REASON_LENGTH = 200


def body(asked: Asked) -> None:
    """The dialog."""
    action, meant = asked.action, asked.chosen
    stage = board_moves.find_stage(action.values["stage_id"]) if action else None
    if action is None or meant is None or stage is None:
        acting.close()
        st.rerun()
    st.text(f"{_whom(asked)}: {stage.name}.")
    said = _lost(stage) if stage.kind == "lost" else _won(asked)
    stops = st.checkbox("Stop their workflows and redrips", value=True, key="close.stops")
    if asking.answered(stage.kind.capitalize(), is_ready=said is not None) and said is not None:
        acting.close()
        params = {**action.values, **said, "stop_enrollments": stops}
        acting.at_once(bulk.action(action.name, **params), meant, asked.request_id)
        st.rerun()


def _whom(asked: Asked) -> str:
    ids = asked.action.values["deal_ids"] if asked.action else ()
    if len(ids) != 1 or asked.chosen is None:
        return many(len(ids), "deal")
    with session.store().read() as connection:
        return reader.title(conversations.get(connection, asked.chosen.ids[0]))


def _lost(stage: Stage) -> dict[str, Any]:
    with session.store().read() as connection:
        known = deals.lost_reasons(connection, stage.id)
    reason = st.selectbox(
        "Why? (optional)", known, None, key="close.reason", accept_new_options=True, format_func=str,
        placeholder="Choose a reason, or type a new one",
    )  # fmt: skip
    return {"lost_reason": (reason or "")[:REASON_LENGTH]}


def _won(asked: Asked) -> dict[str, Any] | None:
    """The amount of a single deal; None while it cannot be read."""
    ids = asked.action.values["deal_ids"] if asked.action else ()
    if len(ids) != 1 or asked.chosen is None:
        return {}
    with session.store().read() as connection:
        found = conversations.get(connection, asked.chosen.ids[0]).deals
    held = next((deal.amount_cents for deal in found if deal.id == ids[0]), None)
    typed = st.text_input("Amount (optional)", here().amount(held), key=f"close.amount.{ids[0]}",
                          placeholder="1,250 or $1250.50")  # fmt: skip
    try:
        cents = money.cents(typed, here().currency)
    except Invalid as error:
        st.error(plain(f"“{typed}” {error}. Write it as 1,250 or 1250.50."))
        return None
    return {"amount_cents": "" if cents is None else cents}
