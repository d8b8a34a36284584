"""What a measure looks at: the deals, states, texts and so on that pass the filters, with their group."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from core.analytics.asked import Asked
from core.analytics.derived import Codes


class _Room(NamedTuple):
    """A table of the mirror; `sells`: its rows are of a deal, whose owner and pipeline they have; `moves`: they are
    looked at in all pipelines, with the group that the deal was in before.
    """

    table: str
    sells: bool
    moves: bool = False


ROOMS = {
    "deals": _Room("deal", sells=True),
    "states": _Room("state", sells=True),
    "courses": _Room("state", sells=True, moves=True),
    "texts": _Room("text", sells=False),
    "turns": _Room("turn", sells=False),
    "sends": _Room("send", sells=False),
}
"""By what the .sql files call them."""

_GROUPS = {
    # by: what joins the table to it, and its id; many tags, workflows or templates make a row count in each
    "owner": ("conversation", "c.owner_id"),
    "source": ("conversation", "c.source_code"),
    "tag": ("conversation tag_set", "coalesce(ts.tag_id, 0)"),
    "workflow": ("enrolled", "coalesce(en.workflow_id, 0)"),
    "template": ("texted", "coalesce(te.template_id, 0)"),
}
_JOINS = {
    "conversation": "JOIN conversation AS c ON c.id = t.contact_id",
    "tag_set": "LEFT JOIN tag_set AS ts ON ts.tag_code = c.tag_code",
    "enrolled": "LEFT JOIN enrolled AS en ON en.contact_id = t.contact_id",
    "texted": "LEFT JOIN texted AS te ON te.contact_id = t.contact_id",
}


def scopes(statement: str, asked: Asked, codes: Codes) -> tuple[str, dict[str, Any]]:
    """The parts of a WITH for those of ROOMS that the statement names, each ending with a comma; and their values."""
    values: dict[str, Any] = {
        "pipeline": asked.pipeline_id,
        "owner": asked.owner_id,
        "tag": asked.tag_id,
        "source": codes.sources.get(asked.source or "", -1),
    }
    named = [name for name in ROOMS if re.search(rf"\b{name}\b", statement)]
    return "".join(f"{name} AS ({_scope(ROOMS[name], asked)}),\n" for name in named), values


def _scope(room: _Room, asked: Asked) -> str:
    joins, group = _group(room, asked)
    tests = list(_tests(room, asked))
    if any("c." in test for test in tests) and "conversation" not in joins:
        joins = ["conversation", *joins]
    joined = " ".join(_JOINS[name] for name in joins)
    where = f" WHERE {' AND '.join(tests)}" if tests else ""
    before = f", {_before(group, asked)} AS before_group_id" if room.moves else ""
    return f"SELECT t.*, {group} AS group_id{before} FROM {room.table} AS t {joined}{where}"  # noqa: S608 - our own names


def _before(group: str, asked: Asked) -> str:
    """The group that the deal was in before its move: what moves with a deal is the same."""
    return f"t.before_{asked.by}_id" if asked.by in ("pipeline", "stage") else group


def _group(room: _Room, asked: Asked) -> tuple[list[str], str]:
    if asked.by in ("pipeline", "stage", "owner") and room.sells:
        return [], f"t.{asked.by}_id"
    if asked.by not in _GROUPS:
        return [], "0"
    joins, group = _GROUPS[asked.by]
    return joins.split(), group


def _tests(room: _Room, asked: Asked) -> Iterator[str]:
    if asked.pipeline_id is not None and not room.moves:
        yield (
            "t.pipeline_id = $pipeline"
            if room.sells
            else "t.contact_id IN (SELECT contact_id FROM deal WHERE pipeline_id = $pipeline)"
        )
    if asked.owner_id is not None:
        yield "t.owner_id = $owner" if room.sells else "c.owner_id = $owner"
    if asked.tag_id is not None:
        yield "c.tag_code IN (SELECT tag_code FROM tag_set WHERE tag_id = $tag)"
    if asked.source is not None:
        yield "c.source_code = $source"
