"""Each measure of texts once more, in plain Python, from its definition in words."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from core.analytics.asked import Asked
from tests.core.analytics.naive import Facts, Row
from tests.core.analytics.naive_measures import Counted


def texting(facts: Facts, asked: Asked) -> Iterator[tuple[int, list[Row]]]:
    for contact_id, texts in facts.texts.items():
        if facts.passes(asked, contact_id, None):
            yield contact_id, texts


def volumes(facts: Facts, asked: Asked, now: int) -> Iterator[Counted]:
    for contact_id, texts in texting(facts, asked):
        for text in texts:
            if asked.start <= text["sent_at"] < asked.end:
                there = datetime.fromtimestamp(text["sent_at"], ZoneInfo(asked.zone))
                yield (there.isoweekday(), there.hour), contact_id, None, {"kind": text["kind"]}


def waits(facts: Facts, asked: Asked) -> Iterator[tuple[int, int, int | None, bool]]:
    """Contact, since when, until when, and whether it is their first."""
    for contact_id, texts in texting(facts, asked):
        asked_at: int | None = None
        is_first = True
        for text in texts:
            if text["kind"] == "in" and asked_at is None:
                asked_at = text["sent_at"]
            elif text["kind"] == "hand" and asked_at is not None:
                yield contact_id, asked_at, text["sent_at"], is_first
                asked_at, is_first = None, False
        if asked_at is not None:
            yield contact_id, asked_at, None, is_first


def first_reply(facts: Facts, asked: Asked, now: int) -> Iterator[Counted]:
    for contact_id, since, until, is_first in waits(facts, asked):
        if asked.start <= since < asked.end:
            seconds = None if until is None else until - since
            yield (), contact_id, None, {"seconds": seconds, "first": is_first, "answered": until is not None}


def unanswered(facts: Facts, asked: Asked, now: int) -> Iterator[Counted]:
    cut = now if asked.at is None else asked.at
    for contact_id, since, until, _ in waits(facts, asked):
        row = facts.conversations[contact_id]
        if until is None and not row["is_archived"] and not row["is_opted_out"]:
            seconds = max(cut - since, 0)
            band = max(hours for hours in (0, 1, 4, 24, 72, 168) if seconds >= hours * 3600)
            yield (band,), contact_id, None, {"seconds": seconds}


Span = tuple[list[Row], int | None]
"""The texts between one of ours and the next, and when that came; None: there is none."""


def sends(facts: Facts, asked: Asked) -> Iterator[tuple[int, Row, Span, Span]]:
    """Each text of ours: contact, text, and what came before the next of its run, and before our next."""
    for contact_id, texts in texting(facts, asked):
        said = [text for text in texts if text["kind"] != "failed"]
        for n, text in enumerate(said):
            if text["kind"] == "in" or not asked.start <= text["sent_at"] < asked.end:
                continue
            ours = [m for m, one in enumerate(said) if m > n and one["kind"] != "in"]
            same = [m for m in ours if said[m]["enrollment_id"] == text["enrollment_id"]]
            run, every = [
                (said[n + 1 : until[0]], said[until[0]]["sent_at"]) if until else (said[n + 1 :], None)
                for until in (same, ours)
            ]
            yield contact_id, text, run, every


def followed(facts: Facts, text: Row, span: Span) -> tuple[bool, bool]:
    """Whether a reply, and whether an opt-out, came within the span after the text."""
    between, end = span
    out = [one["happened_at"] for one in facts.outs.get(text["contact_id"], [])]
    opted_out = any(at >= text["sent_at"] and (end is None or at < end) for at in out)
    return any(one["kind"] == "in" for one in between) and not opted_out, opted_out


def _merged(found: Iterator[tuple[tuple[Any, ...], int, tuple[bool, bool]]]) -> Iterator[Counted]:
    merged: defaultdict[tuple[Any, ...], list[tuple[bool, bool]]] = defaultdict(list)
    for key, contact_id, ended in found:
        merged[key, contact_id].append(ended)
    for (key, contact_id), ends in merged.items():
        yield key, contact_id, None, {"replied": any(one for one, _ in ends), "out": any(one for _, one in ends)}


def replies_by_step(facts: Facts, asked: Asked, now: int) -> Iterator[Counted]:
    def found() -> Iterator[tuple[tuple[Any, ...], int, tuple[bool, bool]]]:
        for contact_id, text, of_run, _ in sends(facts, asked):
            run = facts.runs.get((contact_id, text["enrollment_id"]))
            if run is not None:
                every = [one for one in facts.texts[contact_id] if one["enrollment_id"] == run["id"]]
                ours = [one["id"] for one in every if one["kind"] not in ("in", "failed")]
                key = (facts.names["workflow"][run["workflow_id"]], ours.index(text["id"]) + 1)
                yield key, contact_id, followed(facts, text, of_run)

    return _merged(found())


def replies_by_template(facts: Facts, asked: Asked, now: int) -> Iterator[Counted]:
    def found() -> Iterator[tuple[tuple[Any, ...], int, tuple[bool, bool]]]:
        for contact_id, text, _, until_ours in sends(facts, asked):
            if (id_ := text["template_id"]) is not None:
                name = facts.names["template"].get(id_, "no template")
                yield (name, id_), contact_id, followed(facts, text, until_ours)

    return _merged(found())
