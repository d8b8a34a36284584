"""Actions on tags: put on, take off, and merge one into another."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, Select, and_, case, literal, select, true

from core.access import Right
from core.bulk.kind import ONE, ZERO, Call, Kind, Params, Touched, changed_in, numbered, planned, side, start_of
from core.database import engines
from core.database.tables import contact_tag, tag
from core.database.work import STEP
from core.errors import Invalid

ct = contact_tag.c
IMAGE = ("added_at", "origin", "event_id")


def _named(reader: Connection, tag_ids: Sequence[int], *, also_retired: bool) -> list[str]:
    if not tag_ids:
        raise Invalid("Choose at least one tag.")
    rows = reader.execute(
        select(tag.c.id, tag.c.name, tag.c.is_retired).where(tag.c.id.in_(sorted(set(tag_ids)))).order_by(tag.c.id)
    ).all()
    if len(rows) < len(set(tag_ids)):
        raise Invalid("A tag does not exist (any more). Choose again.")
    retired = [row.name for row in rows if row.is_retired and not also_retired]
    if retired:
        raise Invalid(f"The tag “{retired[0]}” is retired. Take it back into use first, or choose another.")
    return [row.name.replace("{", "(").replace("}", ")") for row in rows]


def _tag_facts(reader: Connection, params: Params) -> Params:
    names = _named(reader, params["tag_ids"], also_retired=False)
    return {**params, "said": "tagged {n} as " + ", ".join(names)}


def _untag_facts(reader: Connection, params: Params) -> Params:
    names = _named(reader, params["tag_ids"], also_retired=True)
    return {**params, "said": f"took {', '.join(names)} off {{n}}"}


def _merge_facts(reader: Connection, params: Params) -> Params:
    if params["from_id"] == params["into_id"]:
        raise Invalid("A tag cannot be merged into itself. Choose another.")
    old = _named(reader, [params["from_id"]], also_retired=True)[0]
    new = _named(reader, [params["into_id"]], also_retired=False)[0]
    return {**params, "said": f"merged the tag {old} into {new} on {{n}}"}


def image(call: Call) -> dict[str, Any]:
    """The columns of a tag put on now."""
    return {"added_at": call.now, "origin": "bulk", "event_id": call.event_id}


def _tag(call: Call) -> Select[Any]:
    return _each(call, call.facts["tag_ids"], None, call.pack(**image(call)))


def _untag(call: Call) -> Select[Any]:
    return _each(call, call.facts["tag_ids"], _now(call), None)


def _merge(call: Call) -> Select[Any]:
    return _each(call, [call.facts["from_id"]], _now(call), None)


def _now(call: Call) -> ColumnElement[str]:
    return call.pack(**{name: ct[name] for name in IMAGE})


def _each(
    call: Call,
    tag_ids: Sequence[int],
    before: ColumnElement[str] | None,
    after: ColumnElement[str] | None,
) -> Select[Any]:
    """Put on (an image after) or taken off (one before): a change for each tag; one row where there is none to make."""
    is_wanted, reason = (after is None), ("untagged" if after is None else "tagged")
    source, place, id_ = start_of(call)
    if len(set(tag_ids)) == 1:
        tag_id: Any = literal(tag_ids[0], BigInteger)
        on = (ct.contact_id == id_) & (ct.tag_id == tag_id)
        carried = ct.tag_id.is_not(None)
        row = Touched("contact_tag", tag_id, before, after)
        stays = ~carried if is_wanted else carried
        return planned(place, id_, (), ((stays, reason),), row).select_from(source.outerjoin(contact_tag, on))
    t = engines.id_set(call.conn, sorted(set(tag_ids))).subquery("t")
    on = (ct.contact_id == id_) & (ct.tag_id == t.c.id)
    carried = ct.tag_id.is_not(None)
    stays = ~carried if is_wanted else carried
    rank = numbered(place, case((stays, ONE), else_=ZERO), t.c.id) - ONE
    row = Touched("contact_tag", t.c.id, before, after, rank)
    joined = source.join(t, true()).outerjoin(contact_tag, on)
    every = planned(place, id_, (), ((stays, reason),), row).select_from(joined).subquery()
    counts = (every.c.outcome == "changed") | (every.c.n % STEP == 0)
    return select(every).where(counts)


def put_on(fact: str) -> Callable[[Call], Select[Any] | None]:
    """A side that puts the tag of a fact, if any, on the contacts which the plan has changed and do not carry it."""

    def add(call: Call) -> Select[Any] | None:
        if call.facts[fact] is None:
            return None
        wanted = literal(call.facts[fact], BigInteger)
        m, test = changed_in(call)
        carried = and_(ct.contact_id == m.c.contact_id, ct.tag_id == wanted)
        row = Touched("contact_tag", wanted, None, call.pack(**{**image(call), "origin": ORIGINS[fact]}))
        joined = m.outerjoin(contact_tag, carried)
        chosen = side(m.c.n + ONE, m.c.contact_id, row).select_from(joined)
        return chosen.where(test, ct.tag_id.is_(None))

    return add


ORIGINS = {"into_id": "bulk", "tag_id": "workflow"}
"""Where a tag comes from, by the fact that names it."""


KINDS = (
    Kind("tag", "contact.tag", "Add tags", _tag_facts, _tag, defaults={"tag_ids": ()}),
    Kind("untag", "contact.untag", "Remove tags", _untag_facts, _untag, defaults={"tag_ids": ()}),
)
MERGE = Kind(
    "merge",
    "tag.merge",
    "Merge tags",
    _merge_facts,
    _merge,
    rights=(Right.CONTACT_EDIT, Right.CONVERSATION_BULK),
    defaults={"from_id": 0, "into_id": 0},
    sides=(put_on("into_id"),),
)
