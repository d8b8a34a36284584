"""The form in which every reader hands over a file: columns, and records of cells with their line."""

from collections.abc import Iterator
from typing import Protocol

from core.transfer.decode import Lines
from core.transfer.rows import Reject

Record = tuple[int, list[str]]
"""Physical line on which the record starts (the file's first is 1), and its cells, one per column."""


class Table(Protocol):
    """A readable file."""

    lines: Lines

    @property
    def columns(self) -> tuple[str, ...]:
        """Names as the file gives them."""

    def records(self) -> Iterator[Record | Reject]:
        """Every record from the start of the file, or why it cannot be read; may be called again."""
