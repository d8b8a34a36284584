"""The columns and cards of a board as texts to draw."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from core import clock
from core.board import PAGE, Card, Figures
from core.pipelines import Stage
from pages.ui.deal_history import span
from pages.ui.places import Here, here
from pages.ui.plain import many

Drawn = dict[str, Any]


def data(
    stages: Sequence[Stage],
    figures: Mapping[int, Figures],
    cards: Mapping[int, Sequence[Card]],
    is_folded: Callable[[Stage], bool],
) -> Drawn:
    """What the component draws: the columns in order, and the stages a card may be moved to."""
    at, now = here(), clock.now()
    columns = []
    for stage in stages:
        listed = [] if is_folded(stage) else [_card(card, stage, at, now) for card in cards.get(stage.id, ())]
        columns.append(_column(stage, figures.get(stage.id, Figures()), at) | {"cards": listed})
        columns[-1]["folded"] = is_folded(stage)
        left = figures.get(stage.id, Figures()).count - len(listed)
        columns[-1]["more"] = f"Show {min(PAGE, left):,} of {left:,} more" if left > 0 and not is_folded(stage) else ""
    targets = [{"id": stage.id, "name": stage.name, "kind": stage.kind} for stage in stages if not stage.is_retired]
    return {"columns": columns, "targets": targets}


def _column(stage: Stage, said: Figures, at: Here) -> Drawn:
    name = f"{stage.name} (deleted)" if stage.is_retired else stage.name
    count, total = many(said.count, "deal"), at.money(said.cents) if said.count > said.unquoted else ""
    unquoted = f"{said.unquoted:,} no amount" if said.unquoted else ""
    rotting = f"{said.rotting:,} too long here" if said.rotting else ""
    is_other = "closed" if stage.kind == "open" else f"not {stage.kind}"
    otherwise = f"{said.otherwise:,} of them {is_other}" if said.otherwise else ""
    return {
        "id": stage.id,
        "name": name,
        "kind": stage.kind,
        "takes": not stage.is_retired,
        "count": count,
        "sum": total,
        "unquoted": unquoted,
        "rotting": rotting,
        "otherwise": otherwise,
        "label": ", ".join(part for part in (name, count, total, unquoted, rotting, otherwise) if part),
        "all": f"All {count} of {name}" if said.count > 1 else f"{count} of {name}" if said.count else "",
    }


def _card(card: Card, stage: Stage, at: Here, now: int) -> Drawn:
    phone = at.national(card.phone) if card.phone else ""
    name = card.name or phone or "No name"
    amount = at.money(card.amount_cents)
    stay = span(max(0, now - card.entered_at)) if card.entered_at is not None else ""
    days = "" if not stay else f"{stay} here" if card.outcome == "open" else f"{stay} ago"
    rotting = f"too long: more than {many(stage.rot_days, 'day')}" if card.is_rotting and stage.rot_days else ""
    active = f"active {span(max(0, now - card.active_at))} ago" if card.active_at else "never active"
    mark = card.outcome if card.outcome != stage.kind else ""
    reason = card.lost_reason if card.outcome == "lost" else ""
    parts = (name, amount or "no amount", mark, card.owner, days, rotting, active, reason)
    return {
        "id": card.id,
        "contact": card.contact_id,
        "href": f"/contact?c={card.contact_id}",
        "name": name,
        "amount": amount,
        "owner": card.owner,
        "mark": mark,
        "days": days,
        "rotting": rotting,
        "active": active,
        "reason": reason,
        "label": ", ".join(part for part in parts if part),
    }
