"""Rows that were read in the order of their ids, put into the order of the list on disk.

SQLite reads a million rows in the order of their keys several times as fast as in any other. So they are dealt out by
their place in the list, into files that each hold some thousands of places, and each file is sorted by itself.
"""

import tempfile
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

SORTED_ROWS = 8_192
"""Places of one file, and rows dealt out at once; more where there would be too many files."""

MOST_FILES = 250

Places = npt.NDArray[np.int64]
_PLACE = "place"


def placed(read: Iterator[pa.RecordBatch], places: Places) -> Generator[pa.RecordBatch, None, None]:
    """The rows by their places, 0, 1, 2 …; `places`: of each row in the order in which they are read."""
    size = max(SORTED_ROWS, -(-len(places) // MOST_FILES))
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / str(n) for n in range(0, len(places), size)]
        _deal(read, places, files, size)
        for file in files:
            with pa.OSFile(str(file)) as opened, pa.ipc.open_stream(opened) as stream:
                found = stream.read_all()
            file.unlink()
            order = pa.array(np.argsort(found.column(_PLACE).to_numpy()))
            yield from found.drop_columns([_PLACE]).take(order).combine_chunks().to_batches()


def _deal(read: Iterator[pa.RecordBatch], places: Places, files: list[Path], size: int) -> None:
    """Each row into the file of its place."""
    edges = np.arange(len(files) + 1) * size
    at = 0
    with ExitStack() as opened:
        writers: list[pa.ipc.RecordBatchStreamWriter] = []
        for batch in _gathered(read, size):
            own = places[at : at + batch.num_rows]
            at += batch.num_rows
            order = np.argsort(own)
            dealt = batch.append_column(_PLACE, pa.array(own)).take(pa.array(order))
            if not writers:
                sinks = [opened.enter_context(pa.OSFile(str(file), "wb")) for file in files]
                writers = [opened.enter_context(pa.ipc.new_stream(sink, dealt.schema)) for sink in sinks]
            borders = np.searchsorted(own[order], edges)
            for writer, first, last in zip(writers, borders[:-1], borders[1:], strict=True):
                if first < last:
                    writer.write_table(dealt.slice(first, last - first))


def _gathered(read: Iterator[pa.RecordBatch], size: int) -> Iterator[pa.Table]:
    held: list[pa.RecordBatch] = []
    for batch in read:
        held.append(batch)
        if sum(each.num_rows for each in held) >= size:
            yield pa.Table.from_batches(held)
            held = []
    if held:
        yield pa.Table.from_batches(held)
