"""A file's rows for an import: read in this process, or for a large file in a child that works beside the writer."""

import gc
import json
import marshal
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import IO, Any, Protocol

from core.errors import Invalid, Unavailable
from core.settings import ROOT, Settings
from core.transfer.newcomers import derive
from core.transfer.packing import pack, unpacker
from core.transfer.rows import Block, Chunk, ContactRow, Reject, Row
from core.transfer.sieve import Sieve, Sifted
from core.transfer.source import Choices, Source, open_import

CHILD_FROM = 4 << 20
"""Bytes from which a child pays for its start."""

BLOCK_ROWS = 2_000
AHEAD = 40
"""Blocks that wait for the writer, at most."""


@dataclass(frozen=True)
class Job:
    """How a file is to be read. `skip`: so many records are imported already. `is_sqlite`: for which engine."""

    kind: str
    settings: Settings = field(default_factory=Settings)
    choices: Choices = field(default_factory=Choices)
    skip: int = 0
    is_sqlite: bool = True


class Reading(Protocol):
    """An opened file whose records are taken once."""

    bytes_total: int

    @property
    def bytes_read(self) -> int:
        """How far it has come."""

    def take(self, n: int) -> Chunk:
        """The next records in order, contacts with what follows from them: `n` or somewhat more, but none beyond the
        first `skip` together with others; less than `n` at the end, then none.
        """


@contextmanager
def reading(path: Path, file_hash: str, job: Job) -> Iterator[Reading]:
    """The file, which must be the one with that hash.

    Raises: Invalid when it is gone, or another by now.
    """
    is_large = path.exists() and path.stat().st_size >= CHILD_FROM
    opened: _Child | _Here = (_Child if is_large else _Here)(path, job)
    try:
        if opened.sha256 != file_hash:
            raise Invalid(f"{path.name} is not the file any more that this import began with.")
        yield opened
    finally:
        opened.close()


class _Here:
    def __init__(self, path: Path, job: Job) -> None:
        self._source = open_import(path, job.kind, job.settings, job.choices)
        self._rows = with_what_follows(self._source)
        self.sha256 = self._source.text.sha256
        self.bytes_total = self._source.text.size

    @property
    def bytes_read(self) -> int:
        return self._source.bytes_read

    def take(self, n: int) -> Chunk:
        rows = list(islice(self._rows, n))
        return Chunk(len(rows), rows)

    def close(self) -> None:
        self._source.close()


class _Child:
    """Rows come as blocks of plain values; a thread takes them from the pipe, so that the child never waits long."""

    def __init__(self, path: Path, job: Job) -> None:
        self.bytes_read = 0
        self._is_over = False
        self._unpack = unpacker(job.kind)
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the child
        self._process = subprocess.Popen(
            [sys.executable, "-m", "core.transfer.reading"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
        )
        self._blocks: queue.Queue[bytes] = queue.Queue(AHEAD)
        self._thread = threading.Thread(target=self._take, name="import file", daemon=True)
        with self._pipe(self._process.stdin) as told, suppress(BrokenPipeError):
            told.write(json.dumps({"path": str(path), **asdict(job)}).encode())
        self._thread.start()
        said = self._next()
        if "refusal" in said:
            self.close()
            raise Invalid(said["refusal"])
        self.sha256: str = said["sha256"]
        self.bytes_total: int = said["size"]

    def take(self, n: int) -> Chunk:
        chunk = Chunk()
        while chunk.records < n and not self._is_over:
            block = self._next()
            if block is None:
                self._is_over = True
                break
            self.bytes_read, records, rows, plain, lines = block
            chunk.records += records
            chunk.rows += map(self._unpack, rows)
            if plain is not None:
                chunk.blocks.append(Block(*plain))
            chunk.lines |= lines
        return chunk

    def close(self) -> None:
        self._process.kill()
        while self._thread.is_alive():  # it may wait for a place in the queue
            with suppress(queue.Empty):
                self._blocks.get(timeout=0.05)
        self._process.wait()
        self._pipe(self._process.stdout).close()
        self._errors.close()

    def _next(self) -> Any:
        block = self._blocks.get()
        if not block:
            self._process.wait()
            self._errors.seek(0)
            said = self._errors.read().decode(errors="replace").strip().splitlines()
            raise Unavailable(f"Reading the file broke off: {said[-1] if said else 'it said nothing'}")
        return marshal.loads(block)  # noqa: S302 - written by our own child

    def _take(self) -> None:
        output = self._pipe(self._process.stdout)
        while (size := int.from_bytes(output.read(4), "big")) and len(block := output.read(size)) == size:
            self._blocks.put(block)
        self._blocks.put(b"")

    @staticmethod
    def _pipe(end: IO[bytes] | None) -> IO[bytes]:
        if end is None:
            raise ValueError("the child was started without this pipe")
        return end


def with_what_follows(source: Source) -> Iterator[Row | Reject]:
    """The rows of a source; contacts with what follows from them."""
    for row in source.rows():
        yield row._replace(derived=derive(row)) if isinstance(row, ContactRow) else row


def main() -> None:
    """The child: a job comes as JSON, rows go out as blocks, each after its size in 4 bytes; None is the last."""
    gc.disable()  # millions of rows come and go, none of them in a circle
    told = json.load(sys.stdin)
    path, settings, choices = Path(told.pop("path")), Settings(**told.pop("settings")), Choices(**told.pop("choices"))
    job = Job(settings=settings, choices=choices, **told)
    send = _Sender(sys.stdout.buffer)
    try:
        source = open_import(path, job.kind, job.settings, job.choices)
    except Invalid as error:
        send({"refusal": str(error)})
        return
    send({"sha256": source.text.sha256, "size": source.text.size})
    _send_rows(source, job, send)
    send(None)


def _send_rows(source: Source, job: Job, send: "_Sender") -> None:
    """Each block: bytes read, how many records, and those as `Sieve.sift` gives them."""
    sieve = Sieve(is_sqlite=job.is_sqlite)
    rows, done = source.rows(), 0
    while block := list(islice(rows, min(BLOCK_ROWS, job.skip - done) if done < job.skip else BLOCK_ROWS)):
        is_skipped = done < job.skip
        done += len(block)
        sifted: Sifted = ([], None, {})
        if job.kind != "contacts":
            sifted = [pack(row) for row in block], None, {}
        elif is_skipped:
            sieve.pass_over(block)
        else:
            sifted = sieve.sift(block)
        send((source.bytes_read, len(block), *sifted))


class _Sender:
    def __init__(self, output: IO[bytes]) -> None:
        self._output = output

    def __call__(self, what: Any) -> None:
        block = marshal.dumps(what)
        self._output.write(len(block).to_bytes(4, "big") + block)
        self._output.flush()


if __name__ == "__main__":
    with suppress(BrokenPipeError):  # the parent is gone
        main()
