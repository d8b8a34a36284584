"""A file opened for import: what it is, what its columns mean, and its rows."""

import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import BinaryIO
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core import clock
from core.errors import Invalid
from core.settings import Settings
from core.times import ORDERS
from core.transfer import copies, presets
from core.transfer.build import builder
from core.transfer.builder import Rules
from core.transfer.csv_reader import CsvTable
from core.transfer.decode import BLOCK, Lines, Text, examine
from core.transfer.guard import unguard
from core.transfer.own import Offered
from core.transfer.plan import Plan, make_plan, refuse_doubled
from core.transfer.rows import Reject, Row
from core.transfer.table import Table
from core.transfer.vcard import VcardTable
from core.transfer.xml_sms import SmsTable

KINDS = tuple(presets.FIELDS)


@dataclass(frozen=True)
class Choices:
    """What a person may decide about one file; what is left out is found out, or taken from the settings."""

    preset: str = "auto"
    mapping: Mapping[str, str] | None = None  # column -> field
    encoding: str = ""
    time_zone: str = ""
    date_order: str = ""
    own: Offered = field(default_factory=dict)  # fields of one's own that a column may be


class Source:
    """An opened file. Reading it takes two passes in all: one when it is opened, one for `rows`."""

    def __init__(self, file: BinaryIO, name: str, table: Table, plan: Plan, rules: Rules) -> None:
        self._file = file
        self._table = table
        self.name = name
        self.plan = plan
        self.rules = rules
        self.data_dir = ""
        self.path: Path | None = None
        self.encoding = ""

    @property
    def text(self) -> Text:
        """What the first pass found: the file's hash, size and encoding."""
        return self._table.lines.text

    @property
    def bytes_read(self) -> int:
        """How far `rows` has come, of `text.size`; it runs ahead of the row handed over by one block."""
        return self._table.lines.bytes_read

    def choices(self) -> Choices:
        """What is in force, found out or chosen: with it the file opens again as it is now."""
        rules = self.rules
        plan = self.plan
        return Choices(
            plan.preset.key, dict(plan.mapping), self.encoding, rules.zone.key, rules.date_order, dict(plan.own)
        )

    def rows(self, skip: int = 0) -> Iterator[Row | Reject]:
        """Every record of the file in order, as a checked row or with the reason why not, after the first `skip`."""
        build = builder(self.plan, self.rules)
        is_ours = self.plan.is_ours
        for record in self._table.records():
            if skip:
                skip -= 1
            elif isinstance(record, Reject):
                yield record._replace(cells=tuple(map(unguard, record.cells))) if is_ours else record
            else:
                line, cells = record
                yield build(line, [unguard(cell) for cell in cells] if is_ours else cells)

    def keep(self) -> Path:
        """Where the file lies for as long as an import may need it: its own place, or for an upload a copy of ours."""
        if self.path is None:
            self.path = copies.folder(self.data_dir) / self.text.sha256
            part = self.path.with_suffix(f".{os.getpid()}")
            self._file.seek(0)
            with copies.create(part) as copy:
                shutil.copyfileobj(self._file, copy, 1 << 20)
            part.replace(self.path)
        return self.path

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def __enter__(self) -> "Source":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_import(file: Path | BinaryIO, kind: str, settings: Settings, choices: Choices | None = None) -> Source:
    """A file ready to be read as rows of `kind`.

    Raises: Invalid with one sentence when nothing of it can be imported.
    """
    if kind not in KINDS:
        raise Invalid(f"“{kind}” cannot be imported. Known are {', '.join(KINDS)}.")
    choices = choices or Choices()
    rules = _rules(settings, choices)
    stream, name = _opened(file)
    try:
        table, preset = table_of(Lines(stream, examine(stream, choices.encoding)), kind)
        if preset is None:
            refuse_doubled(table.columns)
            preset = presets.recognise(table.columns, kind, choices.preset)
        plan = make_plan(kind, preset, table.columns, choices.mapping, choices.own)
    except Invalid:
        if isinstance(file, Path):
            stream.close()
        raise
    source = Source(stream, name, table, plan, rules)
    source.path = file.resolve() if isinstance(file, Path) else None
    source.data_dir = settings.data_dir
    source.encoding = choices.encoding
    return source


def _opened(file: Path | BinaryIO) -> tuple[BinaryIO, str]:
    if not isinstance(file, Path):
        file.seek(0)
        return file, Path(str(getattr(file, "name", "upload"))).name
    try:
        return file.open("rb"), file.name
    except OSError as error:
        raise Invalid(f"{file} cannot be read: {error.strerror}.") from error


def table_of(lines: Lines, kind: str) -> tuple[Table, presets.Preset | None]:
    """The reader for what the file begins with; for a reader without a header row its preset as well.

    Raises: Invalid when what it begins with holds another kind, or cannot be read.
    """
    start = next(iter(lines.blocks()), "").lstrip("\ufeff \t\r\n")[:200].lower()
    if not start and lines.text.size <= BLOCK:
        raise Invalid("This file is empty.")
    if start.startswith("begin:vcard"):
        return VcardTable(lines), presets.named("vcard", kind)
    if start.startswith(("<?xml", "<smses")):
        return SmsTable(lines), presets.named("sms_backup", kind)
    return CsvTable(lines, presets.known_names), None


def _rules(settings: Settings, choices: Choices) -> Rules:
    order = choices.date_order or settings.date_order
    if order not in ORDERS:
        raise Invalid(f"“{order}” is no order of dates; give {' or '.join(ORDERS)}.")
    try:
        zone = ZoneInfo(choices.time_zone or settings.time_zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Invalid(f"There is no time zone “{choices.time_zone}”; give one such as America/New_York.") from error
    now = clock.now()
    today = datetime.fromtimestamp(now, zone).date()
    return Rules(settings.default_region, zone, order, settings.currency, now, today)
