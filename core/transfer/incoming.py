"""Files that came in through the browser: they lie under a name of ours until somebody imports or drops them."""

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from core import clock
from core.errors import Invalid
from core.settings import Settings
from core.transfer import copies
from core.transfer.source import Choices, Source, open_import

LONGEST_NAME = 200


@dataclass(frozen=True)
class Upload:
    """A file that came in. `name` is what it was called, for people only; `size` in bytes."""

    path: Path
    name: str
    size: int

    @contextmanager
    def file(self) -> Iterator[BinaryIO]:
        """The bytes.

        Raises: Invalid when it has been dropped meanwhile.
        """
        try:
            opened = self.path.open("rb")
        except FileNotFoundError as error:
            raise Invalid("The uploaded file is gone, because it waited too long. Upload it again.") from error
        with opened:
            yield opened

    @contextmanager
    def source(self, kind: str, settings: Settings, choices: Choices) -> Iterator[Source]:
        """The file opened for import.

        Raises: Invalid.
        """
        with self.file() as file:
            source = open_import(file, kind, settings, choices)
            source.name = self.name
            yield source

    def drop(self) -> None:
        """Delete the file; an import that was started has its own copy."""
        self.path.unlink(missing_ok=True)


def receive(file: BinaryIO, name: str, settings: Settings) -> Upload:
    """Put what a browser sent on the disk; `name` never becomes a path. Files nobody came back for are deleted."""
    folder = copies.folder(settings.data_dir, "incoming")
    for old in folder.iterdir():
        if old.stat().st_mtime < clock.now() - copies.KEPT_SECONDS:
            old.unlink(missing_ok=True)
    path = folder / secrets.token_hex(16)
    file.seek(0)
    with copies.create(path) as copy:
        shutil.copyfileobj(file, copy, 1 << 20)
    shown = "".join(c for c in name.replace("\\", "/").rpartition("/")[2] if c.isprintable())
    return Upload(path, shown[:LONGEST_NAME] or "file", path.stat().st_size)
