"""Why a conversation matched: the place, and the sentence around it."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, or_, select, true

from core.conversations.query import Query, contains
from core.conversations.rows import Tags, tags_of
from core.database import engines
from core.database.search_query import in_any_case, may_hold
from core.database.tables import contact, contact_tag, conversation, message, note, tag
from core.phone import national
from core.words import fold

BEFORE, AFTER = 20, 120
"""So many characters of a long text are shown before and after the match begins: a narrow column shows it then."""


def explain(reader: Connection, rows: Sequence[Row[Any]], tags: Tags, query: Query) -> dict[int, tuple[str, str]]:
    """By id, where each row matched (name, e-mail, phone, tag, note, message, same person), and the text around it."""
    found = {row.id: reason for row in rows if (reason := _in_row(row, tags.get(row.id, ()), query))}
    for look in (_in_newest, _in_texts, _in_person):
        if unknown := [row.id for row in rows if row.id not in found]:
            found |= look(reader, unknown, query)
    return {row.id: found.get(row.id, ("", "")) for row in rows}


def holding(reader: Connection, ids: Sequence[int], phrases: Sequence[str]) -> set[int]:
    """The ids of which, for every phrase, some single text (name, e-mail, note, message or tag) holds it verbatim."""
    held = set(ids)
    for phrase in phrases:
        found = {id_ for id_, _, body in _written(reader, sorted(held), phrase) if contains(body, phrase)}
        held &= found | _tagged(reader, sorted(held - found), phrase)
    return held


def _tagged(reader: Connection, ids: Sequence[int], phrase: str) -> set[int]:
    """Those of the ids that carry a tag with the phrase in its name."""
    listed = [row.id for row in reader.execute(select(tag.c.id, tag.c.name)).all() if contains(row.name, phrase)]
    if not listed or not ids:
        return set()
    carried = select(contact_tag.c.contact_id).where(contact_tag.c.contact_id.in_(engines.id_set(reader, ids)))
    return set(reader.execute(carried.where(contact_tag.c.tag_id.in_(listed))).scalars())


def _in_row(row: Row[Any], tags: Iterable[tuple[str, int, int]], query: Query) -> tuple[str, str] | None:
    texts = {
        "name": f"{row.first_name} {row.last_name}",
        "e-mail": row.email,
        "tag": ", ".join([name for name, _, _ in tags]),
    }
    if _meets("\n".join(texts.values()), query):  # else none of them does
        for where, body in texts.items():
            if _meets(body, query):
                return where, body
    if any(number in row.phone for number in query.numbers):
        return "phone", row.phone
    return ("message", sentence(row.snippet, query)) if row.snippet and _meets(row.snippet, query) else None


def _meets(body: str, query: Query) -> bool:
    """Whether one text alone holds all that is asked for."""
    folded = fold(body)
    for term in query.terms:
        if term.place(folded) < 0:
            return False
    return not query.phrases or all(contains(body, phrase) for phrase in query.phrases)


def _in_newest(reader: Connection, ids: Sequence[int], query: Query) -> dict[int, tuple[str, str]]:
    """The newest message that holds the longest word by the engine's own plain comparison, and really does."""
    asked = max((term.word for term in query.terms), key=len, default="")
    if not asked.isascii() or not asked:
        return {}
    values = {"ids": engines.id_value(reader, ids), "pattern": f"%{asked}%"}
    rows = reader.execute(_newest(engines.is_sqlite(reader)), values).all()
    return {id_: ("message", sentence(body, query)) for id_, body in rows if body and shows(body, query)}


@cache
def _newest(is_sqlite: bool) -> Select[Any]:
    """The newest message like `pattern` of each of the `ids`, built once."""
    like = in_any_case(is_sqlite, message.c.body, bindparam("pattern"))
    newest = select(message.c.body).where(message.c.contact_id == conversation.c.id, like)
    newest = newest.order_by(message.c.sent_at.desc(), message.c.id.desc()).limit(1)
    listed = conversation.c.id.in_(engines.named_ids(is_sqlite, "ids"))
    return select(conversation.c.id, newest.scalar_subquery()).where(listed)


def shows(body: str, query: Query) -> bool:
    """Whether the text holds anything of what is asked for."""
    folded = fold(body)
    return any(term.place(folded) >= 0 for term in query.terms) or any(
        contains(body, phrase) for phrase in query.phrases
    )


def _in_texts(reader: Connection, ids: Sequence[int], query: Query) -> dict[int, tuple[str, str]]:
    found: dict[int, tuple[str, str]] = {}
    for id_, where, body in _texts(reader, ids):
        if id_ not in found and shows(body, query):
            found[id_] = (where, sentence(body, query))
    return found


def _in_person(reader: Connection, ids: Sequence[int], query: Query) -> dict[int, tuple[str, str]]:
    """By a phone of another contact of the same person."""
    if not query.digits:
        return {}
    own, other = contact.c, contact.alias("other").c
    listed = select(own.id, other.phone).where(own.id.in_(engines.id_set(reader, ids)))
    holds = or_(*[other.phone.like(f"%{digits}%") for digits in query.numbers])
    linked = listed.where(other.same_person_id == own.same_person_id, holds)
    return {id_: ("same person", national(phone)) for id_, phone in reader.execute(linked.order_by(other.id.desc()))}


def _texts(reader: Connection, ids: Sequence[int]) -> Iterator[tuple[int, str, str]]:
    """All texts of these contacts, newest messages first: (contact id, place, text)."""
    yield from _written(reader, ids)
    for id_, carried in tags_of(reader, ids).items():
        yield from ((id_, "tag", name) for name, _, _ in carried)


def _written(reader: Connection, ids: Sequence[int], phrase: str = "") -> Iterator[tuple[int, str, str]]:
    """The same without tags. With a folded `phrase`, texts that surely do not hold it may be left out."""
    if not ids:
        return
    wanted = engines.id_set(reader, ids)

    def near(body: Any) -> ColumnElement[bool]:
        return may_hold(reader, body, phrase) if phrase else true()

    listed = select(message.c.contact_id, message.c.body).where(message.c.contact_id.in_(wanted), near(message.c.body))
    for id_, body in reader.execute(listed.order_by(message.c.sent_at.desc(), message.c.id.desc())).all():
        yield id_, "message", body
    notes = select(note.c.contact_id, note.c.body).where(note.c.contact_id.in_(wanted), near(note.c.body))
    for id_, body in reader.execute(notes).all():
        yield id_, "note", body
    person = contact.c.first_name + " " + contact.c.last_name
    names = select(contact.c.id, contact.c.first_name, contact.c.last_name, contact.c.email)
    names = names.where(contact.c.id.in_(wanted), or_(near(person), near(contact.c.email)))
    for id_, first, last, email in reader.execute(names).all():
        yield from ((id_, "name", name) for name in (f"{first} {last}", first, last))
        yield id_, "e-mail", email


def sentence(body: str, query: Query) -> str:
    """The part of a text around its first match, cut at blanks, with … where something was left out."""
    flat = " ".join(body.split())
    folded = fold(flat)
    at = min((place for term in query.terms if (place := term.place(folded)) >= 0), default=0)
    start, end = max(0, at - BEFORE), at + AFTER
    if start > 0:
        start = flat.find(" ", start, at) + 1 or start
    cut = flat[start:end]
    if end < len(flat) and " " in cut:
        cut = cut[: cut.rindex(" ")]
    return ("… " if start > 0 else "") + cut + (" …" if end < len(flat) else "")
