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
    so many `words`. `codes`: all bits of a contact together -> the code of that set; 0 for none.
    """

    limit: int
    words: int
    places: dict[int, int] = field(default_factory=dict)
    codes: dict[int, int] = field(default_factory=lambda: {0: 0})

    def mask(self, ids: Iterable[int]) -> int:
        """The bits of these ids together; an id never seen before gets the next."""
        bits = 0
        for id_ in ids:
            bits |= 1 << self.places.setdefault(id_, len(self.places))
        return bits

    def word(self, mask: int, n: int) -> int:
        """The `n`th word of a conversation's row."""
        return (mask & (1 << self.limit) - 1) >> WORD * n & (1 << WORD) - 1


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
    tag_masks, tag_sets = _masks(found["raw_tag"], codes.tags)
    stage_masks, stage_sets = _masks(found["raw_deal"], codes.stages)
    tags, stages = [tag_masks[id_] for id_ in ids], [stage_masks[id_] for id_ in ids]
    conversation = {
        "id": ids,
        "activity_key": keys,
        "name_key": pa.array(names, pa.string()),
        "flags": flags,
        "owner_id": owners,
        "source_code": [codes.sources.setdefault(name, len(codes.sources) + 1) for name in sources],
        "amount_key": amounts,
        "tag_code": [codes.tags.codes[mask] for mask in tags],
        "tags_0": _unsigned(codes.tags.word(mask, 0) for mask in tags),
        "tags_1": _unsigned(codes.tags.word(mask, 1) for mask in tags),
        "stage_code": [codes.stages.codes[mask] for mask in stages],
        "stages_0": _unsigned(codes.stages.word(mask, 0) for mask in stages),
    }
    return {
        "conversation": _table(conversation),
        "tag_set": _table(dict(zip(("tag_code", "tag_id"), _columns(tag_sets, 2), strict=True))),
        "stage_set": _table(dict(zip(("stage_code", "stage_id"), _columns(stage_sets, 2), strict=True))),
    }


def _masks(pairs: Iterable[tuple[int, int]], sets: Sets) -> tuple[defaultdict[int, int], list[tuple[int, int]]]:
    """The bits of each contact, and the rows of sets that were never seen before."""
    carried = defaultdict(list)
    for contact_id, id_ in pairs:
        carried[contact_id].append(id_)
    masks: defaultdict[int, int] = defaultdict(int)
    fresh = []
    for contact_id, listed in carried.items():
        masks[contact_id] = mask = sets.mask(listed)
        if mask not in sets.codes:
            sets.codes[mask] = code = len(sets.codes)
            fresh += [(code, id_) for id_ in set(listed)]
    return masks, fresh


def _columns(listed: Sequence[Sequence[Any]], n: int) -> list[Any]:
    return list(zip(*listed, strict=True)) or [()] * n


def _unsigned(values: Iterable[int]) -> pa.Array:
    return pa.array(list(values), pa.uint64())


def _table(columns: dict[str, Any]) -> pa.Table:
    made = {
        name: column if isinstance(column, pa.Array) else pa.array(column, pa.int64())
        for name, column in columns.items()
    }
    return pa.table(made)
