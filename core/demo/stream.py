"""Chunks made in a process of their own, so that making and writing go on at the same time.

The child writes Arrow streams to its standard output and ends by itself when its reader is gone.
"""

import gc
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from core.demo import chunk
from core.demo.columns import COLUMNS
from core.demo.plan import Plan
from core.errors import Unavailable
from core.settings import ROOT


def chunks(plan: Plan) -> Iterator[dict[str, pa.Table]]:
    """All chunks in order; a small demo is made in this process.

    Raises: Unavailable when the child ends early.
    """
    if plan.chunks == 1:
        yield chunk.make(plan, 0)
        return
    command = [sys.executable, "-m", "core.demo.stream", plan.to_json()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as child:  # noqa: S603  # a module of ours
        source: Any = child.stdout
        try:
            for _ in range(plan.chunks):
                yield {name: _read(source) for name in COLUMNS}
        finally:
            source.close()
            child.terminate()


def _read(source: Any) -> pa.Table:
    try:
        with pa.ipc.open_stream(source) as reader:
            return reader.read_all()
    except (pa.ArrowInvalid, OSError) as error:
        raise Unavailable(
            "The process that makes the demo data ended early; its message stands above. Nothing was changed."
        ) from error


def main() -> None:
    """The child: a plan as its argument, streams on standard output."""
    gc.disable()  # rows make no cycles; looking for them would cost a sixth of the time
    plan = Plan.from_json(sys.argv[1])
    try:
        for number in range(plan.chunks):
            for table in chunk.make(plan, number).values():
                with pa.ipc.new_stream(sys.stdout.buffer, table.schema) as writer:
                    writer.write_table(table)
            sys.stdout.buffer.flush()
    except BrokenPipeError:
        sys.stderr.close()  # the reader has gone: nothing to say to anybody


if __name__ == "__main__":
    main()
