"""The board of a pipeline: its deals by stage, under the filter of the list; a column costs what it shows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, literal, or_, select

from core import conversations
from core.access import Actor, Right
from core.conversations import ConversationFilter
from core.conversations.upkeep import activity_at
from core.database import engines
from core.database.tables import contact, conversation, deal, stage, user

c, d, s = conversation.c, deal.c, stage.c
DAY = 86_400
PAGE = 40

Order = Literal["new", "old", "amount", "quiet"]
Key = tuple[int | None, int]
"""Where a card stands in its column: the value that orders, and the deal's id."""

Where = tuple[ColumnElement[bool], ...]
"""Which deals are asked for; as `where` makes it."""

_ORDERS: dict[Order, tuple[ColumnElement[Any], bool]] = {
    "new": (d.stage_entered_at, True),
    "old": (d.stage_entered_at, False),
    "amount": (d.amount_cents, True),
    "quiet": (c.activity_key, False),
}
ORDERS = tuple(_ORDERS)
"""Of the cards of a column: newest in it first, longest in it first, largest first, longest without activity first."""


@dataclass(frozen=True)
class Figures:
    """What stands over a column: deals, their sum, how many have no amount, and how many are there for too long.

    `otherwise`: of these deals, how many are open, won or lost otherwise than the stage says, as files may have it.
    """

    count: int = 0
    cents: int = 0
    unquoted: int = 0
    rotting: int = 0
    otherwise: int = 0


@dataclass(frozen=True)
class Slice:
    """Some cards of a column: `limit` of them, from the first on or behind the key `after`, in this order."""

    stage_id: int
    order: Order = "new"
    after: Key | None = None
    limit: int = PAGE


@dataclass(frozen=True)
class Card:
    """A deal. Times in UTC epoch seconds, `entered_at` None and `active_at` 0 where nobody knows; `amount_cents` None
    while not quoted; `phone` E.164, blank for who may not see it.
    """

    id: int
    contact_id: int
    name: str
    phone: str
    amount_cents: int | None
    owner: str
    outcome: str
    entered_at: int | None
    active_at: int
    lost_reason: str
    is_rotting: bool
    key: Key


def where(reader: Connection, wanted: ConversationFilter) -> Where:
    """The filter as tests on deals; their conversations are joined where something is asked of them."""
    contacts = of_contacts(wanted)
    if contacts.search:  # looked up once, however many columns ask
        found = engines.id_set(reader, conversations.find_ids(reader, contacts))
        return (*_of_deals(wanted), d.contact_id.in_(found))
    if not contacts.is_filtered and contacts.tab == "all":
        return tuple(_of_deals(wanted))
    return (*_of_deals(wanted), c.id == d.contact_id, conversations.holds(reader, contacts))


def figures(reader: Connection, asked: Where, pipeline_id: int, now: int) -> dict[int, Figures]:
    """Of every stage of the pipeline that holds deals which are asked for, retired ones too."""
    unquoted = func.sum(case((d.amount_cents.is_(None), 1), else_=0))
    rotting = func.sum(case((_is_rotting(now), 1), else_=0))
    otherwise = func.sum(case((d.outcome != s.kind, 1), else_=0))
    columns = d.stage_id, func.count(), func.coalesce(func.sum(d.amount_cents), 0), unquoted, rotting, otherwise
    of = stage.join(deal, d.stage_id == s.id)
    counted = select(*columns).select_from(of).where(s.pipeline_id == pipeline_id, *asked)
    return {row[0]: Figures(*map(int, row[1:])) for row in reader.execute(counted.group_by(d.stage_id))}


def cards(reader: Connection, actor: Actor, asked: Where, slice_: Slice, now: int) -> list[Card]:
    """The cards of a slice, in its order. Deals without the value that orders come last, by id."""
    found: list[Card] = []
    for rows in _parts(slice_.order, slice_.after):
        if len(found) < slice_.limit:
            keys = rows.where(d.stage_id == slice_.stage_id, *asked).limit(slice_.limit - len(found))
            found += _shown(reader, actor, reader.execute(keys).all(), now)
    return found


def deals(reader: Connection, asked: Where, stage_id: int) -> list[tuple[int, int]]:
    """All deals of a column as (contact, deal), by contact: what “all of these” freezes."""
    chosen = select(d.contact_id, d.id).select_from(deal).where(d.stage_id == stage_id, *asked)
    return [tuple(row) for row in reader.execute(chosen.order_by(d.contact_id, d.id))]


