"""A filter as conditions in SQL: each a test on a conversation row and, where an index helps, a way to gather ids."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, literal_column, not_, or_, select, true

from core import clock
from core.conversations.filters import RECENT_SECONDS, ConversationFilter
from core.conversations.upkeep import FIRST_KNOWN, SHIFT
from core.custom import asked
from core.database.tables import contact_tag, conversation, custom_value, deal, stage

c = conversation.c
v = custom_value.c
ZERO: ColumnElement[int] = literal_column("0")  # as literals, or no planner takes a partial index
ONE: ColumnElement[int] = literal_column("1")
NOT_QUOTED: ColumnElement[int] = literal_column("-1")


@dataclass(frozen=True)
class Condition:
    """`test` holds for a matching conversation row; `ids` selects the ids that match, or a few more, by an index, or is
    None. `is_ordered`: its own index is in order of activity.
    """

    test: ColumnElement[bool]
    ids: Select[Any] | None = None
    is_ordered: bool = False


def tab_test(wanted: ConversationFilter) -> ColumnElement[bool]:
    """The open tab's own rule; Recents is unread, or active in the last 30 days."""
    if wanted.tab == "archived":
        return c.is_archived == ONE
    if wanted.tab == "hot":
        return and_(c.is_hot == ONE, c.is_archived == ZERO)
    if wanted.tab == "recents":
        return and_(c.is_archived == ZERO, or_(c.activity_key >= recent_key(), c.unread_count > ZERO))
    return true() if wanted.include_archived else c.is_archived == ZERO


def halves(wanted: ConversationFilter) -> list[ConversationFilter]:
    """The same list as parts that exclude each other, with an index each: Recents is what is new, and older unread."""
    if wanted.tab != "recents":
        return [wanted]
    border = clock.now() - RECENT_SECONDS
    start, end = wanted.active_from, wanted.active_to
    new = replace(
        wanted, tab="all", include_archived=False, active_from=border if start is None else max(start, border)
    )
    if wanted.unread is False:
        return [new]
    older = border if end is None else min(end, border)
    # From the very beginning, or those never active would be left out.
    since = 0 if start is None and end is None else start
    return [new, replace(new, unread=True, active_from=since, active_to=older)]


def recent_key() -> int:
    """The lowest activity key that counts as recent now."""
    return (clock.now() - RECENT_SECONDS) << SHIFT


def filter_conditions(reader: Connection, wanted: ConversationFilter) -> list[Condition]:
    """Everything but the tab, the stretch of time and the search text."""
    if not wanted.is_filtered:
        return []
    return [
        *_tags(wanted),
        *_deals(reader, wanted),
        *_owners(wanted),
        *_sources(wanted),
        *_unread(wanted),
        *_follow_up(wanted),
        *_custom(reader, wanted),
        *[Condition(test) for test in _plain(wanted)],
    ]


def tag_condition(tag_ids: Sequence[int]) -> Condition:
    """The contact carries one of the tags."""
    listed = contact_tag.c.tag_id.in_(sorted(tag_ids))
    return Condition(
        exists().where(contact_tag.c.contact_id == c.id, listed),
        select(contact_tag.c.contact_id).where(listed),
    )


def _tags(wanted: ConversationFilter) -> list[Condition]:
    if not wanted.tags:
        return []
    if wanted.tags_mode == "all":
        return [tag_condition([tag_id]) for tag_id in wanted.tags]
    any_of = tag_condition(wanted.tags)
    return [any_of] if wanted.tags_mode == "any" else [Condition(~any_of.test)]


def _deals(reader: Connection, wanted: ConversationFilter) -> list[Condition]:
    stages = set(wanted.stages)
    if wanted.pipeline_id is not None:
        of_pipeline = set(reader.execute(select(stage.c.id).where(stage.c.pipeline_id == wanted.pipeline_id)).scalars())
        stages = stages & of_pipeline if stages else of_pipeline
    elif not stages:
        return []
    listed = deal.c.stage_id.in_(sorted(stages))
    return [Condition(exists().where(deal.c.contact_id == c.id, listed), select(deal.c.contact_id).where(listed))]


