"""A filter as a condition on the mirror's tables, which all have the columns that a conversation is filtered by."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from duckdb import DuckDBPyConnection

from core.analytics.rows import Flag
from core.conversations.conditions import recent_key
from core.conversations.filters import ConversationFilter
from core.conversations.upkeep import SHIFT

Kind = Literal["tag", "stage"]

# Its id's name, the table with a row for each contact that has it, and where the bits of a conversation's row stand.
_KINDS = {"tag": ("tag_id", "tagged", ("tags_0", "tags_1")), "stage": ("stage_id", "staged", ("stages_0",))}


@dataclass(frozen=True)
class Where:
    """Conditions that all hold, and the values of their question marks."""

    tests: tuple[str, ...] = ()
    values: tuple[Any, ...] = ()

    def also(self, test: str, *values: Any) -> "Where":
        """The same with one more condition."""
        return Where((*self.tests, test), (*self.values, *values))


def rows(cursor: DuckDBPyConnection, columns: str, table: str, tested: Where, end: str = "") -> list[tuple[Any, ...]]:
    """The rows of one of our tables; `columns` and `end` are ours, everything from outside is among the values."""
    condition = f"WHERE {' AND '.join(tested.tests)}" if tested.tests else ""
    return cursor.execute(f"SELECT {columns} FROM {table} {condition} {end}", list(tested.values)).fetchall()  # noqa: S608 - see above


def where(cursor: DuckDBPyConnection, wanted: ConversationFilter, leave_out: str = "") -> Where:
    """The filter but its search text; `leave_out`: one part, as `ConversationFilter.without` names it, or "tab"."""
    if leave_out not in ("", "tab"):
        wanted = wanted.without(leave_out)
    tested = _ranges(_flags(wanted, with_tab=leave_out != "tab"), wanted)
    tested = _owners(_tags(cursor, tested, wanted), wanted)
    if (stages := _stages(cursor, wanted)) is not None:
        tested = tested.also(*_carries(cursor, "stage", stages))
    if wanted.sources:
        codes = [row[0] for row in rows(cursor, "code", "source", Where().also(*_in("name", wanted.sources)))]
        tested = tested.also(*_in("source_code", codes))
    return tested


def _flags(wanted: ConversationFilter, with_tab: bool) -> Where:
    asked = {
        Flag.UNREAD: wanted.unread,
        Flag.OPTED_OUT: wanted.opted_out,
        Flag.HAS_DEAL: wanted.has_deal,
        Flag.IN_WORKFLOW: wanted.in_workflow,
        Flag.LAST_IN: wanted.last_direction == "in" or None,
        Flag.LAST_OUT: wanted.last_direction == "out" or None,
    }
    tested = Where()
    if with_tab:
        asked[Flag.ARCHIVED] = None if wanted.tab == "all" and wanted.include_archived else wanted.tab == "archived"
        asked[Flag.HOT] = wanted.tab == "hot" or None
        if wanted.tab == "recents":
            tested = tested.also("(activity_key >= ? OR flags & 4 <> 0)", recent_key())
    looked_at = sum(flag for flag, value in asked.items() if value is not None)
    holding = sum(flag for flag, value in asked.items() if value)
    return tested.also("(flags & ?::UTINYINT) = ?::UTINYINT", looked_at, holding) if looked_at else tested


def _ranges(tested: Where, wanted: ConversationFilter) -> Where:
    if wanted.active_from is not None:
        tested = tested.also("activity_key >= ?", wanted.active_from << SHIFT)
    if wanted.active_to is not None:
        tested = tested.also("activity_key < ?", wanted.active_to << SHIFT)
    if wanted.amount_from is not None or wanted.amount_to is not None:
        tested = tested.also("amount_key >= ?", max(wanted.amount_from or 0, 0))  # -1: not quoted
    if wanted.amount_to is not None:
        tested = tested.also("amount_key <= ?", wanted.amount_to)
    return tested


def _owners(tested: Where, wanted: ConversationFilter) -> Where:
    if wanted.owner_mode == "anyone":
        return tested
    if wanted.owner_mode == "unassigned":
        return tested.also("owner_id IS NULL")
    owners = [wanted.user_id] if wanted.owner_mode == "mine" else wanted.owners
    return tested.also(*_in("owner_id", [owner for owner in owners if owner is not None]))


def _tags(cursor: DuckDBPyConnection, tested: Where, wanted: ConversationFilter) -> Where:
    if not wanted.tags:
        return tested
    if wanted.tags_mode == "all":
        for tag_id in wanted.tags:
            tested = tested.also(*_carries(cursor, "tag", [tag_id]))
        return tested
    any_of, *values = _carries(cursor, "tag", wanted.tags)
    return tested.also(any_of if wanted.tags_mode == "any" else f"NOT {any_of}", *values)


def _stages(cursor: DuckDBPyConnection, wanted: ConversationFilter) -> Sequence[int] | None:
    """The stages of which a deal must be in one; None: does not matter."""
    if wanted.pipeline_id is None:
        return wanted.stages or None
    of_pipeline = [row[0] for row in rows(cursor, "id", "stage", Where().also("pipeline_id = ?", wanted.pipeline_id))]
    return [id_ for id_ in of_pipeline if id_ in wanted.stages] if wanted.stages else of_pipeline


def _carries(cursor: DuckDBPyConnection, kind: Kind, ids: Sequence[int]) -> tuple[Any, ...]:
    """A test, and its values: at least one of these tags, or a deal in one of these stages."""
    of, table, bits = _KINDS[kind]
    known = rows(cursor, ", ".join((of, *bits)), f"{kind}_bit", Where().also(*_in(of, ids)))
    tests, values = [], []
    for column, place in enumerate(bits, 1):
        if mask := sum(row[column] for row in known):
            tests.append(f"({place} & ?::UBIGINT) <> 0")
            values.append(mask)
    if others := set(ids) - {row[0] for row in known}:
        test, *listed = _in(of, sorted(others))
        tests.append(f"id IN (SELECT {table}.id FROM {table} WHERE {test})")  # noqa: S608 - our own names
        values.extend(listed)
    return (f"({' OR '.join(tests)})" if tests else "false", *values)


def _in(column: str, values: Sequence[Any]) -> tuple[Any, ...]:
    return (f"{column} IN ({', '.join('?' * len(values))})" if values else "false", *values)
