"""Deals moved on the board: at once into an open stage, after a question into a closed one, after a preview many."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from core import board, bulk, pipelines
from core.conversations import ConversationFilter
from core.pipelines import Stage
from pages.ui import acting, frame, session
from pages.ui.acting import TICKED, Asked

CLOSE = "close"
GONE = "This stage does not exist (any more). Look at the board again."


def move(told: Mapping[str, Any] | None) -> None:
    """Those that were dragged, or chosen by menu or keys: pairs of contact and deal. A callback."""
    if told:
        _move([(int(contact), int(deal)) for contact, deal in told["deals"]], int(told["stage"]))


def move_all(told: Mapping[str, Any] | None, wanted: ConversationFilter) -> None:
    """All of a column, also those that are not loaded, frozen now. A callback."""
    if told:
        with session.store().read() as reader:
            found = board.deals(reader, board.where(reader, wanted), int(told["from"]))
        _move(found, int(told["stage"]))


def _move(deals: Sequence[tuple[int, int]], stage_id: int) -> None:
    stage = find_stage(stage_id)
    if stage is None or not deals:
        frame.tell(GONE)
        return
    action = bulk.action("move", stage_id=stage.id, deal_ids=[deal for _, deal in deals])
    meant = bulk.choose("ticked", [contact for contact, _ in deals])
    request = secrets.token_hex(16)
    if stage.kind == "open":
        acting.at_once(action, meant, request)
    else:
        acting.look_at(Asked(CLOSE, TICKED, request, action, meant))


def find_stage(stage_id: int) -> Stage | None:
    """A stage in use."""
    with session.store().read() as reader:
        listed = [stage for each in pipelines.find(reader) for stage in each.stages]
    return next((stage for stage in listed if stage.id == stage_id), None)
