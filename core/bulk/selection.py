"""What a bulk action is meant for: ticked rows, this page, or all that match, frozen when chosen."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, func, select

from core import clock, conversations
from core.conversations import ConversationFilter
from core.database import engines
from core.database.tables import contact_tag, tag

SelectionKind = Literal["ticked", "page", "all"]

CONFIRM_ABOVE = 1_000
"""Over so many rows a person types the count before anything starts."""

AT_ONCE = 500
"""Up to so many rows an action is carried out at once, in one transaction; more become a job."""


@dataclass(frozen=True)
class Selection:
    """Which conversations. `ids` ascending, each once, frozen at `chosen_at` (UTC epoch seconds).

    `wanted`: the filter in force then, `words`: the same in words; none: nothing was filtered.
    """

    kind: SelectionKind
    ids: tuple[int, ...]
    chosen_at: int
    wanted: ConversationFilter | None = None
    words: str = ""

    def __len__(self) -> int:
        return len(self.ids)


def choose(
    kind: SelectionKind,
    ids: Iterable[int],
    wanted: ConversationFilter | None = None,
    words: str = "",
    chosen_at: int | None = None,
) -> Selection:
    """Ticked rows or a page, as a browser reports them: ids that are none are found out when something is done to them.

    `chosen_at`: when the first of them was on the screen; now, if left out.
    """
    return Selection(kind, tuple(sorted(set(ids))), clock.now() if chosen_at is None else chosen_at, wanted, words)


def choose_all(reader: Connection, wanted: ConversationFilter) -> Selection:
    """All conversations that match now; what matches later is not among them."""
    said = ", ".join(part for _, part in wanted.words(conversations.choices(reader).names))
    tab = {"all": "", "hot": "hot leads", "recents": "recents", "archived": "archived"}[wanted.tab]
    words = ", ".join(filter(None, (tab, said)))
    return Selection("all", tuple(conversations.find_ids(reader, wanted)), clock.now(), wanted, words)


def carriers(reader: Connection, tag_id: int) -> Selection:
    """Everybody who carries the tag, archived or not."""
    wanted = ConversationFilter(tags=(tag_id,), include_archived=True)
    ids = reader.execute(
        select(contact_tag.c.contact_id).where(contact_tag.c.tag_id == tag_id).order_by(contact_tag.c.contact_id)
    ).scalars()
    name = reader.execute(select(tag.c.name).where(tag.c.id == tag_id)).scalar_one_or_none()
    return Selection("all", tuple(ids), clock.now(), wanted, f"tag = {name}")


def tags_among(reader: Connection, ids: Iterable[int]) -> list[tuple[int, str, int, int]]:
    """The tags that these contacts carry: (id, name, colour, how many of them carry it), most frequent first."""
    among = contact_tag.c.contact_id.in_(engines.id_set(reader, sorted(set(ids))))
    counted = select(contact_tag.c.tag_id, func.count().label("n")).where(among).group_by(contact_tag.c.tag_id)
    found = counted.subquery()
    rows = select(tag.c.id, tag.c.name, tag.c.color, found.c.n).join(found, found.c.tag_id == tag.c.id)
    return [tuple(row) for row in reader.execute(rows.order_by(found.c.n.desc(), tag.c.name_key))]
