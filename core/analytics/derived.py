"""What a load calls things, and the rows of a few contacts by these names: what derive.sql does for a whole load."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

WORD = 64


@dataclass
class Sets:
    """The tags that contacts carry, or the stages their deals are in.

    `places`: id -> the bit it stands for, the commonest first; the first `limit` bits stand in a conversation's row, in
    so many `words`. `known`: all bits of a contact together -> the code of that set (0 for none) and its words.
    """

    limit: int
    words: int
    places: dict[int, int] = field(default_factory=dict)
    known: dict[int, tuple[int, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.learn(0, 0)

    def mask(self, ids: Iterable[int]) -> int:
        """The bits of these ids together; an id never seen before gets the next."""
        bits = 0
        for id_ in ids:
            bits |= 1 << self.places.setdefault(id_, len(self.places))
        return bits

    def word(self, mask: int, n: int) -> int:
        """The `n`th word of a conversation's row."""
        return (mask & (1 << self.limit) - 1) >> WORD * n & (1 << WORD) - 1

    def learn(self, mask: int, code: int) -> None:
        """From now on this set has this code."""
        self.known[mask] = (code, *[self.word(mask, n) for n in range(self.words)])


@dataclass
class Codes:
    """What one load calls things. `sources`: name -> number, from 1 on without a gap; `pipelines`: of each stage."""

    tags: Sets
    stages: Sets
    sources: dict[str, int] = field(default_factory=dict)
    pipelines: dict[int, int] = field(default_factory=dict)


def derived(found: Mapping[str, Sequence[Any]], codes: Codes) -> dict[str, pa.Table]:
    """The rows to insert, from the rows of `rows.of_contacts`; what was never seen before is added to the codes."""
    ids, keys, names, flags, owners, sources, amounts = _columns(found["raw_conversation"], 7)
    tags, tag_sets = _sets(found["raw_tag"], codes.tags)
    stages, stage_sets = _sets(found["staged"], codes.stages)
    tag_codes, tags_0, tags_1 = _columns([codes.tags.known[tags[id_]] for id_ in ids], 3)
    stage_codes, stages_0 = _columns([codes.stages.known[stages[id_]] for id_ in ids], 2)
    conversation = {
        "id": ids,
        "activity_key": keys,
        "name_key": pa.array(names, pa.string()),
        "flags": flags,
        "owner_id": owners,
        "source_code": [codes.sources.setdefault(name, len(codes.sources) + 1) for name in sources],
        "amount_key": amounts,
        "tag_code": tag_codes,
        "tags_0": pa.array(tags_0, pa.uint64()),
        "tags_1": pa.array(tags_1, pa.uint64()),
        "stage_code": stage_codes,
        "stages_0": pa.array(stages_0, pa.uint64()),
    }
    return {
        "conversation": _table(conversation),
        "tag_set": _table(dict(zip(("tag_code", "tag_id"), _columns(tag_sets, 2), strict=True))),
        "stage_set": _table(dict(zip(("stage_code", "stage_id"), _columns(stage_sets, 2), strict=True))),
    }


def _sets(pairs: Iterable[tuple[int, int]], sets: Sets) -> tuple[defaultdict[int, int], list[tuple[int, int]]]:
    """The bits of each contact together, and a row for each member of the sets that were never seen before."""
    places = sets.places
    masks: defaultdict[int, int] = defaultdict(int)
    for contact_id, id_ in pairs:
        masks[contact_id] |= 1 << places.setdefault(id_, len(places))
    fresh = []
    for mask in set(masks.values()) - sets.known.keys():
        code = len(sets.known)
        sets.learn(mask, code)
        fresh += [(code, id_) for id_, place in places.items() if mask >> place & 1]
    return masks, fresh


def _columns(listed: Sequence[Sequence[Any]], n: int) -> list[Any]:
    return list(zip(*listed, strict=True)) or [()] * n


def _table(columns: dict[str, Any]) -> pa.Table:
    made = {
        name: column if isinstance(column, pa.Array) else pa.array(column, pa.int64())
        for name, column in columns.items()
    }
    return pa.table(made)
