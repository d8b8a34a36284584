"""An export on its way to somebody who may be slow: it is made at full speed into a nameless file, and read from there.

So the state of the database is held for as long as the rows take, not for as long as the download does.
"""

import os
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.access import Actor
from core.database import Store
from core.errors import AppError
from core.exports.run import Watch, export
from core.exports.wish import Wish

PIECE = 1 << 18


class Spool:
    """The file while it grows. Made by a thread of its own; read once, by `pieces`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed by who reads it to its end
        self._moved = threading.Condition()
        self._size = 0
        self._event_id: int | None = None
        self._is_over = False
        self._is_unwanted = False
        self._error: BaseException | None = None

    def start(self, store: Store, actor: Actor, wish: Wish) -> int:
        """Begin; returns the event as soon as it is written down.

        Raises: what `export` raises before its first row.
        """
        self._maker = threading.Thread(target=self._make, args=(store, actor, wish), name="export", daemon=True)
        self._maker.start()
        with self._moved:
            self._moved.wait_for(lambda: self._event_id is not None or self._is_over)
            if self._event_id is None:
                raise self._error or RuntimeError("An export ended before it began.")
            return self._event_id

    def join(self) -> None:
        """Wait until nothing more is made."""
        self._maker.join()

    def write(self, data: Any) -> None:
        """For the export. Raises: BrokenPipeError when nobody reads any more."""
        if self._is_unwanted:
            raise BrokenPipeError("Nobody reads this export any more.")
        self._file.write(data)
        self._file.flush()
        with self._moved:
            self._size += memoryview(data).nbytes
            self._moved.notify_all()

    def pieces(self) -> Iterator[bytes]:
        """The file from its beginning to its end, as it grows. Who stops reading ends the export.

        Raises: what broke the export off.
        """
        at = 0
        try:
            while True:
                with self._moved:
                    self._moved.wait_for(lambda: self._size > at or self._is_over)  # noqa: B023 - asked at once
                    size, is_over = self._size, self._is_over
                if self._error is not None:
                    raise self._error
                while at < size:
                    piece = os.pread(self._file.fileno(), min(PIECE, size - at), at)
                    at += len(piece)
                    yield piece
                if is_over and at == self._size:
                    return
        finally:
            self._is_unwanted = True
            if self._is_over:
                self._file.close()

    def _make(self, store: Store, actor: Actor, wish: Wish) -> None:
        try:
            export(store, actor, wish, self, Watch(begun=self._begin))
        except (AppError, BrokenPipeError, OSError) as error:
            self._error = error
        finally:
            with self._moved:
                self._is_over = True
                self._moved.notify_all()
            if self._is_unwanted:
                self._file.close()

    def _begin(self, event_id: int, _rows: int) -> None:
        with self._moved:
            self._event_id = event_id
            self._moved.notify_all()
