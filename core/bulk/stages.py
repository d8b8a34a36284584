"""A stage is deleted: its deals go into another, and stay as open or closed as they were."""

from typing import Any

from sqlalchemy import Connection, Select, false, literal_column, select

from core.access import Right
from core.bulk.kind import Call, Kind, Params
from core.bulk.sales import each_deal
from core.bulk.selection import Selection, choose
from core.database.tables import deal, stage
from core.errors import Invalid

s = stage.c
MOVED = ("stage_id", "stage_entered_at", "changed_at")


def _facts(reader: Connection, params: Params) -> Params:
    columns = select(s.id, s.name, s.kind, s.pipeline_id, s.is_retired)
    rows = {row.id: row for row in reader.execute(columns.where(s.id.in_([params["from_id"], params["into_id"]])))}
    old, new = rows.get(params["from_id"]), rows.get(params["into_id"])
    if old is None or new is None or new.is_retired or (new.pipeline_id, new.kind) != (old.pipeline_id, old.kind):
        raise Invalid("Choose a stage of the same pipeline and kind that takes the deals.")
    if old.id == new.id:
        raise Invalid("A stage cannot take its own deals. Choose another.")
    names = [row.name.replace("{", "(").replace("}", ")") for row in (old, new)]
    return {**params, "said": f"deleted the stage {names[0]} and moved {{n}} to {names[1]}"}


def _plan(call: Call) -> Select[Any]:
    n = deal.alias("n")
    before = call.pack(**{name: n.c[name] for name in MOVED})
    after = call.pack(stage_id=call.facts["into_id"], stage_entered_at=call.now, changed_at=call.now)
    in_it = n.c.stage_id == literal_column(str(int(call.facts["from_id"])))
    return each_deal(call, n, in_it, false(), (before, after))


RETIRE_STAGE = Kind(
    "retire_stage",
    "stage.retire",
    "Delete a stage",
    _facts,
    _plan,
    rights=(Right.SETTINGS_EDIT,),
    defaults={"from_id": 0, "into_id": 0},
    undo_words="The history of stages keeps both the move and its undo.",
)


def held_by(reader: Connection, stage_id: int) -> Selection:
    """Everybody who has a deal in the stage."""
    rows = select(deal.c.contact_id).where(deal.c.stage_id == stage_id).distinct()
    return choose("all", reader.execute(rows).scalars())
