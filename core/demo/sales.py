"""Deals and the way each went through the stages of its pipeline."""

from datetime import UTC, datetime
from random import Random
from typing import Any

from core.demo.plan import Plan
from core.demo.stories import DAY, Story

Row = tuple[Any, ...]

PIPELINES: dict[str, list[tuple[str, str, float | None, int | None]]] = {
    # stage: name, kind, probability, days after which it is stale
    "Auto": [
        ("New lead", "open", 0.05, 3), ("Contacted", "open", 0.15, 7), ("Quoted", "open", 0.35, 14),
        ("Negotiating", "open", 0.55, 14), ("Application", "open", 0.8, 10),
        ("Won", "won", 1.0, None), ("Lost", "lost", 0.0, None),
    ],
    "Home & renters": [
        ("New lead", "open", 0.05, 3), ("Inspection", "open", 0.25, 21), ("Quoted", "open", 0.4, 21),
        ("Application", "open", 0.75, 14),
        ("Won", "won", 1.0, None), ("Lost", "lost", 0.0, None),
    ],
    "Life": [
        ("New lead", "open", None, 7), ("Needs talk", "open", 0.2, 21), ("Quoted", "open", 0.3, 30),
        ("Underwriting", "open", 0.6, 45),
        ("Won", "won", 1.0, None), ("Lost", "lost", 0.0, None),
    ],
}  # fmt: skip
PIPELINE_OF = {"auto": 0, "home": 1, "life": 2}
QUOTED = 2
"""From this place in its pipeline on, a deal has an amount (most of the time)."""

LOST_REASONS = (
    "price",
    "price",
    "stayed with carrier",
    "no answer",
    "bought elsewhere",
    "not eligible",
    "bad timing",
    "wrong number",
    "",
)
ADVANCE = {
    "silent": 0.25,
    "not_interested": 0.35,
    "stop": 0.2,
    "wrong_number": 0.05,
    "lost": 0.75,
    "open": 0.78,
    "sold": 0.9,
}
END = {"silent": 0.5, "not_interested": 0.9, "stop": 1.0, "wrong_number": 1.0, "lost": 0.92, "open": 0.05, "sold": 1.0}
WON = {"sold": 0.93, "open": 0.3, "lost": 0.04}


def deals(
    rnd: Random, plan: Plan, story: Story, line: str, lead: tuple[int | None, int]
) -> list[tuple[Row, list[Row]]]:
    """The deals of one contact, oldest first, each with its stage events; `lead`: the owner and when it began.

    Shape: the columns of `columns.COLUMNS` without the ids and the event's.
    Units: amounts in cents, None while not quoted; times UTC seconds, none after the plan's end.
    """
    count = int(story.deals) + (rnd.random() < story.deals % 1)
    if rnd.random() < 0.02:
        count += 2
    owner_id, begun_at = lead
    made = []
    opened_at = begun_at + int(rnd.random() * DAY)
    for number in range(count):
        which = PIPELINE_OF[line] if number == 0 or rnd.random() < 0.5 else rnd.randrange(3)
        if opened_at >= plan.end_at:
            break
        made.append(_deal(rnd, plan, _steps(rnd, story, len(plan.pipelines[which][1]), opened_at), which, owner_id))
        opened_at += int(rnd.expovariate(1 / (120 * DAY)))
    return made


def _deal(
    rnd: Random, plan: Plan, steps: list[tuple[int, int]], which: int, owner_id: int | None
) -> tuple[Row, list[Row]]:
    pipeline_id, stages = plan.pipelines[which]
    opened_at = steps[0][0]
    steps = [step for step in steps if step[0] <= plan.end_at]
    events: list[Row] = []
    amount: int | None = None
    before: int | None = None
    place = 0
    for at, to_place in steps:
        previous = amount
        if to_place >= QUOTED and amount is None and rnd.random() < 0.9:
            amount = int(rnd.lognormvariate(11.6, 0.55)) // 100 * 100 + rnd.choice((0, 0, 50, 99))
        elif amount is not None and rnd.random() < 0.15:
            amount = amount * rnd.randrange(85, 112) // 100
        events.append((before, stages[to_place], at, owner_id, "manual" if owner_id else "workflow", previous, amount))
        before, place = stages[to_place], to_place
    changed_at = steps[-1][0]
    outcome = "won" if place == len(stages) - 2 else "lost" if place == len(stages) - 1 else "open"
    closed_at = None if outcome == "open" else changed_at
    reason = rnd.choice(LOST_REASONS) if outcome == "lost" else ""
    expected = None
    if outcome == "open" and rnd.random() < 0.6:
        expected = datetime.fromtimestamp(changed_at + int(rnd.random() * 60 * DAY), UTC).date().isoformat()
    deal = (
        pipeline_id,
        stages[place],
        outcome,
        owner_id,
        amount,
        opened_at,
        changed_at,
        closed_at,
        expected,
        reason,
        changed_at,
    )
    return deal, events


def _steps(rnd: Random, story: Story, stages: int, opened_at: int) -> list[tuple[int, int]]:
    """(time, place) of each stage entered; the two last places are won and lost."""
    at, place = opened_at, 0
    steps = [(at, place)]
    while place < stages - 3 and rnd.random() < ADVANCE[story.name]:
        place += 2 if place < stages - 4 and rnd.random() < 0.12 else 1
        at += 60 + int(rnd.expovariate(1 / (5 * DAY)))
        steps.append((at, place))
        if place > 1 and rnd.random() < 0.04:  # moved back by hand
            at += 60 + int(rnd.expovariate(1 / DAY))
            place -= 1
            steps.append((at, place))
    if rnd.random() < END[story.name]:
        at += 60 + int(rnd.expovariate(1 / (9 * DAY)))
        is_won = rnd.random() < WON.get(story.name, 0.0)
        steps.append((at, stages - 2 if is_won else stages - 1))
    return steps
