"""Asking the text index: each engine's way to say which conversations hold some words, or a phone some digits."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    LargeBinary,
    Select,
    and_,
    bindparam,
    cast,
    column,
    exists,
    func,
    literal_column,
    or_,
    select,
    table,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from core.database import engines
from core.database.tables import contact, conversation

Word = tuple[str, bool]
"""A folded word, and whether words that begin with it match too."""

INDEXED_PREFIX = 3
EXPANSION = 256
"""Longer prefixes than the index keeps are asked for as their words, unless they are more than this."""

LIGHT = 8
"""With more words than this the index is asked once for all rows, not for each row tested."""

_sqlite_text = table("search_text", column("rowid"), column("search_text"))
_sqlite_phone = table("search_phone", column("rowid"), column("search_phone"))
_document = table("search_text", column("contact_id"), column("is_split"), column("words"))
_ANY_SPLIT = select(_document.c.contact_id).where(_document.c.is_split == text("1")).limit(1)
_EXPLAIN = text("EXPLAIN (FORMAT JSON) SELECT 1 FROM search_text WHERE words @@ CAST(:asked AS tsquery)")
_EXPAND = text("SELECT word FROM search_word WHERE word >= :start AND word < :end LIMIT :most")

PARTS, LONG = 8, 60
"""So many parts of a phrase, and letters of a part, are compared by the engine; more would tell no more texts apart."""

MOST, RARER = 3, 10
"""Of the digits' trigrams so many are asked for, and none that is more than so many times as frequent as the rarest:
each entry has a price, and an exchange like 555 may be in all phones."""

_REACH = text("""
SELECT value, (SELECT rowid FROM search_phone WHERE search_phone MATCH '"' || value || '"' LIMIT 1 OFFSET 500) AS reach
FROM json_each(:trigrams)""")
"""How far along the phones 500 entries of each trigram reach: the further, the rarer; null: there are fewer."""

_ALL = 2**62


class TextMatch:
    """Conversations whose text holds all the words: `test` on a conversation row, `ids` of all of them.

    `streams`: the index lies in order of activity, so that `hits` of the `expression` come in that `order` unsorted;
    else `estimate` is about how many there are.
    """

    order = _sqlite_text.c.rowid

    def __init__(self, connection: Connection, words: Sequence[Word]) -> None:
        self.streams = engines.is_sqlite(connection)
        if self.streams:
            asked = [_sqlite_word(connection, word) for word in words]
            self.expression = " AND ".join(expression for expression, _ in asked)
            self._is_light = all(is_light for _, is_light in asked)
        else:
            self._holds, self._ids = _postgresql(connection, words)
            self.estimate = _estimate(connection, words)

    @cached_property
    def test(self) -> ColumnElement[bool]:
        """The test on a conversation row."""
        if not self.streams:
            return self._holds
        matched = _matched(_sqlite_text.c.search_text, self.expression)
        if self._is_light:
            return exists().where(matched, self.order == conversation.c.activity_key).correlate(conversation)
        return conversation.c.activity_key.in_(select(self.order).where(matched).correlate(None))

    @property
    def ids(self) -> Select[Any]:
        """A selection of all matching ids."""
        if not self.streams:
            return self._ids
        return hits(conversation.c.id).params(match=self.expression)


def hits(*columns: ColumnElement[Any]) -> Select[Any]:
    """Columns of the conversations whose text meets the parameter `match`, where the index streams."""
    # The plus keeps the planner from looking each conversation up in the index, which costs two hundred times more.
    rowid: ColumnElement[int] = literal_column("+search_text.rowid")
    joined = _sqlite_text.join(conversation, conversation.c.activity_key == rowid)
    matched = _sqlite_text.c.search_text.op("MATCH", is_comparison=True)(bindparam("match"))
    return select(*columns).select_from(joined).where(matched)


def _matched(target: Any, expression: str) -> ColumnElement[bool]:
    return target.op("MATCH", is_comparison=True)(bindparam(None, expression, unique=True))  # type: ignore[no-any-return]


def _sqlite_word(connection: Connection, word: Word) -> tuple[str, bool]:
    """The word as the index is asked for it, and whether asking for one row at a time is cheap."""
    folded, is_prefix = word
    if not is_prefix:
        return f'"{folded}"', True
    if len(folded) <= INDEXED_PREFIX:
        return f'"{folded}" *', len(folded) > 1
    end = folded[:-1] + chr(ord(folded[-1]) + 1)
    found = connection.execute(_EXPAND, {"start": folded, "end": end, "most": EXPANSION + 1}).scalars().all()
    if len(found) > EXPANSION:
        return f'"{folded}" *', False
    return "(" + " OR ".join(f'"{one}"' for one in found or [folded]) + ")", len(found) <= LIGHT


def _postgresql(connection: Connection, words: Sequence[Word]) -> tuple[ColumnElement[bool], Select[Any]]:
    """The test on a conversation row, and the selection of all ids."""
    together = exists().where(_document.c.contact_id == conversation.c.id, _holds(words))
    if connection.execute(_ANY_SPLIT).first() is None:
        return together, select(_document.c.contact_id).where(_holds(words))
    part = _document.alias()
    each = [
        exists().where(
            part.c.contact_id == conversation.c.id,
            part.c.is_split == text("1"),
            part.c.words.op("@@")(_tsquery([word])),
        )
        for word in words
    ]
    test = or_(together, and_(*each))
    return test, select(conversation.c.id).where(test)


def _estimate(connection: Connection, words: Sequence[Word]) -> int:
    """What the planner thinks, which takes a third of a millisecond; its statistics of words are kept fine."""
    plan = connection.execute(_EXPLAIN, {"asked": _asked(words)}).scalar_one()
    return int(plan[0]["Plan"]["Plan Rows"])


def _holds(words: Sequence[Word]) -> ColumnElement[bool]:
    return _document.c.words.op("@@", is_comparison=True)(_tsquery(words))


def _tsquery(words: Sequence[Word]) -> ColumnElement[Any]:
    return cast(bindparam(None, _asked(words), unique=True), TSQUERY)


def _asked(words: Sequence[Word]) -> str:
    # Words are letters and digits alone, so quoting them is enough.
    return " & ".join(f"'{word}':*" if is_prefix else f"'{word}'" for word, is_prefix in words)


def phone_test(digits: str) -> ColumnElement[bool]:
    """Conversations whose contact's phone holds the digits (three or more)."""
    return exists().where(contact.c.id == conversation.c.id, contact.c.phone.like(f"%{digits}%"))


