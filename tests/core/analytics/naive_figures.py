"""The figures of each measure from what is counted in plain Python: lines by key and group, each with its columns."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from core.analytics.asked import Asked
from tests.core.analytics import naive_measures as sales
from tests.core.analytics import naive_texts as texts
from tests.core.analytics.naive import Facts, Row

Tell = Callable[[list[Row]], Any]
Lines = dict[tuple[Any, ...], dict[str, Any]]


def number(test: Callable[[Row], Any] = lambda _: True) -> Tell:
    return lambda rows: sum(bool(test(row)) for row in rows)


def total(name: str, test: Callable[[Row], Any] = lambda _: True) -> Tell:
    return lambda rows: sum(row[name] or 0 for row in rows if test(row))


def share(of: Callable[[Row], Any], among: Callable[[Row], Any] = lambda _: True) -> Tell:
    def tell(rows: list[Row]) -> float:
        judged = [row for row in rows if among(row)]
        return sum(bool(of(row)) for row in judged) / len(judged) if judged else math.nan

    return tell


def middle(name: str, part: float, test: Callable[[Row], Any] = lambda _: True) -> Tell:
    def tell(rows: list[Row]) -> float:
        values = sorted(row[name] for row in rows if test(row))
        if not values:
            return math.nan
        place = (len(values) - 1) * part
        low = math.floor(place)
        high = min(low + 1, len(values) - 1)
        return float(values[low] + (values[high] - values[low]) * (place - low))

    return tell


VALUE = {"deals": number(), "amount_cents": total("amount"), "unquoted": number(lambda row: row["amount"] is None)}
TEXTS = {"deals": number(), **{f"p{n}": middle("texts", n / 100) for n in (25, 50, 75, 90)}}
REPLIES = {
    "contacts": number(), "replied": number(lambda row: row["replied"]), "opted_out": number(lambda row: row["out"]),
    "reply_rate": share(lambda row: row["replied"]), "out_rate": share(lambda row: row["out"]),
}  # fmt: skip


def fated(*fates: str) -> dict[str, Tell]:
    told: dict[str, Tell] = {fate: number(lambda row, fate=fate: row["fate"] == fate) for fate in fates}  # type: ignore[misc]
    rate = share(lambda row: row["fate"] == fates[0], lambda row: row["fate"] not in ("young", "won"))
    return {"entered": number(), **told, "rate": rate}


def valued() -> dict[str, Tell]:
    told: dict[str, Tell] = {}
    for what in ("created", "won", "lost"):
        told[what] = number(lambda row, what=what: row["what"] == what)  # type: ignore[misc]
        told[f"{what}_cents"] = total("amount", lambda row, what=what: row["what"] == what)  # type: ignore[misc]
    return told


NAIVE: dict[str, tuple[Callable[[Facts, Asked, int], Iterator[sales.Counted]], dict[str, Tell]]] = {
    "value_by_stage": (sales.value_by_stage, VALUE),
    "forecast": (
        sales.forecast,
        {**VALUE, "weighted_cents": total("weighted"), "unrated": number(lambda row: row["chance"] is None)},
    ),
    "funnel": (sales.funnel, fated("advanced", "lost", "young", "waiting")),
    "conversion": (sales.conversion, fated("reached", "lost", "young", "open")),
    "time_in_stage": (
        sales.time_in_stage,
        {
            "entered": number(), "left_again": number(lambda row: row["left"]),
            **{f"p{n}": middle("seconds", n / 100, lambda row: row["left"]) for n in (25, 50, 75)},
            "staying": number(lambda row: not row["left"]),
            "staying_p50": middle("seconds", 0.5, lambda row: not row["left"]),
        },
    ),
    "velocity": (sales.velocity, {"deals": number(), **{f"p{n}": middle("seconds", n / 100) for n in (25, 50, 75)}}),
    "win_rate": (
        sales.win_rate,
        {
            "won": number(lambda row: row["outcome"] == "won"), "lost": number(lambda row: row["outcome"] == "lost"),
            "open": number(lambda row: row["outcome"] == "open"),
            "rate": share(lambda row: row["outcome"] == "won", lambda row: row["outcome"] != "open"),
            "won_cents": total("amount", lambda row: row["outcome"] == "won"),
        },
    ),
    "lost_reasons": (sales.lost_reasons, VALUE),
    "ageing": (sales.ageing, {**VALUE, "stale": number(lambda row: row["stale"])}),
    "gone_quiet": (sales.gone_quiet, VALUE),
    "flow": (sales.flow, valued()),
    "bridge": (sales.bridge, VALUE),
    "volumes": (
        texts.volumes,
        {
            "received": number(lambda row: row["kind"] == "in"), "by_hand": number(lambda row: row["kind"] == "hand"),
            "automatic": number(lambda row: row["kind"] == "automatic"),
            "undelivered": number(lambda row: row["kind"] == "failed"),
        },
    ),
    "first_reply": (
        texts.first_reply,
        {
            "waits": number(), "answered": number(lambda row: row["answered"]),
            "p50": middle("seconds", 0.5, lambda row: row["answered"]),
            "p90": middle("seconds", 0.9, lambda row: row["answered"]),
            "unanswered": number(lambda row: not row["answered"]), "first": number(lambda row: row["first"]),
            "first_p50": middle("seconds", 0.5, lambda row: row["first"] and row["answered"]),
            "first_p90": middle("seconds", 0.9, lambda row: row["first"] and row["answered"]),
        },
    ),
    "unanswered": (texts.unanswered, {"conversations": number(), "p50": middle("seconds", 0.5)}),
    "replies_by_step": (texts.replies_by_step, REPLIES),
    "replies_by_template": (texts.replies_by_template, REPLIES),
    "messages_to_quote": (sales.messages_to_quote, TEXTS),
    "messages_to_win": (sales.messages_to_win, TEXTS),
}  # fmt: skip


def lines(facts: Facts, name: str, asked: Asked, now: int) -> Lines:
    """Key and, where it is broken down, group -> figures; without the lines in which nothing is counted."""
    counted, columns = NAIVE[name]
    found: defaultdict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for key, contact_id, deal, row in counted(facts, asked, now):
        groups = [row["group"]] if "group" in row else facts.groups(asked, contact_id, deal)
        for group in groups:
            found[key if group is None else (*key, group)].append(row)
    return {key: {column: tell(rows) for column, tell in columns.items()} for key, rows in found.items()}
