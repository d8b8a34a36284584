"""Our copies of uploaded files: readable for the application alone, and there only while an import may need them."""

import re
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from core import clock

FOLDER = "imports"
KEPT_SECONDS = 86_400
"""How long a file waits that nobody imports, because its page was closed or its process died."""

_OURS = re.compile(r"[0-9a-f]{64}(\.\d+)?")


def folder(data_dir: str, *further: str) -> Path:
    """The folder of the copies, or one in it, made when it is not there; nobody else may look into it."""
    path = Path(data_dir)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in (FOLDER, *further):
        path = path / name
        path.mkdir(mode=0o700, exist_ok=True)
        with suppress(PermissionError):  # another user's folder, who let us in
            path.chmod(0o700)
    return path


def create(path: Path) -> BinaryIO:
    """A new file, to be written; an old one of that name is written over."""
    path.unlink(missing_ok=True)
    path.touch(mode=0o600, exist_ok=False)
    return path.open("wb")


def let_go(path: Path, file_hash: str, needed: Collection[str]) -> None:
    """Delete the file that an import has read, when it is a copy of ours and no other import needs it; and copies that
    processes which died have left.

    `needed`: the hashes of files that imports still read. A copy is called by the hash of what it holds.
    """
    if path.parent.name != FOLDER or path.name != file_hash:
        return
    for copy in path.parent.iterdir():
        with suppress(FileNotFoundError):  # somebody else was faster
            is_over = copy == path or copy.stat().st_mtime < clock.now() - KEPT_SECONDS
            if is_over and _OURS.fullmatch(copy.name) and copy.name not in needed:
                copy.unlink()
