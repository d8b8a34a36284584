"""CSV that a spreadsheet opens without running anything, and that imports again unchanged."""

import hashlib
from collections.abc import Sequence
from typing import IO, Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from core.exports.columns import Column
from core.transfer.presets import FORMAT
from core.transfer.rejects import MARK

VERSION = 1
"""Of the way in which rows are written."""

_RISKY = r"\A'* *[=+\-@\t\r\n\x00＝＋－＠]"
_E164 = r"\A\+[0-9]{7,15}\z"
_BARE = pa.csv.WriteOptions(include_header=False)


class Sink(Protocol):
    """Where a file goes, from its beginning to its end."""

    def write(self, data: Any, /) -> Any:
        """Takes all of it."""


class File(Protocol):
    """A format: some more rows, as a batch and as `Rows` wrote them; and the end, with what there is to say of it."""

    def write(self, batch: pa.RecordBatch, lines: pa.Buffer, /) -> None:
        """Takes the rows."""

    def close(self, about: dict[str, Any], /) -> None:
        """Nothing more comes."""


class Rows:
    """Batches as lines of the file, and the SHA-256 of all of them: the same for every format of the same rows."""

    def __init__(self, columns: Sequence[Column], form: pa.Schema) -> None:
        self._guarded = [
            n
            for n, (column, field) in enumerate(zip(columns, form, strict=True))
            if pa.types.is_string(field.type) and not column.is_plain
        ]
        self._times = [n for n, field in enumerate(form) if pa.types.is_timestamp(field.type)]
        self._digest = hashlib.sha256()
        for n in self._times:
            form = form.set(n, pa.field(form[n].name, pa.string()))
        self.form = form.append(pa.field(FORMAT, pa.int64()))

    def lines(self, batch: pa.RecordBatch) -> pa.Buffer:
        """The rows as text (UTF-8); a text that a spreadsheet could run has an apostrophe in front."""
        cells = list(batch.columns)
        for n in self._guarded:
            cells[n] = guarded(cells[n])
        for n in self._times:
            cells[n] = said(cells[n])
        cells.append(pa.repeat(VERSION, batch.num_rows))
        written = _written(pa.record_batch(cells, schema=self.form), _BARE)
        self._digest.update(written)
        return written

    @property
    def sha256(self) -> str:
        """Of the lines so far, without the header."""
        return self._digest.hexdigest()


class CsvFile:
    """UTF-8 with a mark in front, by which Excel knows it; a header, then the lines of `Rows`."""

    def __init__(self, sink: IO[bytes], form: pa.Schema) -> None:
        self._sink = sink
        nothing = pa.table({field.name: pa.array([], field.type) for field in form})
        sink.write(MARK.encode())
        sink.write(_written(nothing, pa.csv.WriteOptions()))

    def write(self, _batch: pa.RecordBatch, lines: pa.Buffer) -> None:
        """Some more rows, as `Rows` wrote them."""
        self._sink.write(lines)

    def close(self, _about: dict[str, Any]) -> None:
        """All is written; what there is to say of the file stands beside it."""


def guarded(texts: Any) -> Any:
    """What `transfer.guard.guard` makes of each text."""
    risky = pc.match_substring_regex(texts, _RISKY)
    if not pc.any(risky).as_py():
        return texts
    risky = pc.and_not(risky, pc.match_substring_regex(texts, _E164))
    return pc.if_else(risky, pc.binary_join_element_wise("'", texts, ""), texts)


def said(times: Any) -> Any:
    """Times as their zone's clocks show them, with what that is from UTC: 2026-01-02 07:00:00-0500.

    The same as Arrow's own cast, which looks the zone up anew for each and takes six times as long.
    """
    local = pc.local_timestamp(times)
    ahead = pc.subtract(local.cast(pa.int64()), times.cast(pa.int64())).dictionary_encode()
    names = [
        f"{'-' if s < 0 else '+'}{abs(s) // 3_600:02}{abs(s) % 3_600 // 60:02}" for s in ahead.dictionary.to_pylist()
    ]
    return pc.binary_join_element_wise(local.cast(pa.string()), pa.array(names, pa.string()).take(ahead.indices), "")


def _written(rows: pa.Table | pa.RecordBatch, options: pa.csv.WriteOptions) -> pa.Buffer:
    sink = pa.BufferOutputStream()
    pa.csv.write_csv(rows, sink, options)
    return sink.getvalue()
