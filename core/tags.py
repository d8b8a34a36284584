"""Tags: the words put on contacts."""

from collections.abc import Mapping

from sqlalchemy import func, insert, select

from core.database import Work, engines
from core.database.tables import tag

COLOURS = 12
"""Places in the palette; new tags take them by turn."""


def ensure(work: Work, event_id: int, names: Mapping[str, str]) -> dict[str, int]:
    """The ids of tags given as folded name -> name; those that do not exist are made by the event."""
    if not names:
        return {}
    wanted = tag.c.name_key.in_(engines.text_set(work.conn, names))
    found = {row.name_key: row.id for row in work.conn.execute(select(tag.c.name_key, tag.c.id).where(wanted))}
    missing = [key for key in names if key not in found]
    if missing:
        first = work.take_ids("tag", len(missing))
        turn = work.conn.execute(select(func.count()).select_from(tag)).scalar_one()
        rows = [
            {
                "id": first + n,
                "name": names[key],
                "name_key": key,
                "color": (turn + n) % COLOURS,
                "created_at": work.now,
                "event_id": event_id,
            }
            for n, key in enumerate(missing)
        ]
        work.conn.execute(insert(tag), rows)
        found |= {row["name_key"]: row["id"] for row in rows}
    return found
