"""Most contacts of a large file are plain: nothing is remarked about them, and they bring no tags, deals, owner or own
fields. The child makes blocks of those, which the database takes as they are; the others go through Python, row by row.
"""

from collections.abc import Sequence
from typing import Any

from core.database import arrivals
from core.transfer.newcomers import derive
from core.transfer.packing import Packed, pack
from core.transfer.rows import CREATED_AT, DEALS, NOTES, OWN, OWNER, REMARKS, TAGS, ContactRow, Reject, Row

Sifted = tuple[list[Packed], tuple[int, bytes] | None, dict[int, int]]
"""Rows that want care; the block of the plain ones, if there are any; lines as a Chunk has them."""


class Sieve:
    """Remembers a number and a line for each phone of the file, about 110 bytes: the first record of a phone counts."""

    def __init__(self, *, is_sqlite: bool) -> None:
        self._is_sqlite = is_sqlite
        self._lines: dict[int, int] = {}

    def pass_over(self, rows: Sequence[Row | Reject]) -> None:
        """Remember their phones."""
        for row in rows:
            if isinstance(row, ContactRow):
                self._lines.setdefault(int(row.phone[1:]), row.line)

    def sift(self, rows: Sequence[Row | Reject]) -> Sifted:
        """Rows that follow each other, apart."""
        careful, plain, lines = list[Packed](), list[tuple[Any, ...]](), dict[int, int]()
        for row in rows:
            if not isinstance(row, ContactRow):
                careful.append(pack(row))
                continue
            number = int(row[1][1:])
            first = self._lines.setdefault(number, row[0])
            if first != row[0]:
                lines[number] = first
                careful.append(pack(row))
            elif row[TAGS] or row[OWNER] or row[OWN] or row[DEALS] or row[REMARKS]:
                careful.append(pack(row))
            else:
                plain.append((*row[:2], int(row[2]), *row[3:OWNER], row[CREATED_AT], row[NOTES], *derive(row)))
        block = (len(plain), arrivals.pack(plain, is_sqlite=self._is_sqlite)) if plain else None
        return careful, block, lines
