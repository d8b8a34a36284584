"""A first look at a file: its columns with what stands in them, and what they seem to mean."""

from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from core.errors import Invalid
from core.settings import Settings
from core.transfer.decode import Lines, examine
from core.transfer.own import Offered
from core.transfer.plan import refuse_doubled
from core.transfer.presets import PRESETS, Preset, folded
from core.transfer.rows import Reject
from core.transfer.source import Choices, open_import, table_of
from core.transfer.table import Table

RECORDS = 100
VALUES = 3


@dataclass(frozen=True)
class Peek:
    """What a person needs to judge the mapping.

    `samples`: for each column a few values as they stand. `refusal` says why nobody can tell by itself what the columns
    mean; then `preset` is None and `mapping` (column -> field) empty. `is_for` is the kind it plainly holds instead.
    """

    columns: tuple[str, ...]
    samples: tuple[tuple[str, ...], ...]
    preset: Preset | None
    mapping: dict[str, str]
    refusal: str = ""
    is_for: str = ""


def peek(file: BinaryIO, kind: str, settings: Settings, encoding: str = "", own: Offered | None = None) -> Peek:
    """Look at a file that somebody wants to import as `kind`. `own`: the fields of one's own there are.

    Raises: Invalid when no mapping could help: it is no text, no table, or holds something else.
    """
    file.seek(0)
    table, _ = table_of(Lines(file, examine(file, encoding)), kind)
    columns, samples = table.columns, _samples(table)
    refuse_doubled(columns)
    try:
        plan = open_import(file, kind, settings, Choices(encoding=encoding, own=own or {})).plan
    except Invalid as error:
        return Peek(columns, samples, None, {}, str(error), _other_kind(columns, kind))
    return Peek(columns, samples, plan.preset, dict(plan.mapping))


def _other_kind(columns: tuple[str, ...], kind: str) -> str:
    names = {folded(name) for name in columns}
    others = (preset for preset in PRESETS if preset.kind != kind and preset.marks and names.issuperset(preset.marks))
    return next((preset.kind for preset in others), "")


def _samples(table: Table) -> tuple[tuple[str, ...], ...]:
    found: list[dict[str, None]] = [{} for _ in table.columns]
    for record in islice(table.records(), RECORDS):
        if isinstance(record, Reject):
            continue
        for values, cell in zip(found, record[1], strict=False):
            text = " ".join(cell.split())
            if text and len(values) < VALUES:
                values[text] = None
    return tuple(tuple(values) for values in found)