def of_contacts(wanted: ConversationFilter) -> ConversationFilter:
    """The part of a filter that is asked of the contact; stage, owner and amount are asked of the deal itself.

    A deal is shown whether its conversation is archived or not, unless a tab is asked for.
    """
    nothing = ConversationFilter()
    names = ("stages", "pipeline_id", "owner_mode", "owners", "amount_from", "amount_to", "is_quoted")
    kept = replace(wanted, **{name: getattr(nothing, name) for name in names})
    return replace(kept, include_archived=True) if kept.tab == "all" else kept


def _of_deals(wanted: ConversationFilter) -> list[ColumnElement[bool]]:
    tests: list[ColumnElement[bool]] = []
    if wanted.stages:
        tests.append(d.stage_id.in_(sorted(wanted.stages)))
    if wanted.owner_mode == "unassigned":
        tests.append(d.owner_id.is_(None))
    elif wanted.owner_mode == "mine":
        tests.append(d.owner_id == wanted.user_id)
    elif wanted.owner_mode == "these" and wanted.owners:
        tests.append(d.owner_id.in_(sorted(wanted.owners)))
    if wanted.amount_from is not None:
        tests.append(d.amount_cents >= wanted.amount_from)
    if wanted.amount_to is not None:
        tests.append(d.amount_cents <= wanted.amount_to)
    if wanted.is_quoted is not None:
        tests.append(d.amount_cents.is_not(None) if wanted.is_quoted else d.amount_cents.is_(None))
    return tests


def _is_rotting(now: int) -> ColumnElement[bool]:
    """An open deal that is in its stage for more days than it should be."""
    return and_(d.outcome == "open", d.stage_entered_at < literal(now) - s.rot_days * DAY)


def _parts(order: Order, after: Key | None) -> list[Select[Any]]:
    """The keys of cards behind `after`, in order: those that have the value, then those that have none."""
    value, descending = _ORDERS[order]
    of = select(d.contact_id, d.id, value.label("value")).select_from(deal)
    if order == "quiet":
        of = of.where(c.id == d.contact_id)
    known, unknown = of.where(value.is_not(None)), of.where(value.is_(None)).order_by(d.id)
    known = known.order_by(*((value.desc(), d.id.desc()) if descending else (value, d.id)))
    if after is None:
        return [known, unknown]
    edge, id_ = after
    if edge is None:
        return [unknown.where(d.id > id_)]
    beyond = (value < edge, d.id < id_) if descending else (value > edge, d.id > id_)
    return [known.where(or_(beyond[0], and_(value == edge, beyond[1]))), unknown]


_JOINED = (
    deal.join(contact, contact.c.id == d.contact_id)
    .join(conversation, c.id == d.contact_id)
    .join(stage, s.id == d.stage_id)
    .outerjoin(user, user.c.id == d.owner_id)
)


def _shown(reader: Connection, actor: Actor, keys: Sequence[Any], now: int) -> list[Card]:
    """The cards of these rows of `_parts`, in their order."""
    columns = (
        d.id, d.contact_id, contact.c.first_name, contact.c.last_name, contact.c.phone, d.amount_cents, d.outcome,
        func.coalesce(user.c.name, "").label("owner"), d.stage_entered_at, c.activity_key, d.lost_reason,
        case((_is_rotting(now), 1), else_=0).label("is_rotting"),
    )  # fmt: skip
    contacts, ids = ([row[n] for row in keys] for n in (0, 1))
    among = d.contact_id.in_(engines.id_set(reader, contacts)), d.id.in_(engines.id_set(reader, ids))
    found = {row.id: row for row in reader.execute(select(*columns).select_from(_JOINED).where(*among))}
    may = actor.may(Right.CONTACT_PERSONAL)
    return [_card(found[row.id], (row.value, row.id), may) for row in keys if row.id in found]


def _card(row: Any, key: Key, may_see_phone: bool) -> Card:
    return Card(
        id=row.id,
        contact_id=row.contact_id,
        name=f"{row.first_name} {row.last_name}".strip(),
        phone=row.phone if may_see_phone else "",
        amount_cents=row.amount_cents,
        owner=row.owner,
        outcome=row.outcome,
        entered_at=row.stage_entered_at,
        active_at=activity_at(row.activity_key),
        lost_reason=row.lost_reason,
        is_rotting=bool(row.is_rotting),
        key=key,
    )
