"""The straightforward SQL of an application on an ORM: OFFSET, COUNT(*), LIKE '%word%'; beside ours, in turn."""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Connection, text

from bench.data import Set
from bench.grid import middle
from bench.measure import interleaved, timing
from bench.report import Row
from core import conversations
from core.analytics import inbox
from core.analytics.mirror import Mirror
from core.conversations import ConversationFilter, Slice, Sort
from core.conversations.find import NEWEST

_LIST = """
SELECT c.id, c.activity_key, c.is_hot, c.unread_count, p.phone, p.first_name, p.last_name, p.email, m.body
FROM conversation c JOIN contact p ON p.id = c.id
LEFT JOIN message m ON m.contact_id = c.id AND m.id = c.last_message_id
WHERE c.is_archived = 0 {where} ORDER BY {order} LIMIT 50 OFFSET {offset}"""
_COUNT_ALL = "SELECT count(*) FROM conversation c WHERE c.is_archived = 0"
_COUNT = "SELECT count(*) FROM conversation c JOIN contact p ON p.id = c.id WHERE c.is_archived = 0 {where}"
_TAGS = (
    "SELECT x.contact_id, t.name FROM contact_tag x JOIN tag t ON t.id = x.tag_id"
    " WHERE x.contact_id IN"
    " (SELECT c.id FROM conversation c WHERE c.is_archived = 0 ORDER BY c.activity_key DESC LIMIT 50)"
)
_HOLDS = """ AND (p.first_name {like} :w OR p.last_name {like} :w OR p.email {like} :w OR p.phone {like} :w
OR EXISTS (SELECT 1 FROM message x WHERE x.contact_id = c.id AND x.body {like} :w))"""


def plain(data: Set, mirror: Mirror) -> Iterator[Row]:
    """Each of their figures, with how many times longer it takes than ours."""
    with data.store.read() as reader:
        yield from _lists(reader, mirror)
        like = "LIKE" if data.engine == "sqlite" else "ILIKE"
        where = _HOLDS.format(like=like)
        for word in ("thanks", "invoice", "plumber", "zebra", "xylophonist"):
            yield from _search(reader, where, word)


def _run(reader: Connection, statement: str, **values: Any) -> Callable[[], Any]:
    return lambda: reader.execute(text(statement), values).all()


def _lists(reader: Connection, mirror: Mirror) -> Iterator[Row]:
    everything = ConversationFilter()
    page = _LIST.format(where="", order="c.activity_key DESC", offset=0)
    tags = _run(reader, _TAGS)

    def theirs() -> None:
        _run(reader, _COUNT_ALL)()
        _run(reader, page)()
        tags()

    def ours() -> None:
        conversations.find(reader, everything)
        inbox.count(mirror, everything)

    yield _row("first page with its count", interleaved({"ours": ours, "theirs": theirs}))
    half = conversations.count(reader, everything).n // 2
    for order, column in ((Sort("activity"), "c.activity_key DESC"), (Sort("name", False), "c.name_key, c.id")):
        deep = _run(reader, _LIST.format(where="", order=column, offset=half))
        slice_ = Slice(after=middle(reader, everything, order))
        works = {
            "ours": lambda order=order, slice_=slice_: conversations.find(reader, everything, order, slice_),
            "theirs": deep,
        }
        yield _row(f"page in the middle, by {order.by}", interleaved(works))


def _search(reader: Connection, where: str, word: str) -> Iterator[Row]:
    wanted = ConversationFilter(search=word)
    page = _run(reader, _LIST.format(where=where, order="c.activity_key DESC", offset=0), w=f"%{word}%")
    count = _run(reader, _COUNT.format(where=where), w=f"%{word}%")
    found = {"ours": lambda: conversations.find(reader, wanted, NEWEST), "theirs": page}
    yield _row(f"search {word}, first page", interleaved(found, 5))
    counted = {"ours": lambda: conversations.count(reader, wanted), "theirs": count}
    yield _row(f"search {word}, count", interleaved(counted, 2))


def _row(what: str, taken: dict[str, list[float]]) -> Row:
    ours, theirs = timing(taken["ours"]), timing(taken["theirs"])
    note = f"{theirs.median / ours.median:,.1f} x ours ({ours.median:.2f} ms)"
    return Row("straightforward SQL", what, timing(taken["theirs"], note))
