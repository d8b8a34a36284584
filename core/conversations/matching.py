"""A search text as alternatives, in each of which every word is found in one stated way; one of them must hold."""

from contextlib import suppress
from dataclasses import dataclass, field
from itertools import product

from sqlalchemy import Connection, or_, select

from core import phone, setup
from core.conversations.conditions import Condition, tag_condition
from core.conversations.query import Query, Term, contains, phrase_terms
from core.database import engines
from core.database.search_query import TextMatch, phone_ids, phone_test
from core.database.tables import contact, conversation, tag
from core.errors import Invalid
from core.words import words

BRANCHING = 2
"""So many words and phrases may be found in tags or phones as alternatives of their own; others are tested by row."""


_TAGS = select(tag.c.id, tag.c.name)


@dataclass(frozen=True)
class Alternative:
    """All of it must hold: `terms` in the text, the phrases verbatim in one text, and the conditions."""

    terms: tuple[Term, ...] = ()
    phrases: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = field(default=())


def alternatives(reader: Connection, query: Query) -> list[Alternative]:
    """The alternatives of a query, at least one; a blank query has a single one that everything meets."""
    if query.is_blank:
        return [Alternative()]
    names = {row[0]: row[1] for row in reader.execute(_TAGS).all()}
    choices: list[list[Alternative]] = []
    branching = 0
    for term in query.terms:
        elsewhere = _elsewhere(reader, term, names, in_phones=not query.digits)
        branching += bool(elsewhere)
        choices.append(_choices(reader, term, elsewhere, branches=branching <= BRANCHING))
    for phrase in query.phrases:
        tagged = [id_ for id_, name in names.items() if contains(name, phrase)]
        branching += bool(tagged)
        if tagged and branching > BRANCHING:
            choices.append([Alternative(phrases=(phrase,))])  # read in texts and tags alike, whatever the index says
            continue
        in_text = Alternative(phrase_terms(phrase), (phrase,))
        choices.append([in_text, *([Alternative(conditions=(tag_condition(tagged),))] if tagged else [])])
    found = [_together(parts) for parts in product(*choices)]
    return found + _by_phone(reader, query)


def _elsewhere(reader: Connection, term: Term, names: dict[int, str], in_phones: bool) -> list[Condition]:
    tagged = [id_ for id_, name in names.items() if any(term.matches(word) for word in words(name))]
    found = [tag_condition(tagged)] if tagged else []
    return found + ([_phone(reader, term.digits)] if term.digits and in_phones else [])


def _choices(reader: Connection, term: Term, elsewhere: list[Condition], branches: bool) -> list[Alternative]:
    in_text = Alternative((term,))
    if not elsewhere:
        return [in_text]
    if branches:
        return [in_text, *[Alternative(conditions=(condition,)) for condition in elsewhere]]
    test = or_(TextMatch(reader, [(term.word, term.is_prefix)]).test, *[condition.test for condition in elsewhere])
    return [Alternative(conditions=(Condition(test),))]


def _together(parts: tuple[Alternative, ...]) -> Alternative:
    return Alternative(
        tuple(dict.fromkeys(term for part in parts for term in part.terms)),
        tuple(phrase for part in parts for phrase in part.phrases),
        tuple(condition for part in parts for condition in part.conditions),
    )


def _by_phone(reader: Connection, query: Query) -> list[Alternative]:
    """The whole input as a phone, in each spelling that it may be meant in."""
    if not query.digits:
        return []
    spellings = set(query.numbers)
    with suppress(Invalid):  # written as people of the region do
        spellings.add(phone.parse(query.digits, setup.load(reader).default_region).e164.lstrip("+"))
    asked = sorted(spellings)
    return [Alternative(conditions=(_phone(reader, digits),)) for digits in asked] + _same_person(reader, asked)


def _same_person(reader: Connection, asked: list[str]) -> list[Alternative]:
    """The other contacts of a person one of whose phones holds the digits; nothing where nobody is linked."""
    other, p = contact.alias("other").c, contact.c
    holds = or_(*[p.phone.like(f"%{digits}%") for digits in asked])
    person = select(p.same_person_id).where(p.same_person_id.is_not(None), holds)
    linked = select(other.id).where(other.same_person_id.is_not(None), other.same_person_id.in_(person))
    ids = reader.execute(linked).scalars().all()
    if not ids:
        return []
    listed = engines.id_set(reader, ids)
    return [Alternative(conditions=(Condition(conversation.c.id.in_(listed), listed),))]


def _phone(reader: Connection, digits: str) -> Condition:
    return Condition(phone_test(digits), phone_ids(reader, digits))
