"""The pipelines with their stages, and how many deals lie in them."""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, func, select

from core.database.tables import deal, pipeline, stage

s = stage.c


@dataclass(frozen=True)
class Stage:
    """A stage as offered; `kind` is open, won or lost.

    `probability`: of being won, 0 to 1, None: nobody has said; `rot_days`: so many days in it are too many, None: any
    number is fine.
    """

    id: int
    name: str
    kind: str
    probability: float | None = None
    rot_days: int | None = None
    is_retired: bool = False


@dataclass(frozen=True)
class Pipeline:
    """A pipeline as offered, with its stages in the order of the board."""

    id: int
    name: str
    stages: tuple[Stage, ...]


def find(reader: Connection, include_retired: bool = False) -> list[Pipeline]:
    """The pipelines in use, in the order of the board; those without a stage are left out.

    `include_retired`: their retired stages as well, behind the others; they may still hold deals.
    """
    columns = (
        pipeline.c.id.label("pipeline_id"), pipeline.c.name.label("pipeline"), s.id, s.name, s.kind, s.probability,
        s.rot_days, s.is_retired,
    )  # fmt: skip
    joined = select(*columns).join(stage, s.pipeline_id == pipeline.c.id).where(pipeline.c.is_retired == 0)
    listed = joined if include_retired else joined.where(s.is_retired == 0)
    order = pipeline.c.position, pipeline.c.id, s.is_retired, s.position, s.id
    found: dict[int, Pipeline] = {}
    for row in reader.execute(listed.order_by(*order)):
        known = found.get(row.pipeline_id, Pipeline(row.pipeline_id, row.pipeline, ()))
        one = Stage(row.id, row.name, row.kind, row.probability, row.rot_days, bool(row.is_retired))
        found[row.pipeline_id] = replace(known, stages=(*known.stages, one))
    return list(found.values())


def held(reader: Connection, pipeline_id: int) -> dict[int, int]:
    """How many deals each stage of the pipeline holds, closed ones too; those that hold none are left out."""
    of_pipeline = select(s.id).where(s.pipeline_id == pipeline_id)
    counted: Any = select(deal.c.stage_id, func.count()).where(deal.c.stage_id.in_(of_pipeline))
    return {row[0]: row[1] for row in reader.execute(counted.group_by(deal.c.stage_id))}
