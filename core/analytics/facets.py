"""What each choice of tags, stages, owners and sources would find: one statement for all four.

What is asked for in one of them is left out where that one is counted, so each may look at rows of its own. Those that
nothing is asked for in count the same rows, which are therefore looked for once.
"""

from typing import Any, NamedTuple

from core.analytics.tables import State
from core.analytics.where import is_asked, where
from core.conversations.filters import ConversationFilter


class _Facet(NamedTuple):
    """`part`: as `ConversationFilter.without` names it; `column`: counted by this, which is a set's code if `of`."""

    name: str
    part: str
    column: str
    of: str = ""


_FACETS = (
    _Facet("tags", "tags", "tag_code", "tag"),
    _Facet("stages", "stages", "stage_code", "stage"),
    _Facet("owners", "owner_mode", "owner_id"),
    _Facet("sources", "sources", "source_code"),
)


def facets(state: State, wanted: ConversationFilter) -> dict[str, dict[Any, int]]:
    """As `inbox.facets` says."""
    alike = [facet for facet in _FACETS if not is_asked(wanted, facet.part)]
    hit = where(state.codes, wanted)
    columns = ", ".join(facet.column for facet in alike)
    once = f"WITH hit AS MATERIALIZED (SELECT {columns} FROM conversation {hit})"  # noqa: S608 - our own names
    statement = once if len(alike) > 1 else ""
    values = list(hit.values) if statement else []
    counts = []
    for facet in _FACETS:
        if statement and facet in alike:
            counts.append(_counted(facet, "hit"))
        else:
            others = where(state.codes, wanted, facet.part)
            counts.append(_counted(facet, f"conversation {others}"))
            values += others.values
    found: dict[str, dict[Any, int]] = {facet.name: {} for facet in _FACETS}
    for name, key, n in state.cursor.execute(f"{statement} {' UNION ALL '.join(counts)}", values).fetchall():
        found[name][key] = n
    return _named(state, wanted, found)


def _counted(facet: _Facet, rows: str) -> str:
    """A selection of name, key and number; everything in it is ours."""
    if not facet.of:
        return f"SELECT '{facet.name}', {facet.column}, count(*) FROM {rows} GROUP BY 2"  # noqa: S608 - see above
    sets = f"SELECT {facet.column}, count(*) AS n FROM {rows} GROUP BY 1"  # noqa: S608 - see above
    return (
        f"SELECT '{facet.name}', {facet.of}_id, sum(n)::BIGINT"  # noqa: S608 - see above
        f" FROM ({sets}) JOIN {facet.of}_set USING ({facet.column}) GROUP BY 2"
    )


def _named(state: State, wanted: ConversationFilter, found: dict[str, dict[Any, int]]) -> dict[str, dict[Any, int]]:
    names = list(state.codes.sources)
    found["sources"] = {names[code - 1]: n for code, n in found["sources"].items()}
    found["owners"] = {owner_id or None: n for owner_id, n in found["owners"].items()}
    if wanted.pipeline_id is not None:
        of = state.codes.pipelines
        found["stages"] = {id_: n for id_, n in found["stages"].items() if of.get(id_) == wanted.pipeline_id}
    return found
