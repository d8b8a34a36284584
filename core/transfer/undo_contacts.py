"""Undo, second part: contacts that the import made, with all that it put on them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select, union

from core.database import Change, Work, engines
from core.database.search import reindexing
from core.database.tables import (
    call,
    change,
    consent_event,
    contact,
    contact_tag,
    conversation,
    custom_value,
    deal,
    draft,
    enrollment,
    event,
    event_state,
    message,
    note,
    note_version,
    phone_claim,
    stage_event,
)

USED_SINCE = "used since the import"

_CHILDREN = (message, contact_tag, note, note_version, consent_event, call, deal, stage_event, enrollment, custom_value)


def delete_contacts(work: Work, event_id: int, ids: Sequence[int]) -> list[Change]:
    """Delete these contacts of the import; those on which others have worked since are kept as they are, and listed."""
    used = _used(work, event_id, ids)
    gone = [id_ for id_ in ids if id_ not in used]
    of = engines.id_set(work.conn, gone)
    with reindexing(work.conn, gone):
        for table in _CHILDREN:
            work.conn.execute(delete(table).where(table.c.contact_id.in_(of)))
        work.conn.execute(delete(conversation).where(conversation.c.id.in_(of)))
        work.conn.execute(delete(phone_claim).where(phone_claim.c.contact_id.in_(of)))
        work.conn.execute(delete(contact).where(contact.c.id.in_(of)))
    return [Change("contact", id_, id_, outcome="skipped", reason=USED_SINCE) for id_ in sorted(used)]


def _used(work: Work, event_id: int, ids: Sequence[int]) -> set[int]:
    """Contacts with rows of other events, or changed by other events that were not taken back themselves, or to whom
    somebody has begun to write.
    """
    of = engines.id_set(work.conn, ids)
    parts: list[Any] = [
        select(table.c.contact_id).where(table.c.contact_id.in_(of), table.c.event_id != event_id)
        for table in _CHILDREN
    ]
    others = (
        select(change.c.contact_id)
        .join(event, event.c.id == change.c.event_id)
        .join(event_state, event_state.c.event_id == change.c.event_id)
        .where(
            change.c.contact_id.in_(of),
            change.c.event_id != event_id,
            change.c.outcome == "changed",
            event_state.c.state.not_in(("undone",)),
            event.c.undoes_event_id.is_(None),
        )
    )
    begun = select(draft.c.contact_id).where(draft.c.contact_id.in_(of))
    return set(work.conn.execute(union(*parts, others, begun)).scalars())
