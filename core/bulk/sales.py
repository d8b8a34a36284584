"""The action on deals: into a stage."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, literal_column, or_, select

from core.bulk.kind import ONE, Call, Kind, Params, Touched, planned, start_of
from core.database.tables import conversation, deal, pipeline, stage
from core.errors import Invalid

c, d = conversation.c, deal.c
MOVED = ("stage_id", "outcome", "amount_cents", "stage_entered_at", "closed_at", "changed_at")
LARGEST_CENTS = 10**15


def _facts(reader: Connection, params: Params) -> Params:
    amount = params["amount_cents"]
    if amount is not None and not 0 <= amount <= LARGEST_CENTS:
        raise Invalid("An amount lies between 0 and 10,000,000,000,000.")
    row = reader.execute(
        select(stage.c.id, stage.c.pipeline_id, stage.c.kind, stage.c.name, stage.c.is_retired)
        .add_columns(pipeline.c.name.label("pipeline"))
        .join(pipeline, pipeline.c.id == stage.c.pipeline_id)
        .where(stage.c.id == params["stage_id"])
    ).first()
    if row is None or row.is_retired:
        raise Invalid("This stage does not exist (any more). Choose another.")
    place = f"{row.pipeline}: {row.name}".replace("{", "(").replace("}", ")")
    return {**params, "pipeline_id": row.pipeline_id, "kind": row.kind, "said": "moved {n} to " + place}


def _newest(call: Call, contact_id: ColumnElement[int]) -> ColumnElement[int]:
    """The contact's newest open deal of the pipeline, else its newest closed one."""
    is_closed = case((d.outcome == "open", 0), else_=1)
    among = select(d.id).where(d.contact_id == contact_id, d.pipeline_id == call.facts["pipeline_id"])
    return among.order_by(is_closed, func.coalesce(d.opened_at, 0).desc(), d.id.desc()).limit(1).scalar_subquery()


def _just_closed(call: Call, contact_id: ColumnElement[int]) -> ColumnElement[bool]:
    """The deal changed last is there already; else asking twice would close the contact's next open deal."""
    amount = call.facts["amount_cents"]
    there = and_(d.stage_id == call.facts["stage_id"], d.amount_cents == amount if amount is not None else ONE == ONE)
    among = select(case((there, 1), else_=0)).where(
        d.contact_id == contact_id, d.pipeline_id == call.facts["pipeline_id"]
    )
    return func.coalesce(among.order_by(d.changed_at.desc(), d.id.desc()).limit(1).scalar_subquery(), 0) == 1


def _move(call: Call) -> Select[Any]:
    source, place, id_ = start_of(call)
    n = deal.alias("n")
    stage_id, amount = call.facts["stage_id"], call.facts["amount_cents"]
    new: ColumnElement[bool] = literal_column("true" if call.facts["new_deal"] else "false")
    is_new = or_(new, n.c.id.is_(None), n.c.outcome != "open")
    same = and_(~new, n.c.stage_id == stage_id, n.c.amount_cents == amount if amount is not None else ONE == ONE)
    if call.facts["kind"] != "open":
        same = or_(same, and_(~new, _just_closed(call, id_)))
    fresh: ColumnElement[int] = place + literal_column(str(call.first_id - call.first))
    row = Touched(
        "deal",
        case((is_new, fresh), else_=n.c.id),
        case((is_new, None), else_=call.pack(**{name: n.c[name] for name in MOVED})),
        case((is_new, call.pack(**_made(call))), else_=call.pack(**_moved(call, n))),
    )
    joined = source.outerjoin(n, and_(n.c.contact_id == id_, n.c.id == _newest(call, id_)))
    return planned(place, id_, (), ((same, "in_stage"),), row).select_from(joined)


def _moved(call: Call, n: Any) -> dict[str, Any]:
    """The columns MOVED of a deal that comes into the stage now."""
    stage_id, amount = call.facts["stage_id"], call.facts["amount_cents"]
    return {
        "stage_id": stage_id,
        "outcome": call.facts["kind"],
        "amount_cents": n.c.amount_cents if amount is None else amount,
        "stage_entered_at": case((n.c.stage_id == stage_id, n.c.stage_entered_at), else_=call.now),
        "closed_at": None if call.facts["kind"] == "open" else call.now,
        "changed_at": call.now,
    }


def _made(call: Call) -> dict[str, Any]:
    """A deal that begins in the stage now."""
    return {
        "stage_id": call.facts["stage_id"],
        "outcome": call.facts["kind"],
        "amount_cents": call.facts["amount_cents"],
        "stage_entered_at": call.now,
        "closed_at": None if call.facts["kind"] == "open" else call.now,
        "changed_at": call.now,
        "pipeline_id": call.facts["pipeline_id"],
        "owner_id": c.owner_id,
        "account": "",
        "opened_at": call.now,
        "expected_close_on": None,
        "lost_reason": "",
        "external_id": None,
        "event_id": call.event_id,
    }


KINDS = (
    Kind(
        "move",
        "deal.move",
        "Set stage",
        _facts,
        _move,
        defaults={"stage_id": 0, "amount_cents": None, "new_deal": False},
        takes="deal",
        undo_words="The history of stages keeps both the move and its undo.",
    ),
)
