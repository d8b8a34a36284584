"""A dry run of one file in the background: it is asked how far it is, and goes on while the page reruns."""

import secrets
import threading
from contextlib import AbstractContextManager

from core import setup
from core.database import Store
from core.errors import AppError, Conflict
from core.transfer import Choices, Source, imports
from core.transfer.imports import Preview
from core.transfer.incoming import Upload
from core.transfer.outlook import Counts

ROWS = 20


class Trial:
    """One reading of a file under certain choices. `request_id` is that of the import it may become."""

    def __init__(self, store: Store, upload: Upload, kind: str, choices: Choices) -> None:
        self.kind = kind
        self.choices = choices
        self.request_id = secrets.token_hex(16)
        self.preview: Preview | None = None
        self.refusal = ""
        self.share = 0.0
        self.counts = Counts()
        self._store = store
        self._upload = upload
        self._is_stopped = False
        # A daemon: nothing is lost when the application ends meanwhile.
        self._thread = threading.Thread(target=self._go, name="dry run", daemon=True)
        self._thread.start()

    @property
    def is_running(self) -> bool:
        return self._thread.is_alive()

    def wait(self, seconds: float) -> None:
        """Give it a moment, for small files."""
        self._thread.join(seconds)

    def stop(self) -> None:
        """Its answer is not wanted any more."""
        self._is_stopped = True

    def source(self) -> AbstractContextManager[Source]:
        """The same file under the same choices."""
        with self._store.read() as reader:
            return self._upload.source(self.kind, setup.load(reader), self.choices)

    def _go(self) -> None:
        try:
            with self.source() as source:
                self.preview = imports.preview(self._store, source, ROWS, self._progress)
        except AppError as error:
            self.refusal = str(error)

    def _progress(self, done: int, total: int, counts: Counts) -> None:
        if self._is_stopped:
            raise Conflict("Stopped.")
        self.share = done / total if total else 1.0
        self.counts = counts
