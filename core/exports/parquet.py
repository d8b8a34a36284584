"""Parquet: columns with their types, times in UTC with the zone they are shown in."""

import json
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet

GROUP_ROWS = 32_768
ABOUT = "talkdeck"
"""What is known of the file stands in its metadata under this name, as JSON."""


class ParquetFile:
    """Row groups of some tens of thousands of rows, compressed."""

    def __init__(self, sink: IO[bytes], form: pa.Schema) -> None:
        self._form = form
        self._output = pa.PythonFile(sink, mode="w")
        self._file = pyarrow.parquet.ParquetWriter(self._output, form, compression="zstd", compression_level=1)
        self._held: list[pa.RecordBatch] = []

    def write(self, batch: pa.RecordBatch, _lines: pa.Buffer) -> None:
        """Some more rows."""
        self._held.append(batch)
        if sum(each.num_rows for each in self._held) >= GROUP_ROWS:
            self._flush()

    def close(self, about: dict[str, Any]) -> None:
        """The end of the file, with what there is to say of it."""
        self._flush()
        self._file.add_key_value_metadata({ABOUT: json.dumps(about, ensure_ascii=False)})
        self._file.close()

    def _flush(self) -> None:
        if self._held:
            self._file.write_table(pa.Table.from_batches(self._held, self._form), row_group_size=2 * GROUP_ROWS)
            self._held = []
