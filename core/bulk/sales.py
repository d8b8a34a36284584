"""The action on deals: into a stage."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, literal_column, or_, select

from core.bulk.flags import live_words, stop_live
from core.bulk.kind import ONE, ZERO, Call, Kind, Params, Touched, numbered, planned, start_of
from core.database import engines
from core.database.tables import conversation, deal, pipeline, stage, user
from core.database.work import STEP
from core.errors import Invalid
from core.money import LARGEST_CENTS

c, d = conversation.c, deal.c
SAID = ("amount_cents", "owner_id", "expected_close_on", "lost_reason")
"""Columns of a deal that can be said with its stage; None: stays as it is."""

NULLABLE = ("amount_cents", "owner_id", "expected_close_on")
"""Of these, those where blank says that there is none."""

MOVED = ("pipeline_id", "stage_id", "outcome", "stage_entered_at", "closed_at", "changed_at", *SAID)
LONGEST_REASON = 200

FURTHER = STEP // 2
"""From this number on lie the changes of a contact's further deals; below, those of its enrollments."""


def _facts(reader: Connection, params: Params) -> Params:
    _check(reader, params)
    row = reader.execute(
        select(stage.c.id, stage.c.pipeline_id, stage.c.kind, stage.c.name, stage.c.is_retired)
        .add_columns(pipeline.c.name.label("pipeline"))
        .join(pipeline, pipeline.c.id == stage.c.pipeline_id)
        .where(stage.c.id == params["stage_id"])
    ).first()
    if row is None or row.is_retired:
        raise Invalid("This stage does not exist (any more). Choose another.")
    place = f"{row.pipeline}: {row.name}".replace("{", "(").replace("}", ")")
    reason = params["lost_reason"] if row.kind == "lost" else ""  # it goes with the deal's being lost
    facts = {**params, "pipeline_id": row.pipeline_id, "kind": row.kind, "lost_reason": reason}
    return {**facts, "said": "moved {n} to " + place}


def _check(reader: Connection, params: Params) -> None:
    amount, owner_id = params["amount_cents"], params["owner_id"]
    if amount not in (None, "") and not 0 <= amount <= LARGEST_CENTS:
        raise Invalid(f"An amount lies between 0 and {LARGEST_CENTS // 100:,}.")
    if owner_id and reader.execute(select(user.c.id).where(user.c.id == owner_id)).first() is None:
        raise Invalid("This user does not exist (any more). Choose another owner.")
    if params["expected_close_on"]:
        try:
            date.fromisoformat(params["expected_close_on"])
        except ValueError as error:
            raise Invalid("Give the day of the expected close as 2026-01-31.") from error
    if len(params["lost_reason"] or "") > LONGEST_REASON:
        raise Invalid(f"Keep the reason below {LONGEST_REASON} letters.")


def _newest(call: Call, contact_id: ColumnElement[int]) -> ColumnElement[int]:
    """The contact's newest open deal of the pipeline, else its newest closed one."""
    is_closed = case((d.outcome == "open", 0), else_=1)
    among = select(d.id).where(d.contact_id == contact_id, d.pipeline_id == call.facts["pipeline_id"])
    return among.order_by(is_closed, func.coalesce(d.opened_at, 0).desc(), d.id.desc()).limit(1).scalar_subquery()


def _is_so(call: Call, deal_: Any) -> ColumnElement[bool]:
    """A deal is as it was asked for already; what was not said does not matter."""
    asked = {"stage_id": call.facts["stage_id"], **_said(call)}
    return and_(*[deal_.c[name].is_not_distinct_from(value) for name, value in asked.items()])


def _said(call: Call) -> dict[str, Any]:
    """Those of the columns SAID that were said."""
    said = {name: call.facts[name] for name in SAID if call.facts[name] is not None}
    return {name: None if value == "" and name in NULLABLE else value for name, value in said.items()}


def _just_closed(call: Call, contact_id: ColumnElement[int]) -> ColumnElement[bool]:
    """The deal changed last is so already; else asking twice would close the contact's next open deal."""
    among = select(case((_is_so(call, deal), 1), else_=0)).where(
        d.contact_id == contact_id, d.pipeline_id == call.facts["pipeline_id"]
    )
    return func.coalesce(among.order_by(d.changed_at.desc(), d.id.desc()).limit(1).scalar_subquery(), 0) == 1


