"""Pipelines and stages that a file names: found, or made."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, insert, select

from core.database import Work, engines
from core.database.tables import pipeline, stage
from core.words import fold

WON = frozenset({"won", "closed won", "closed-won"})
LOST = frozenset({"lost", "closed lost", "closed-lost"})
ORDER = ("open", "won", "lost")


@dataclass(frozen=True)
class Place:
    """A stage of a pipeline; `kind` is open, won or lost."""

    pipeline_id: int
    stage_id: int
    kind: str


def ensure(work: Work, event_id: int, wanted: Iterable[tuple[str, str, str]]) -> dict[tuple[str, str], Place]:
    """The places of stages given as (pipeline, stage, outcome of a deal in it), by their folded names.

    Unknown ones are made by the event, open ones first and lost ones last, else in the order of first appearance. A new
    stage is won or lost when its name says so, or when every deal given for it ended so.
    """
    named: dict[tuple[str, str], tuple[str, str]] = {}
    outcomes: dict[tuple[str, str], set[str]] = {}
    for pipeline_name, stage_name, outcome in wanted:
        key = fold(pipeline_name), fold(stage_name)
        named.setdefault(key, (pipeline_name, stage_name))
        outcomes.setdefault(key, set()).add(outcome or "open")
    pipelines = _pipelines(work, event_id, {key[0]: names[0] for key, names in named.items()})
    places = _stages(work, pipelines)
    kinds = {key: _kind(key[1], outcomes[key]) for key in named if key not in places}
    missing = sorted(kinds, key=lambda key: ORDER.index(kinds[key]))
    first = work.take_ids("stage", len(missing))
    position = {key: sum(place[0] == key for place in places) for key in pipelines}
    rows: list[dict[str, Any]] = []
    for n, key in enumerate(missing):
        made = {"id": first + n, "pipeline_id": pipelines[key[0]], "name": named[key][1], "name_key": key[1]}
        rows.append({**made, "kind": kinds[key], "position": position[key[0]], "event_id": event_id})
        position[key[0]] += 1
        places[key] = Place(pipelines[key[0]], first + n, kinds[key])
    if rows:
        work.conn.execute(insert(stage), rows)
    return {key: places[key] for key in named}


def _pipelines(work: Work, event_id: int, names: dict[str, str]) -> dict[str, int]:
    wanted = pipeline.c.name_key.in_(engines.text_set(work.conn, names))
    found = {
        row.name_key: row.id for row in work.conn.execute(select(pipeline.c.name_key, pipeline.c.id).where(wanted))
    }
    missing = [key for key in names if key not in found]
    if missing:
        first = work.take_ids("pipeline", len(missing))
        position = work.conn.execute(select(func.count()).select_from(pipeline)).scalar_one()
        rows = [
            {"id": first + n, "name": names[key], "name_key": key, "position": position + n, "event_id": event_id}
            for n, key in enumerate(missing)
        ]
        work.conn.execute(insert(pipeline), rows)
        found |= {row["name_key"]: row["id"] for row in rows}
    return found


def _stages(work: Work, pipelines: dict[str, int]) -> dict[tuple[str, str], Place]:
    keys = {id_: key for key, id_ in pipelines.items()}
    columns = stage.c.pipeline_id, stage.c.id, stage.c.kind, stage.c.name_key
    listed = select(*columns).where(stage.c.pipeline_id.in_(engines.id_set(work.conn, list(keys))))
    return {(keys[row.pipeline_id], row.name_key): Place(*row[:3]) for row in work.conn.execute(listed)}


def _kind(stage_key: str, outcomes: set[str]) -> str:
    if stage_key in WON or stage_key in LOST:
        return "won" if stage_key in WON else "lost"
    return outcomes.pop() if len(outcomes) == 1 else "open"
