"""Keeping the wide conversation row true after its contact, messages, deals, enrollments or consents changed."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, FromClause, Select, Update, and_, bindparam, case, func, or_, select, update

from core.database import engines
from core.database.tables import consent_event, contact, conversation, deal, enrollment, message
from core.words import fold

AUTOMATED = ("workflow", "bulk", "opt_out", "help")
"""Messages of these origins do not count as activity."""

SHIFT = 20
"""An activity key is the UTC second, shifted by so many bits, plus the low bits of the id."""

UNKNOWN = 0
"""The second of what has no known time: a contact whose file does not say when it was made."""

FIRST_KNOWN = 1 << 2 * SHIFT  # 12 days into 1970; below lie the ids that stand for no activity


def activity_key(at: int, conversation_id: int) -> int:
    """The sort key of a conversation active at `at` (UTC seconds): ties are ordered by id.

    Without any known activity it is the id itself, which lies below all others.
    """
    return conversation_id if at == UNKNOWN else (at << SHIFT) + conversation_id % (1 << SHIFT)


KEY_SQL = f"CASE WHEN active_at = {UNKNOWN} THEN id ELSE (active_at << {SHIFT}) + id % {1 << SHIFT} END"
"""`activity_key` of the columns `active_at` and `id`, on both engines."""


def activity_at(key: int) -> int:
    """The UTC second of an activity key; UNKNOWN where there was no activity."""
    return key >> SHIFT if key >= FIRST_KNOWN else UNKNOWN


def name_key(first_name: str, last_name: str, number: str) -> str:
    """What orders conversations by name: the folded name, else the phone."""
    return fold(" ".join(f"{first_name} {last_name}".split())) or number


def refresh_names(connection: Connection, contact_ids: Sequence[int]) -> None:
    """Derive what the conversations are sorted by from the names of these contacts."""
    p = contact.c
    rows = connection.execute(
        select(p.id, p.first_name, p.last_name, p.phone).where(p.id.in_(engines.id_set(connection, contact_ids)))
    )
    if keys := [{"of": row.id, "key": name_key(*row[1:])} for row in rows]:
        differs = (conversation.c.id == bindparam("of")) & (conversation.c.name_key != bindparam("key"))
        connection.execute(update(conversation).where(differs).values(name_key=bindparam("key")), keys)


def refresh(connection: Connection, contact_ids: Sequence[int], now: int) -> None:
    """Derive the columns that follow from messages, deals, enrollments and consents again, for these contacts.

    Activity: the last inbound or manual outbound message, or a follow-up that is due, never after `now`; without one
    the creation, if it is known.
    Call inside `reindexing`, whose index rows follow the activity. One update, so each row is written once.
    """
    if not contact_ids:
        return
    derive, active, _ = _statements(engines.is_sqlite(connection))
    ids = engines.id_value(connection, contact_ids)
    rows = connection.execute(active, {"ids": ids}).all()
    keys = free_keys(connection, {row.id: activity_key(min(row.at, now), row.id) for row in rows})
    connection.execute(derive, {"ids": ids, **engines.pair_values(connection, "keys", keys)})


@cache
def _statements(is_sqlite: bool) -> tuple[Update, Select[Any], Select[Any]]:
    """Built once, for that takes longer than running them on few rows: the update of `ids` with their `keys`; when the
    `ids` were active; who holds the `keys`.
    """
    ids = engines.named_ids(is_sqlite, "ids")
    keys = engines.named_pairs(is_sqlite, "keys").subquery()
    held = select(conversation.c.activity_key, conversation.c.id)
    held = held.where(conversation.c.activity_key.in_(engines.named_ids(is_sqlite, "wanted")))
    return _derived(ids, keys), _active(ids), held


def _derived(ids: Select[Any], keys: FromClause) -> Update:
    parts = [part(ids).subquery() for part in (_messages, _last_message, _deals, _shown_deal, _enrollments, _consents)]
    source = keys
    for part in parts:
        source = source.outerjoin(part, part.c.contact_id == keys.c.id)
    columns = [_or_empty(column) for part in parts for column in part.c if column.name != "contact_id"]
    derived = (
        select(keys.c.id.label("conversation_id"), keys.c.value.label("activity_key"), *columns)
        .select_from(source)
        .subquery()
    )
    values = {column.name: column for column in derived.c if column.name != "conversation_id"}
    differs = or_(*[conversation.c[name].is_distinct_from(column) for name, column in values.items()])
    return update(conversation).where(conversation.c.id == derived.c.conversation_id, differs).values(values)


def refresh_deals(connection: Connection, ids: Select[Any]) -> None:
    """Derive what follows from deals alone; `ids` selects the contacts. Neither activity nor text moves."""
    d, of_contact = deal.c, deal.c.contact_id == conversation.c.id
    open_first = case((d.outcome == "open", 0), else_=1)
    shown = of_contact, (open_first, d.changed_at.desc(), d.id.desc())
    stage_id, amount = (_of_first(column, *shown) for column in (d.stage_id, d.amount_cents))
    count = select(func.count()).where(of_contact).scalar_subquery()
    values = {"deal_count": count, "stage_id": stage_id, "amount_key": func.coalesce(amount, -1)}
    connection.execute(update(conversation).where(conversation.c.id.in_(ids)).values(values))


def _of_first(column: Any, where: Any, order: tuple[Any, ...]) -> Any:
    return select(column).where(where).order_by(*order).limit(1).scalar_subquery()


def refresh_enrollments(connection: Connection, ids: Select[Any]) -> None:
    """Derive what follows from enrollments alone; `ids` selects the contacts."""
    e = enrollment.c
    live = select(func.count()).where(e.contact_id == conversation.c.id, e.is_live == 1).scalar_subquery()
    connection.execute(update(conversation).where(conversation.c.id.in_(ids)).values(enrollment_count=live))


_EMPTY = {"message_count": 0, "amount_key": -1, "deal_count": 0, "enrollment_count": 0, "is_opted_out": 0}


def _or_empty(column: Any) -> Any:
    return func.coalesce(column, _EMPTY[column.name]).label(column.name) if column.name in _EMPTY else column


def _messages(ids: Select[Any]) -> Select[Any]:
    return _counted(message.c.contact_id, "message_count").where(message.c.contact_id.in_(ids))


def _counted(contact_id: Any, name: str) -> Select[Any]:
    return select(contact_id, func.count().label(name)).group_by(contact_id)


def _first(partition: Any, order: tuple[Any, ...]) -> Any:
    return func.row_number().over(partition_by=partition, order_by=order).label("place")


def _last_message(ids: Select[Any]) -> Select[Any]:
    newest = _first(message.c.contact_id, (message.c.sent_at.desc(), message.c.id.desc()))
    ranked = select(message.c.contact_id, message.c.id, message.c.sent_at, message.c.direction, newest)
    found = ranked.where(message.c.contact_id.in_(ids)).subquery()
    columns = (
        found.c.id.label("last_message_id"),
        found.c.sent_at.label("last_message_at"),
        found.c.direction.label("last_direction"),
    )
    return select(found.c.contact_id, *columns).where(found.c.place == 1)


def _deals(ids: Select[Any]) -> Select[Any]:
    return _counted(deal.c.contact_id, "deal_count").where(deal.c.contact_id.in_(ids))


def _shown_deal(ids: Select[Any]) -> Select[Any]:
    open_first = case((deal.c.outcome == "open", 0), else_=1)
    first = _first(deal.c.contact_id, (open_first, deal.c.changed_at.desc(), deal.c.id.desc()))
    found = (
        select(deal.c.contact_id, deal.c.stage_id, deal.c.amount_cents, first)
        .where(deal.c.contact_id.in_(ids))
        .subquery()
    )
    return select(found.c.contact_id, found.c.stage_id, found.c.amount_cents.label("amount_key")).where(
        found.c.place == 1
    )


def _enrollments(ids: Select[Any]) -> Select[Any]:
    return _counted(enrollment.c.contact_id, "enrollment_count").where(
        enrollment.c.contact_id.in_(ids), enrollment.c.is_live == 1
    )


def _consents(ids: Select[Any]) -> Select[Any]:
    newest = _first(consent_event.c.contact_id, (consent_event.c.happened_at.desc(), consent_event.c.id.desc()))
    found = (
        select(consent_event.c.contact_id, consent_event.c.kind, newest)
        .where(consent_event.c.contact_id.in_(ids))
        .subquery()
    )
    is_out = case((found.c.kind == "out", 1), else_=0).label("is_opted_out")
    return select(found.c.contact_id, is_out).where(found.c.place == 1)


def _active(ids: Select[Any]) -> Select[Any]:
    """When each of the contacts was active last or came back to be followed up, or else came into being, as far as
    that is known: `id` and `at`.
    """
    counts = message.c.contact_id.in_(ids) & ((message.c.direction == "in") | message.c.origin.not_in(AUTOMATED))
    active = (
        select(message.c.contact_id, func.max(message.c.sent_at).label("at"))
        .where(counts)
        .group_by(message.c.contact_id)
        .subquery()
    )
    seen = func.coalesce(active.c.at, contact.c.created_at)
    followed = and_(conversation.c.is_due == 1, conversation.c.follow_up_at > seen)
    at = case((followed, conversation.c.follow_up_at), else_=seen).label("at")
    joined = contact.outerjoin(active, active.c.contact_id == contact.c.id)
    joined = joined.join(conversation, conversation.c.id == contact.c.id)
    return select(contact.c.id, at).select_from(joined).where(contact.c.id.in_(ids))


def free_keys(connection: Connection, wanted: dict[int, int]) -> dict[int, int]:
    """The wanted activity key of each conversation id, or the next free one where another conversation holds it.

    Two conversations want the same key only when they are active in the same second and their ids are 2^20 apart.
    """
    _, _, held = _statements(engines.is_sqlite(connection))
    rows = connection.execute(held, {"wanted": engines.id_value(connection, list(wanted.values()))})
    holders: dict[int, int] = {row.activity_key: row.id for row in rows}
    free = {}
    for id_, key in sorted(wanted.items()):
        while holders.get(key, id_) != id_ or (key != wanted[id_] and _is_held(connection, key, id_)):
            key += 1
        holders[key] = id_
        free[id_] = key
    return free


def _is_held(connection: Connection, key: int, by_other_than: int) -> bool:
    held = select(conversation.c.id).where(conversation.c.activity_key == key, conversation.c.id != by_other_than)
    return connection.execute(held).first() is not None