def phone_ids(connection: Connection, digits: str) -> Select[Any]:
    """Ids of contacts whose phone holds the digits (three or more), and possibly a few others."""
    if not engines.is_sqlite(connection):
        return select(contact.c.id).where(contact.c.phone.like(f"%{digits}%"))
    trigrams = engines.json_texts(sorted({digits[at : at + 3] for at in range(len(digits) - 2)}))
    found = [(row.reach or _ALL, row.value) for row in connection.execute(_REACH, {"trigrams": trigrams})]
    furthest = max(reach for reach, _ in found)
    asked = [f'"{one}"' for reach, one in sorted(found, reverse=True) if reach * RARER >= furthest][:MOST]
    return select(_sqlite_phone.c.rowid).where(_matched(_sqlite_phone.c.search_phone, " AND ".join(asked)))


def in_any_case(is_sqlite: bool, body: ColumnElement[str], pattern: Any) -> ColumnElement[bool]:
    """Whether the text is LIKE the pattern in capitals or small letters; of SQLite's LIKE that is so for plain ones."""
    return body.like(pattern) if is_sqlite else body.ilike(pattern)


def may_hold(connection: Connection, body: ColumnElement[str], phrase: str) -> ColumnElement[bool]:
    """False only for texts that surely do not hold the folded phrase: plain ones that lack it.

    The engine compares in a hundredth of the time that reading and folding the text takes. First it looks for the parts
    of the phrase one behind the other; of what has them, for the phrase as it stands, unless its blanks may be others.
    """
    if not phrase.isascii():
        return true()
    escaped = [
        part[:LONG].replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") for part in phrase.split(" ")[:PARTS]
    ]
    parts = f"%{'%'.join(escaped)}%"
    if engines.is_sqlite(connection):
        has_parts = body.like(parts, escape="\\")
        is_odd = body.op("GLOB", is_comparison=True)("*[^ -~]*")
        is_foreign = func.length(body) != func.length(cast(body, LargeBinary))
    else:
        has_parts = body.ilike(parts, escape="\\")
        is_odd = body.op("~", is_comparison=True)("[^ -~]")
        is_foreign = func.length(body) != func.octet_length(body)
    has_whole = func.lower(body).contains(phrase[:LONG], autoescape=True)
    return or_(and_(has_parts, or_(has_whole, is_odd, body.contains("  "))), is_foreign)
