"""Each measure of deals once more, in plain Python, from its definition in words."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core.analytics.asked import Asked
from tests.core.analytics.naive import Facts, Row, State

DAY = 86_400
Counted = tuple[tuple[Any, ...], int, Row | None, Row]
"""Key, contact, deal (None: not of a deal) and what the figures look at; `group` in it overrules that of the deal."""


def step(asked: Asked, at: int) -> str:
    """The first day of the day, week or month."""
    day = datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(asked.zone)).date()
    days = {"day": 0, "week": day.weekday(), "month": day.day - 1}[asked.steps]
    return (day - timedelta(days=days)).isoformat()


def stands(state: State, at: int | None) -> bool:
    """Whether the deal was in this state just before a second; None: is."""
    if at is None:
        return state.until is None
    return state.at < at and (state.until is None or state.until >= at)


def name_of(facts: Facts, stage: int) -> str:
    return str(facts.stages[stage]["name"]) if stage in facts.stages else "Not known"


def placed(state: State, asked: Asked, **more: Any) -> Row:
    """A state counts in its own pipeline, whatever became of the deal."""
    return {**more, "group": state.pipeline} if asked.by == "pipeline" else more


def worth(deal: Row, **more: Any) -> Row:
    return {"amount": deal["amount_cents"], **more}


def value_by_stage(facts: Facts, asked: Asked, now: int) -> Iterator[Counted]:
    for one in facts.states(asked):
        if stands(one, asked.at):
            said = placed(one, asked, amount=one.amount)
            yield (name_of(facts, one.stage), one.outcome), one.deal["contact_id"], one.deal, said


def open_deals(facts: Facts, asked: Asked) -> Iterator[Row]:
    return (deal for deal in facts.selling(asked) if deal["outcome"] == "open")


def forecast(facts: Facts, asked: Asked, now: int) -> Iterator[Counted]:
    for deal in open_deals(facts, asked):
        chance = facts.stages[deal["stage_id"]]["probability"]
        known = chance is not None and deal["amount_cents"] is not None
        weighted = int(deal["amount_cents"] * chance + 0.5) if known else None
        month = (deal["expected_close_on"] or "")[:7]
        yield (month,), deal["contact_id"], deal, worth(deal, weighted=weighted, chance=chance)


def rank(stage: Row) -> int:
    return {"won": 1_000_000, "lost": -1}.get(stage["kind"], stage["position"])


def fates(facts: Facts, asked: Asked, cut: int) -> Iterator[tuple[State, Row, int, str]]:
    """First entries into stages in the period: state, stage, furthest rank, and lost, young or open."""
    for state in facts.states(asked):
        stage = facts.stages.get(state.stage)
        if stage is None or not state.is_first or not asked.start <= state.at < min(asked.end, cut):
            continue
        until = [one for one in facts.courses[state.deal["id"]] if one.at < cut and one.stage in facts.stages]
        is_lost = any(one.outcome == "lost" and stands(one, cut) for one in until)
        days = stage["rot_days"] if (stage["rot_days"] or 0) > 0 else 30
        is_young = state.at > cut - days * DAY
        furthest = max(rank(facts.stages[one.stage]) for one in until)
        yield state, stage, furthest, "lost" if is_lost else "young" if is_young else "open"


def funnel(facts: Facts, asked: Asked, now: int) -> Iterator[Counted]:
    for state, stage, furthest, fate in fates(facts, asked, now if asked.at is None else asked.at):
        if stage["kind"] == "lost":
            continue
        said = "won" if stage["kind"] == "won" else "advanced" if furthest > rank(stage) else fate
        yield (
            (stage["name"],),
            state.deal["contact_id"],
            state.deal,
            placed(state, asked, fate=said.replace("open", "waiting")),
        )


def conversion(facts: Facts, asked: Asked, now: int) -> Iterator[Counted]:
    for state, stage, furthest, fate in fates(facts, asked, now if asked.at is None else asked.at):
        if stage["kind"] != "open":
            continue
        for to in facts.stages.values():
            if to["pipeline_id"] == stage["pipeline_id"] and rank(to) > rank(stage):
                said = "reached" if furthest >= rank(to) else fate
                yield (stage["name"], to["name"]), state.deal["contact_id"], state.deal, placed(state, asked, fate=said)


def time_in_stage(facts: Facts, asked: Asked, now: int) -> Iterator[Counted]:
    cut = now if asked.at is None else asked.at
    for state in facts.states(asked):
        fits = state.enters and state.outcome == "open" and state.stage in facts.stages
        if fits and asked.start <= state.at < min(asked.end, cut):
            left = state.left is not None and state.left < cut
            seconds = min(cut if state.left is None else state.left, cut) - state.at
            key = (name_of(facts, state.stage),)
            yield key, state.deal["contact_id"], state.deal, placed(state, asked, left=left, seconds=seconds)


def velocity(facts: Facts, asked: Asked, now: int) -> Iterator[Counted]:
    cut = now if asked.at is None else asked.at
    for deal in facts.selling(asked):
        is_open = deal["outcome"] == "open"
        if deal["opened"] < asked.end if is_open else asked.start <= deal["closed"] < asked.end:
            seconds = max((cut if is_open else deal["closed"]) - deal["opened"], 0)
            yield (deal["outcome"],), deal["contact_id"], deal, {"seconds": seconds}


def win_rate(facts: Facts, asked: Asked, now: int) -> Iterator[Counted]:
    for deal in facts.selling(asked):
        for basis, at in (("closing", deal["closed"]), ("opening", deal["opened"])):
            if at is not None and asked.start <= at < asked.end:
                yield (basis, step(asked, at)), deal["contact_id"], deal, worth(deal, outcome=deal["outcome"])


def lost_reasons(facts: Facts, asked: Asked, now: int) -> Iterator[Counted]:
    for deal in facts.selling(asked):
        if deal["outcome"] == "lost" and asked.start <= deal["closed"] < asked.end:
            yield (deal["lost_reason"],), deal["contact_id"], deal, worth(deal)


def ageing(facts: Facts, asked: Asked, now: int) -> Iterator[Counted]:
    cut = now if asked.at is None else asked.at
    for deal in open_deals(facts, asked):
        stage = facts.stages[deal["stage_id"]]
        age = max(cut - deal["entered"], 0)
        band = max(days for days in (0, 7, 14, 30, 60, 90) if age >= days * DAY)
        stale = (stage["rot_days"] or 0) > 0 and age > stage["rot_days"] * DAY
        yield (stage["name"], band), deal["contact_id"], deal, worth(deal, stale=stale)


def gone_quiet(facts: Facts, asked: Asked, now: int) -> Iterator[Counted]:
    cut = now if asked.at is None else asked.at
    for deal in open_deals(facts, asked):
        said = [text["sent_at"] for text in facts.texts.get(deal["contact_id"], []) if text["kind"] in ("in", "hand")]
        silent = cut - max([deal["opened"], *said])
        if silent >= 14 * DAY:
            band = max(days for days in (14, 30, 60, 90) if silent >= days * DAY)
            yield (band,), deal["contact_id"], deal, worth(deal)


def flow(facts: Facts, asked: Asked, now: int) -> Iterator[Counted]:
    zone = ZoneInfo(asked.zone)
    first = datetime.fromtimestamp(asked.start, zone).date() - timedelta(days=asked.days)
    before = int(datetime(first.year, first.month, first.day, tzinfo=zone).timestamp())
    for deal in facts.selling(asked):
        for what, at in (("created", deal["opened"]), (deal["outcome"], deal["closed"])):
            if at is not None and before <= at < asked.end:
                period = "now" if at >= asked.start else "before"
                yield (period, step(asked, at)), deal["contact_id"], deal, worth(deal, what=what)


def bridge(facts: Facts, asked: Asked, now: int) -> Iterator[Counted]:
    for course in facts.courses.values():
        deal = course[0].deal
        if not facts.passes(asked, deal["contact_id"], deal, in_pipeline=False):
            continue
        for state in course:
            for bar, amount, whose in bars(state, asked):
                said: Row = {"amount": amount}
                if asked.by in ("pipeline", "stage"):
                    said["group"] = whose.pipeline if asked.by == "pipeline" else whose.stage
                yield (bar,), deal["contact_id"], deal, said


def bars(state: State, asked: Asked) -> Iterator[tuple[str, int | None, State]]:
    """What the state adds to the bridge: bar, amount, and the state in whose place it does."""

    def inside(one: State | None) -> bool:
        return one is not None and one.outcome == "open" and asked.pipeline_id in (None, one.pipeline)

    for bar, at in (("opening", asked.start), ("closing", asked.end)):
        if inside(state) and stands(state, at):
            yield bar, state.amount, state
    before = state.before
    if not asked.start <= state.at < asked.end:
        return
    if before is not None and inside(before):
        rise = (state.amount or 0) - (before.amount or 0)
        if rise:
            yield "raised" if rise > 0 else "lowered", rise, before
    places: dict[str, Callable[[State], int]] = {"pipeline": lambda one: one.pipeline, "stage": lambda one: one.stage}
    place = places.get(asked.by, lambda one: 0)
    if before is not None and inside(before) and inside(state) and place(before) == place(state):
        return
    if before is not None and inside(before):
        yield (
            "moved_out" if state.outcome == "open" else state.outcome,
            None if state.amount is None else -state.amount,
            before,
        )
    if inside(state):
        bar = "new" if before is None else "reopened" if before.outcome != "open" else "moved_in"
        yield bar, state.amount, state


def messages_to_quote(facts: Facts, asked: Asked, now: int) -> Iterator[Counted]:
    for deal in facts.selling(asked):
        if deal["quoted"] is not None and asked.start <= deal["quoted"] < asked.end:
            yield (), deal["contact_id"], deal, {"texts": deal["to_quote"]}


def messages_to_win(facts: Facts, asked: Asked, now: int) -> Iterator[Counted]:
    for deal in facts.selling(asked):
        if deal["outcome"] == "won" and asked.start <= deal["closed"] < asked.end:
            yield (), deal["contact_id"], deal, {"texts": deal["to_win"]}