def _move(call: Call) -> Select[Any]:
    if call.facts["deal_ids"]:
        return _move_chosen(call)
    source, place, id_ = start_of(call)
    n = deal.alias("n")
    new: ColumnElement[bool] = literal_column("true" if call.facts["new_deal"] else "false")
    is_new = or_(new, n.c.id.is_(None), n.c.outcome != "open")
    same = and_(~new, _is_so(call, n))
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


def _move_chosen(call: Call) -> Select[Any]:
    """The deals that were named, whichever of their contact's they are."""
    n = deal.alias("n")
    after = call.pack(**_moved(call, n))
    before = call.pack(**{name: n.c[name] for name in MOVED})
    chosen = n.c.id.in_(engines.id_set(call.conn, call.facts["deal_ids"]))
    return each_deal(call, n, chosen, _is_so(call, n), (before, after))


def each_deal(
    call: Call, n: Any, chosen: ColumnElement[bool], same: ColumnElement[bool], images: tuple[Any, Any]
) -> Select[Any]:
    """A change for each chosen deal (`n`) that is not the `same` already; one row for a contact who has none."""
    source, place, id_ = start_of(call)
    rank = numbered(place, case((same, ONE), else_=ZERO), n.c.id) - ONE
    detail = case((rank == ZERO, ZERO), else_=rank + literal_column(str(FURTHER)))
    row = Touched("deal", n.c.id, *images, detail)
    joined = source.outerjoin(n, and_(n.c.contact_id == id_, chosen))
    gone = ((n.c.id.is_(None), "gone"),)
    every = planned(place, id_, gone, ((same, "in_stage"),), row).select_from(joined).subquery()
    is_main = every.c.n % STEP == 0
    return select(every).where(or_(every.c.outcome == "changed", is_main))


def _moved(call: Call, n: Any) -> dict[str, Any]:
    """The columns MOVED of a deal that comes into the stage now, or stays in it."""
    stage_id = call.facts["stage_id"]
    return {
        "pipeline_id": call.facts["pipeline_id"],
        "stage_id": stage_id,
        "outcome": call.facts["kind"],
        "stage_entered_at": case((n.c.stage_id == stage_id, n.c.stage_entered_at), else_=call.now),
        "closed_at": None if call.facts["kind"] == "open" else call.now,
        "changed_at": call.now,
        **{name: n.c[name] for name in SAID},
        **_said(call),
    }


def _made(call: Call) -> dict[str, Any]:
    """A deal that begins in the stage now."""
    return {
        "pipeline_id": call.facts["pipeline_id"],
        "stage_id": call.facts["stage_id"],
        "outcome": call.facts["kind"],
        "stage_entered_at": call.now,
        "closed_at": None if call.facts["kind"] == "open" else call.now,
        "changed_at": call.now,
        "account": "",
        "opened_at": call.now,
        "external_id": None,
        "event_id": call.event_id,
        "amount_cents": None,
        "owner_id": c.owner_id,
        "expected_close_on": None,
        "lost_reason": "",
        **_said(call),
    }


def _stops(call: Call) -> Select[Any] | None:
    """Who has bought, or will not buy, is written to no more: asked for, or by the rules of a workflow."""
    kind = call.facts["kind"]
    return stop_live(call, f"stop_on_{kind}", kind) if kind != "open" else None


def _notes(call: Call) -> list[str]:
    if call.facts["kind"] == "open":
        return []
    among = c.id.in_(engines.id_set(call.conn, call.ids))
    live = call.conn.execute(select(func.coalesce(func.sum(c.enrollment_count), 0)).where(among)).scalar_one()
    return [live_words(live, call.facts["stop_enrollments"])] if live else []


KINDS = (
    Kind(
        "move",
        "deal.move",
        "Set stage",
        _facts,
        _move,
        defaults={"stage_id": 0, "new_deal": False, "deal_ids": (), "stop_enrollments": True, **dict.fromkeys(SAID)},
        sides=(_stops,),
        takes="deal",
        undo_words="The history of stages keeps both the move and its undo.",
        notes=_notes,
    ),
)
