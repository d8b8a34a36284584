"""Small verbs, as the features write them (an event, the rows, one change for each), and how the mirror is compared."""

from typing import Any

from sqlalchemy import delete, insert, update

from core import conversations
from core.analytics import inbox
from core.analytics.mirror import Mirror
from core.conversations import ConversationFilter, Slice, Sort
from core.database import Change, Store, Work
from core.database.tables import contact, contact_tag, conversation, deal, enrollment
from tests.conftest import NOON

EVERYTHING = ConversationFilter(include_archived=True)


def equals(store: Store, mirror: Mirror) -> bool:
    """Lists, tabs and one facet as the database has them."""
    with store.read() as reader:
        ids = list(conversations.find(reader, EVERYTHING, Sort("name"), Slice(limit=10_000)).rows["id"])
        tabs = {name: count.n for name, count in conversations.tab_counts(reader, EVERYTHING).items()}
        tagged = {
            n: conversations.count(reader, ConversationFilter(include_archived=True, tags=(n,))).n for n in range(1, 9)
        }
    found = (inbox.facets(mirror, EVERYTHING) or {}).get("tags")
    return (
        inbox.page_ids(mirror, EVERYTHING, Sort("name"), Slice(limit=10_000)) == ids
        and inbox.tab_counts(mirror, EVERYTHING) == tabs
        and found == {n: count for n, count in tagged.items() if count}
    )


def revision(store: Store) -> int:
    with store.read() as reader:
        return store.revision(reader)


def ids(mirror: Mirror) -> list[int]:
    return sorted(inbox.page_ids(mirror, EVERYTHING, Sort(), Slice(limit=10_000)) or [])


def mark(work: Work, ids: list[int], **values: Any) -> int:
    event_id = work.record("test.mark")
    apply(work, event_id, 1, ids, **values)
    return event_id


def apply(work: Work, event_id: int, first_n: int, ids: list[int], **values: Any) -> None:
    for id_ in ids:
        work.conn.execute(update(conversation).where(conversation.c.id == id_).values(**values))
    work.account(event_id, first_n, [Change("conversation", id_, id_) for id_ in ids])


def tag(work: Work, id_: int, tag_id: int) -> None:
    event_id = work.record("test.tag")
    where = (contact_tag.c.contact_id == id_, contact_tag.c.tag_id == tag_id)
    if not work.conn.execute(delete(contact_tag).where(*where)).rowcount:
        row = {"contact_id": id_, "tag_id": tag_id, "added_at": work.now, "event_id": event_id}
        work.conn.execute(insert(contact_tag).values(**row))
    work.account(event_id, 1, [Change("contact_tag", tag_id, id_)])


def sell(work: Work, id_: int, stage_id: int) -> None:
    event_id = work.record("test.sell")
    row = {
        "contact_id": id_,
        "id": work.take_ids("deal") + 1_000_000,
        "pipeline_id": stage_id // 10,
        "stage_id": stage_id,
    }
    work.conn.execute(insert(deal).values(**row, outcome="open", changed_at=work.now, event_id=event_id))
    work.conn.execute(
        update(conversation).where(conversation.c.id == id_).values(deal_count=conversation.c.deal_count + 1)
    )
    work.account(event_id, 1, [Change("deal", row["id"], id_)])


def record(work: Work, verb: str, state: str = "done", undoes: int | None = None) -> int:
    return work.record(verb, state=state, undoes=undoes)


def add(work: Work, event_id: int, n: int) -> list[int]:
    """Contacts without a change row each, as an import or a demo inserts them."""
    first = work.take_ids("contact", n)
    for id_ in range(first, first + n):
        row = {"id": id_, "phone": f"+1999{id_:07d}", "created_at": NOON, "event_id": event_id}
        work.conn.execute(insert(contact).values(**row))
        work.conn.execute(insert(conversation).values(id=id_, activity_key=(NOON << 20) + id_, name_key=f"new {id_}"))
    return list(range(first, first + n))


def remove(work: Work, ids: list[int]) -> None:
    for table, key in (
        (deal, deal.c.contact_id),
        (contact_tag, contact_tag.c.contact_id),
        (enrollment, enrollment.c.contact_id),
        (conversation, conversation.c.id),
    ):
        work.conn.execute(delete(table).where(key.in_(ids)))


def erase(work: Work, ids: list[int]) -> None:
    event_id = work.record("test.erase")
    remove(work, ids)
    work.account(event_id, 1, [Change("conversation", id_, id_) for id_ in ids])


def end(work: Work, event_id: int, state: str = "done") -> None:
    work.set_state(event_id, state)


def chunk(work: Work, event_id: int, first_n: int, ids: list[int]) -> None:
    apply(work, event_id, first_n, ids, is_archived=1)
