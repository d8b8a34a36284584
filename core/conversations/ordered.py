"""The whole list in its order, as selections: for whoever reads all of it at once."""

from typing import Any

from sqlalchemy import Connection, Select

from core.conversations.conditions import Condition
from core.conversations.filters import ConversationFilter
from core.conversations.find import find_ids
from core.conversations.matching import Alternative, alternatives
from core.conversations.paging import Sort
from core.conversations.parts import parts
from core.conversations.plan import Plan
from core.conversations.query import parse
from core.database import engines
from core.database.tables import conversation


def ordered(reader: Connection, wanted: ConversationFilter, sort: Sort) -> list[Select[Any]]:
    """Selections of the ids of all wanted conversations, which follow each other in the order; each selects from
    conversations, so that columns of them can be added.

    What is found in several ways, or by a phrase that must be read in the texts, is found first.
    """
    found = alternatives(reader, parse(wanted.search))
    if len(found) > 1 or found[0].phrases:
        ids = engines.id_set(reader, find_ids(reader, wanted))
        found = [Alternative(conditions=(Condition(conversation.c.id.in_(ids), ids),))]
    return [Plan(reader, part, found[0], sort).ordered() for part in parts(reader, wanted, sort)]
