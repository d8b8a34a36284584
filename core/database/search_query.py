"""Asking the text index: each engine's way to say which conversations hold some words, or a phone some digits."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    cast,
    column,
    exists,
    or_,
    select,
    table,
    text,
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
_EXPAND = text("SELECT word FROM search_word WHERE word >= :start AND word < :end LIMIT :most")

TRIGRAM = 3
"""Digits that the phone index holds as one entry."""


class TextMatch:
    """Conversations whose text holds all the words: `test` on a conversation row, `ids` of all of them.

    `streams`: the index lies in order of activity, so that `hits` come in that order without a sort.
    """

    def __init__(self, connection: Connection, words: Sequence[Word]) -> None:
        self.streams = engines.is_sqlite(connection)
        self.order = _sqlite_text.c.rowid
        if self.streams:
            asked = [_sqlite_word(connection, word) for word in words]
            self._matched = _matched(_sqlite_text.c.search_text, " AND ".join(expression for expression, _ in asked))
            at_row = exists().where(self._matched, self.order == conversation.c.activity_key)
            whole = conversation.c.activity_key.in_(select(self.order).where(self._matched))
            self.test: ColumnElement[bool] = at_row if all(is_light for _, is_light in asked) else whole
            joined = _sqlite_text.join(conversation, conversation.c.activity_key == self.order)
            self.ids: Select[Any] = select(conversation.c.id).select_from(joined).where(self._matched)
        else:
            self.test = _postgresql_test(connection, words)
            self.ids = select(conversation.c.id).where(self.test)

    def test_between(self, low: int, high: int) -> ColumnElement[bool]:
        """The test for rows whose activity key lies between two, both included."""
        return conversation.c.activity_key.in_(self.hits([self.order.between(low, high)]))

    def hits(
        self, bounds: Sequence[ColumnElement[bool]] = (), descending: bool = True, limit: int | None = None
    ) -> Select[Any]:
        """Activity keys of the hits within bounds on `order`, in that order."""
        found = select(self.order).where(self._matched, *bounds)
        return found.order_by(self.order.desc() if descending else self.order.asc()).limit(limit)


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


def _postgresql_test(connection: Connection, words: Sequence[Word]) -> ColumnElement[bool]:
    together = exists().where(_document.c.contact_id == conversation.c.id, _holds(words))
    if (
        connection.execute(select(_document.c.contact_id).where(_document.c.is_split == text("1")).limit(1)).first()
        is None
    ):
        return together
    part = _document.alias()
    each = [
        exists().where(
            part.c.contact_id == conversation.c.id,
            part.c.is_split == text("1"),
            part.c.words.op("@@")(_tsquery([word])),
        )
        for word in words
    ]
    return or_(together, and_(*each))


def _holds(words: Sequence[Word]) -> ColumnElement[bool]:
    return _document.c.words.op("@@", is_comparison=True)(_tsquery(words))


def _tsquery(words: Sequence[Word]) -> ColumnElement[Any]:
    # Words are letters and digits alone, so quoting them is enough.
    listed = " & ".join(f"'{word}':*" if is_prefix else f"'{word}'" for word, is_prefix in words)
    return cast(bindparam(None, listed, unique=True), TSQUERY)


def phone_test(digits: str) -> ColumnElement[bool]:
    """Conversations whose contact's phone holds the digits (three or more)."""
    return exists().where(contact.c.id == conversation.c.id, contact.c.phone.like(f"%{digits}%"))


def phone_ids(connection: Connection, digits: str) -> Select[Any]:
    """Ids of contacts whose phone holds the digits (three or more)."""
    holds = contact.c.phone.like(f"%{digits}%")
    if not engines.is_sqlite(connection):
        return select(contact.c.id).where(holds)
    if len(digits) == TRIGRAM:
        return select(_sqlite_phone.c.rowid).where(_matched(_sqlite_phone.c.search_phone, f'"{digits}"'))
    trigrams = " AND ".join(f'"{digits[at : at + 3]}"' for at in range(len(digits) - 2))
    joined = _sqlite_phone.join(contact, contact.c.id == _sqlite_phone.c.rowid)
    return select(contact.c.id).select_from(joined).where(_matched(_sqlite_phone.c.search_phone, trigrams), holds)
