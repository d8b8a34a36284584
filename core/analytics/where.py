"""A filter as a condition on the mirror's tables, which all have the columns that a conversation is filtered by."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from duckdb import DuckDBPyConnection

from core.analytics.derived import Codes, Sets
from core.analytics.rows import Flag
from core.conversations.conditions import recent_key
from core.conversations.filters import ConversationFilter
from core.conversations.upkeep import FIRST_KNOWN, SHIFT


@dataclass(frozen=True)
class Where:
    """Conditions that all hold, and the values of their question marks."""

    tests: tuple[str, ...] = ()
    values: tuple[Any, ...] = ()

    def also(self, test: str, *values: Any) -> "Where":
        """The same with one more condition."""
        return Where((*self.tests, test), (*self.values, *values))

    def __str__(self) -> str:
        return f"WHERE {' AND '.join(self.tests)}" if self.tests else ""


def rows(cursor: DuckDBPyConnection, columns: str, table: str, tested: Where, end: str = "") -> list[tuple[Any, ...]]:
    """The rows of one of our tables; `columns` and `end` are ours, everything from outside is among the values."""
    return cursor.execute(f"SELECT {columns} FROM {table} {tested} {end}", list(tested.values)).fetchall()  # noqa: S608 - see above


def where(codes: Codes, wanted: ConversationFilter, *leave_out: str) -> Where:
    """The filter but its search text; `leave_out`: parts, as `ConversationFilter.without` names them, or "tab"."""
    for part in leave_out:
        wanted = wanted if part == "tab" else wanted.without(part)
    tested = _ranges(_flags(wanted, with_tab="tab" not in leave_out), wanted)
    tested = _owners(_tags(codes.tags, tested, wanted), wanted)
    if (stages := _stages(codes, wanted)) is not None:
        tested = tested.also(*_carries("stage", codes.stages, stages))
    if wanted.sources:
        tested = tested.also(
            *_in("source_code", [codes.sources[name] for name in wanted.sources if name in codes.sources])
        )
    return tested


def is_asked(wanted: ConversationFilter, part: str) -> bool:
    """Whether leaving out this part would make a difference."""
    return wanted.without(part) != wanted


def _flags(wanted: ConversationFilter, with_tab: bool) -> Where:
    asked = {
        Flag.UNREAD: wanted.unread,
        Flag.HOT: wanted.is_hot,
        Flag.OPTED_OUT: wanted.opted_out,
        Flag.HAS_DEAL: wanted.has_deal,
        Flag.HAS_OPEN_DEAL: wanted.has_open_deal,
        Flag.IN_WORKFLOW: wanted.in_workflow,
        Flag.FOLLOW_UP: None if wanted.follow_up is None else wanted.follow_up != "none",
        Flag.DUE: None if wanted.follow_up in (None, "none") else wanted.follow_up == "due",
        Flag.LAST_IN: wanted.last_direction == "in" or None,
        Flag.LAST_OUT: wanted.last_direction == "out" or None,
    }
    tested = Where()
    if with_tab:
        asked[Flag.ARCHIVED] = None if wanted.tab == "all" and wanted.include_archived else wanted.tab == "archived"
        if wanted.tab == "hot":
            asked[Flag.HOT] = True
            tested = tested.also("false") if wanted.is_hot is False else tested
        if wanted.tab == "recents":
            tested = tested.also("(activity_key >= ? OR flags & 4 <> 0)", recent_key())
    looked_at = sum(flag for flag, value in asked.items() if value is not None)
    holding = sum(flag for flag, value in asked.items() if value)
    return tested.also("(flags & ?::USMALLINT) = ?::USMALLINT", looked_at, holding) if looked_at else tested


def _ranges(tested: Where, wanted: ConversationFilter) -> Where:
    if wanted.active_from is not None:
        tested = tested.also("activity_key >= ?", wanted.active_from << SHIFT)
    elif wanted.active_to is not None:
        tested = tested.also("activity_key >= ?", FIRST_KNOWN)
    if wanted.active_to is not None:
        tested = tested.also("activity_key < ?", wanted.active_to << SHIFT)
    if wanted.amount_from is not None or wanted.amount_to is not None:
        tested = tested.also("amount_key >= ?", max(wanted.amount_from or 0, 0))  # -1: not quoted
    if wanted.is_quoted is not None:
        tested = tested.also("amount_key >= 0" if wanted.is_quoted else "amount_key < 0")
    if wanted.amount_to is not None:
        tested = tested.also("amount_key <= ?", wanted.amount_to)
    return tested


def _owners(tested: Where, wanted: ConversationFilter) -> Where:
    if wanted.owner_mode == "anyone" or (wanted.owner_mode == "these" and not wanted.owners):
        return tested
    if wanted.owner_mode == "unassigned":
        return tested.also("owner_id = 0")
    owners = [wanted.user_id] if wanted.owner_mode == "mine" else wanted.owners
    return tested.also(*_in("owner_id", [owner for owner in owners if owner]))


def _tags(tags: Sets, tested: Where, wanted: ConversationFilter) -> Where:
    if not wanted.tags:
        return tested
    if wanted.tags_mode == "all":
        for tag_id in wanted.tags:
            tested = tested.also(*_carries("tag", tags, [tag_id]))
        return tested
    any_of, *values = _carries("tag", tags, wanted.tags)
    return tested.also(any_of if wanted.tags_mode == "any" else f"NOT {any_of}", *values)


def _stages(codes: Codes, wanted: ConversationFilter) -> Sequence[int] | None:
    """The stages of which a deal must be in one; None: does not matter."""
    if wanted.pipeline_id is None:
        return wanted.stages or None
    of_pipeline = [id_ for id_, pipeline_id in codes.pipelines.items() if pipeline_id == wanted.pipeline_id]
    return [id_ for id_ in of_pipeline if id_ in wanted.stages] if wanted.stages else of_pipeline


def _carries(kind: str, sets: Sets, ids: Sequence[int]) -> tuple[Any, ...]:
    """A test, and its values: at least one of these tags, or a deal in one of these stages."""
    known = [id_ for id_ in ids if id_ in sets.places]
    mask = sets.mask(known)
    tests, values = [], []
    for n in range(sets.words):
        if word := sets.word(mask, n):
            tests.append(f"({kind}s_{n} & ?::UBIGINT) <> 0")
            values.append(word)
    if others := sorted({id_ for id_ in known if sets.places[id_] >= sets.limit}):
        test, *listed = _in(f"{kind}_id", others)
        tests.append(f"{kind}_code IN (SELECT {kind}_code FROM {kind}_set WHERE {test})")  # noqa: S608 - our own names
        values.extend(listed)
    return (f"({' OR '.join(tests)})" if tests else "false", *values)


def _in(column: str, values: Sequence[Any]) -> tuple[Any, ...]:
    return (f"{column} IN ({', '.join('?' * len(values))})" if values else "false", *values)
