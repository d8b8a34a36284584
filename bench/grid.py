"""Pages of the list: every tab in every order, at the first, a middle and the last page, beside the raw driver."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, func, select, text

from bench.data import Set
from bench.measure import interleaved, runs, timing
from bench.report import Row
from core import conversations, custom
from core.conversations import TABS, ConversationFilter, Slice, Sort
from core.conversations.conditions import recent_key
from core.database import Work
from core.database.tables import custom_value

ORDERS = (
    Sort("activity"),
    Sort("activity", False),
    Sort("name", False),
    Sort("name"),
    Sort("amount"),
    Sort("amount", False),
)
LAST = Slice(is_last=True)
FIELD = "Benchmark"
_OPEN = "c.is_archived = 0"
_TESTS = {
    "all": _OPEN,
    "hot": f"{_OPEN} AND c.is_hot = 1",
    "archived": "c.is_archived = 1",
}
_COLUMNS = {"activity": "activity_key", "name": "name_key", "amount": "amount_key"}


def pages(data: Set) -> Iterator[Row]:
    """One row for each place in the list, over all tabs and orders; the same by a field; then the raw driver's."""
    by_field = [Sort(data.store.write(data.actor, _field), descending) for descending in (True, False)]
    with data.store.read() as reader:
        yield from _places(reader, ORDERS, "every tab and order")
        yield from _places(reader, by_field, "every tab, by a field that a third have")
        yield from _beside_the_driver(data, reader)


def _places(reader: Connection, orders: Sequence[Sort], said: str) -> Iterator[Row]:
    for place in ("first", "middle", "deepest"):
        taken: list[float] = []
        worst: tuple[float, str] = (0.0, "")
        for tab in TABS:
            for order in orders:
                wanted = ConversationFilter(tab=tab)  # type: ignore[arg-type]
                milliseconds = runs(_page(reader, wanted, order, place), 12)
                taken += milliseconds
                name = f"{tab}, {order.by} {'down' if order.descending else 'up'}"
                worst = max(worst, (timing(milliseconds).p95, name))
        yield Row("grid page", f"{place} page, {said}", timing(taken, f"slowest: {worst[1]}"), "page")


def _field(work: Work) -> str:
    """A field of one's own that every third contact holds; the data keep it."""
    known = [field.id for field in custom.find(work.conn) if field.name == FIELD]
    if known:
        return custom.key(known[0])
    field_id = custom.add(work, FIELD, "text")
    work.conn.execute(
        text(
            "INSERT INTO custom_value (contact_id, field_id, value, sort_key, event_id)"
            " SELECT id, :field_id, CAST(id * 7919 % 100003 AS TEXT), CAST(id * 7919 % 100003 AS TEXT), 0"
            " FROM contact WHERE id % 3 = 0"
        ),
        {"field_id": field_id},
    )
    return custom.key(field_id)


def _page(reader: Connection, wanted: ConversationFilter, order: Sort, place: str) -> Callable[[], Any]:
    slice_ = {"first": Slice(), "deepest": LAST}.get(place) or Slice(after=middle(reader, wanted, order))
    return lambda: conversations.find(reader, wanted, order, slice_)


def middle(reader: Connection, wanted: ConversationFilter, order: Sort) -> str | None:
    """The cursor of the row in the middle of the result; by a field, of those that hold one."""
    if order.field_id is not None:
        return _middle_of_field(reader, order.field_id)
    recent = f"{_OPEN} AND (c.activity_key >= {recent_key()} OR c.unread_count > 0)"
    test = _TESTS.get(wanted.tab, recent)
    n = reader.exec_driver_sql(f"SELECT count(*) FROM conversation c WHERE {test}").scalar_one()
    column, way = _COLUMNS[order.by], "DESC" if order.descending else "ASC"
    cursor = "activity_key" if order.by == "activity" else "id"
    found = reader.exec_driver_sql(
        f"SELECT c.{cursor} FROM conversation c WHERE {test}"
        f" ORDER BY c.{column} {way}, c.id {way} LIMIT 1 OFFSET {n // 2}"
    ).scalar_one_or_none()
    return None if found is None else str(found)


def _middle_of_field(reader: Connection, field_id: int) -> str | None:
    v = custom_value.c
    n = reader.execute(select(func.count()).where(v.field_id == field_id)).scalar_one()
    ordered = select(v.contact_id).where(v.field_id == field_id).order_by(v.sort_key, v.contact_id)
    found = reader.execute(ordered.limit(1).offset(n // 2)).scalar_one_or_none()
    return None if found is None else str(found)


_RAW_PAGE = """
SELECT c.id, c.activity_key, c.is_hot, c.unread_count, c.amount_key, p.phone, p.first_name, p.last_name, p.email,
    m.body, s.name AS stage, u.name AS owner
FROM (SELECT * FROM conversation WHERE is_archived = 0 ORDER BY activity_key DESC LIMIT 50) c
JOIN contact p ON p.id = c.id LEFT JOIN message m ON m.contact_id = c.id AND m.id = c.last_message_id
LEFT JOIN stage s ON s.id = c.stage_id LEFT JOIN {user} u ON u.id = c.owner_id ORDER BY c.activity_key DESC"""
_RAW_TAGS = """
SELECT x.contact_id, t.name, t.color FROM contact_tag x JOIN tag t ON t.id = x.tag_id WHERE x.contact_id IN ({marks})"""


def _beside_the_driver(data: Set, reader: Connection) -> Iterator[Row]:
    raw: Any = reader.connection.driver_connection
    mark = "?" if data.engine == "sqlite" else "%s"
    page = _RAW_PAGE.format(user="user" if data.engine == "sqlite" else '"user"')
    tags = _RAW_TAGS.format(marks=", ".join([mark] * 50))
    ids = [row[0] for row in raw.execute(page).fetchall()]
    wide = f"SELECT * FROM conversation WHERE id = {mark}"

    def by_hand() -> None:
        found = raw.execute(page).fetchall()
        listed = [row[0] for row in found]
        raw.execute(tags, listed + [0] * (50 - len(listed))).fetchall()

    def by_key() -> None:
        for id_ in ids:
            raw.execute(wide, (id_,)).fetchone()

    ours = _page(reader, ConversationFilter(), Sort(), "first")
    taken = interleaved({"ours": ours, "hand": by_hand, "key": by_key}, 60)
    ratio = timing(taken["ours"]).median / timing(taken["hand"]).median
    yield Row(
        "grid page", "the same page in hand-written SQL, raw driver", timing(taken["hand"], f"ours {ratio:.1f} x")
    )
    floor = timing(taken["ours"]).median / timing(taken["key"]).median
    yield Row("grid page", "50 rows by key, one by one, raw driver", timing(taken["key"], f"ours {floor:.1f} x"))
