"""The rows of a few contacts as the mirror's tables hold them: what derive.sql does for a whole load."""

from collections import defaultdict
from dataclasses import dataclass, field

import pyarrow as pa

WORD = 2**64


@dataclass
class Codes:
    """What one load calls things: the bit of a tag or a stage, where it has one, and the number of a source."""

    tags: dict[int, int] = field(default_factory=dict)
    stages: dict[int, int] = field(default_factory=dict)
    sources: dict[str, int] = field(default_factory=dict)


def bits(ids: list[int]) -> dict[int, int]:
    """One bit for each id, in order."""
    return {id_: 1 << place for place, id_ in enumerate(ids)}


def derived(found: dict[str, pa.Table], codes: Codes) -> dict[str, pa.Table]:
    """The tables to insert, from the rows of `rows.of_contacts`; sources never seen before are added to the codes."""
    raw, tags, deals = (found[f"raw_{name}"] for name in ("conversation", "tag", "deal"))
    tagged = _pairs(tags)
    staged = _pairs(deals)
    ids = raw["id"].to_pylist()
    tag_words, stage_words = _words(tagged, codes.tags), _words(staged, codes.stages)
    for name in raw["source"].to_pylist():
        codes.sources.setdefault(name, len(codes.sources) + 1)
    conversation = raw.drop_columns("source")
    added = {
        "source_code": [codes.sources[name] for name in raw["source"].to_pylist()],
        "tags_0": [tag_words[id_] % WORD for id_ in ids],
        "tags_1": [tag_words[id_] // WORD for id_ in ids],
        "stages_0": [stage_words[id_] for id_ in ids],
    }
    for name, values in added.items():
        conversation = conversation.append_column(name, pa.array(values, pa.uint64()))
    places = {id_: place for place, id_ in enumerate(ids)}
    carried = [(tag_id, places[id_]) for id_, tag_id in tagged if id_ in places]
    rows = conversation.drop_columns("name_key").take(pa.array([place for _, place in carried], pa.int64()))
    without_bit = [(stage_id, id_) for id_, stage_id in staged if stage_id not in codes.stages]
    return {
        "conversation": conversation,
        "tagged": rows.append_column("tag_id", pa.array([tag_id for tag_id, _ in carried], pa.int64())),
        "staged": pa.table({name: pa.array(listed, pa.int64()) for name, listed in _columns(without_bit)}),
    }


def _pairs(table: pa.Table) -> list[tuple[int, int]]:
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))


def _columns(pairs: list[tuple[int, int]]) -> list[tuple[str, list[int]]]:
    return [("stage_id", [stage_id for stage_id, _ in pairs]), ("id", [id_ for _, id_ in pairs])]


def _words(pairs: list[tuple[int, int]], bit_of: dict[int, int]) -> defaultdict[int, int]:
    words: defaultdict[int, int] = defaultdict(int)
    for contact_id, of in pairs:
        words[contact_id] |= bit_of.get(of, 0)
    return words
