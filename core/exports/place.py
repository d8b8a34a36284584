"""Where an export lies as a file: whole or not at all, and never over something that is not an export of ours."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from core.errors import Invalid


def beside(path: Path) -> Path:
    """The side file, which says what the file is."""
    return path.with_name(f"{path.name}.about.json")


def check(path: Path, database: str = "", *, may_replace: bool = False) -> None:
    """Whether an export may be written here. `database`: the file of the database, which never may.

    Raises: Invalid.
    """
    for each in (path, beside(path)):
        if each.is_dir() or not os.access(each if each.exists() else each.parent, os.W_OK):
            raise Invalid(f"{each} cannot be written. Name a file in a folder that is there.")
        if database and each.exists() and each.resolve().name.startswith(Path(database).resolve().name):
            raise Invalid(f"{each} belongs to the database. Name another file.")
    if not may_replace and (path.exists() or beside(path).exists()) and not _is_ours(path):
        raise Invalid(f"{path} is there already, and is no export as it was written. Name another file, or replace it.")


@contextmanager
def written(path: Path) -> Iterator[tuple[BinaryIO, dict[str, Any]]]:
    """A file to write to, which takes its place when the block has ended well; into the dictionary goes what is known
    of it.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    about: dict[str, Any] = {}
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            yield file, about
            file.flush()
            os.fsync(file.fileno())
        about["bytes"] = part.stat().st_size
        said = json.dumps(about, ensure_ascii=False, indent=1) + "\n"
        side = part.with_suffix(".about")
        side.write_text(said, encoding="utf-8")
        side.replace(beside(path))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _is_ours(path: Path) -> bool:
    """Whether both files are as an export left them."""
    try:
        about = json.loads(beside(path).read_text(encoding="utf-8"))
        return isinstance(about, dict) and "sha256_of_rows" in about and about.get("bytes") == path.stat().st_size
    except (OSError, ValueError):
        return False
