"""What the filters can be set to, and the names behind their ids."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from core import custom, setup
from core.conversations.filters import Names
from core.conversations.paging import Sort
from core.custom import Field
from core.database.tables import conversation, pipeline, stage, tag, user


@dataclass(frozen=True)
class Choices:
    """Everything the filters offer.

    `tags`: (id, name, colour) by name; `stages`: (id, name, pipeline id) in the order of the board; `pipelines` and
    `owners`: (id, name); `sources` by name, without the blank one; `zone`: in which days are said; `fields`: those of
    one's own.
    """

    tags: tuple[tuple[int, str, int], ...]
    stages: tuple[tuple[int, str, int], ...]
    pipelines: tuple[tuple[int, str], ...]
    owners: tuple[tuple[int, str], ...]
    sources: tuple[str, ...]
    zone: ZoneInfo
    fields: tuple[Field, ...] = ()

    @property
    def names(self) -> Names:
        """The names behind the ids; a stage is named with its pipeline where several pipelines exist."""
        pipelines = dict(self.pipelines)
        several = len(pipelines) > 1
        stages = {id_: f"{pipelines[of]}: {name}" if several else name for id_, name, of in self.stages}
        tags, fields = {id_: name for id_, name, _ in self.tags}, {each.id: each.name for each in self.fields}
        return Names(tags, stages, pipelines, dict(self.owners), self.zone, fields)

    def field(self, key: str) -> Field | None:
        """The field in use that is called so (`custom.key`); None when it is retired, gone, or was never one."""
        return next((each for each in self.fields if custom.key(each.id) == key and not each.is_retired), None)

    def usable(self, sort: Sort) -> tuple[Sort, str]:
        """The order as it is; where its field is no longer in use that of activity, and a sentence that says so."""
        if sort.field_id is None or self.field(sort.by):
            return sort, ""
        name = next((f"The field “{each.name}”" for each in self.fields if each.id == sort.field_id), "The field")
        return Sort(), f"{name} by which this list was sorted is no longer in use. It is sorted by activity."


def choices(reader: Connection) -> Choices:
    """What the filters offer now; retired tags, stages and pipelines included, because rows may still carry them."""
    stages = select(stage.c.id, stage.c.name, stage.c.pipeline_id).join(pipeline, pipeline.c.id == stage.c.pipeline_id)
    in_order = stages.order_by(pipeline.c.position, pipeline.c.id, stage.c.position, stage.c.id)
    pipelines = select(pipeline.c.id, pipeline.c.name).order_by(pipeline.c.position, pipeline.c.id)
    return Choices(
        tuple(tuple(row) for row in reader.execute(select(tag.c.id, tag.c.name, tag.c.color).order_by(tag.c.name_key))),
        tuple(tuple(row) for row in reader.execute(in_order)),
        tuple(tuple(row) for row in reader.execute(pipelines)),
        tuple(tuple(row) for row in reader.execute(select(user.c.id, user.c.name).order_by(user.c.name_key))),
        _sources(reader),
        ZoneInfo(setup.load(reader).time_zone),
        tuple(custom.find(reader, include_retired=True)),
    )


def _sources(reader: Connection) -> tuple[str, ...]:
    """The distinct sources by hops along their index: as many look-ups as sources, however many conversations."""
    found: list[str] = []
    while True:
        nearest = func.min(conversation.c.source)
        value = reader.execute(select(nearest).where(conversation.c.source > (found[-1] if found else ""))).scalar_one()
        if value is None:
            return tuple(found)
        found.append(value)