def _owners(wanted: ConversationFilter) -> list[Condition]:
    if wanted.owner_mode == "anyone" or (wanted.owner_mode == "these" and not wanted.owners):
        return []  # "these" before one is picked
    owners = [wanted.user_id] if wanted.owner_mode == "mine" else list(wanted.owners)
    test = c.owner_id.is_(None) if wanted.owner_mode == "unassigned" else c.owner_id.in_(owners)
    return [Condition(test, select(c.id).where(test))]


def activity_tests(wanted: ConversationFilter, key: ColumnElement[Any]) -> list[ColumnElement[bool]]:
    """The wanted stretch of time, on a column of activity keys; with an end alone, of those ever active."""
    tests = []
    if wanted.active_from is not None:
        tests.append(key >= wanted.active_from << SHIFT)
    elif wanted.active_to is not None:
        tests.append(key >= FIRST_KNOWN)
    if wanted.active_to is not None:
        tests.append(key < wanted.active_to << SHIFT)
    return tests


def _unread(wanted: ConversationFilter) -> list[Condition]:
    if wanted.unread is None:
        return []
    is_unread = c.unread_count > ZERO
    # The index of the unread ones is in order of activity, so a stretch of time narrows it.
    ids = select(c.id).where(is_unread, *activity_tests(wanted, c.activity_key))
    return [Condition(is_unread, ids, is_ordered=True) if wanted.unread else Condition(c.unread_count == ZERO)]


def _follow_up(wanted: ConversationFilter) -> list[Condition]:
    """The index holds those that have a time, due or not."""
    if wanted.follow_up is None:
        return []
    if wanted.follow_up == "none":
        return [Condition(c.follow_up_at.is_(None))]
    test = and_(c.follow_up_at.is_not(None), c.is_due == (ONE if wanted.follow_up == "due" else ZERO))
    return [Condition(test, select(c.id).where(test))]


def _custom(reader: Connection, wanted: ConversationFilter) -> list[Condition]:
    """By the index of each field's values; that somebody has none is looked up, so that a walk may end early."""
    found = []
    for has_it, listed in asked.conditions(reader, wanted.custom):
        ids, own = listed.correlate(None), listed.where(v.contact_id == c.id).correlate(conversation)
        found.append(Condition(c.id.in_(ids), ids) if has_it else Condition(~own.exists()))
    return found


def _sources(wanted: ConversationFilter) -> list[Condition]:
    if not wanted.sources:
        return []
    test = c.source.in_(wanted.sources)
    return [Condition(test, select(c.id).where(test))]


def has_open_deal() -> ColumnElement[bool]:
    """Deals are looked up only where there are any."""
    return and_(c.deal_count > ZERO, exists().where(deal.c.contact_id == c.id, deal.c.outcome == "open"))


def _plain(wanted: ConversationFilter) -> list[ColumnElement[bool]]:
    tests: list[ColumnElement[bool]] = []
    if wanted.last_direction is not None:
        tests.append(c.last_direction == wanted.last_direction)
    if wanted.amount_from is not None or wanted.amount_to is not None:
        tests.append(c.amount_key >= max(wanted.amount_from or 0, 0))
    if wanted.amount_to is not None:
        tests.append(c.amount_key <= wanted.amount_to)
    if wanted.is_quoted is not None:
        tests.append(c.amount_key >= ZERO if wanted.is_quoted else c.amount_key == NOT_QUOTED)
    asked = (
        (wanted.is_hot, c.is_hot),
        (wanted.opted_out, c.is_opted_out),
        (wanted.has_deal, c.deal_count),
        (wanted.in_workflow, c.enrollment_count),
    )
    if wanted.has_open_deal is not None:
        tests.append(has_open_deal() if wanted.has_open_deal else not_(has_open_deal()))
    return tests + [column > ZERO if value else column == ZERO for value, column in asked if value is not None]
