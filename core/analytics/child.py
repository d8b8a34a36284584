"""The application's side of the feed: starting the child process and reading what it sends."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from typing import IO

import pyarrow as pa
from sqlalchemy import URL

from core.analytics import rows
from core.analytics.changes import Reached, reached
from core.errors import Unavailable
from core.settings import ROOT


class Child:
    """A running feed: ask what it has `reached`, read all `streams`, then `finish`, inside a `with`."""

    def __init__(self, url: URL) -> None:
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the child
        command = [sys.executable, "-m", "core.analytics.feed"]
        asked, answered = os.pipe(), os.pipe()
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            command, cwd=ROOT, stdin=asked[0], stdout=answered[1], stderr=self._errors
        )
        os.close(asked[0])
        os.close(answered[1])
        self._output = os.fdopen(answered[0], "rb")
        with os.fdopen(asked[1], "wb") as address:
            address.write(url.render_as_string(hide_password=False).encode() + b"\n")

    def reached(self) -> Reached:
        """Where the events stood in the transaction that the child reads in.

        Raises: Unavailable when it ended early.
        """
        line = self._output.readline()
        if not line.endswith(b"\n"):
            self.finish()
        return reached(**json.loads(line))

    def streams(self) -> Iterator[tuple[str, pa.RecordBatchReader]]:
        """The tables by name, as rows.STREAMS; a stream that breaks off raises pyarrow's errors."""
        for name in rows.STREAMS:
            with pa.ipc.open_stream(self._output) as reader:
                yield name, reader

    def finish(self) -> None:
        """Wait for the end. A stream cut between two batches looks complete; only this tells.

        Raises: Unavailable when the child did not end well.
        """
        if self._process.wait() != 0:
            raise Unavailable(self._last_words())

    def kill(self) -> None:
        """End it, whatever it does; whoever reads from it notices."""
        self._process.kill()

    def __enter__(self) -> "Child":
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self._process.wait()
        self._output.close()
        self._errors.close()

    def _last_words(self) -> str:
        self._errors.seek(0)
        said = self._errors.read().decode(errors="replace").strip().splitlines()
        return f"The mirror's feed ended early ({self._process.returncode}): {said[-1] if said else 'it said nothing'}"
