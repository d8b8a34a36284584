"""What a chunk of rows will do: looked up without writing, so that a dry run and the real one say the same."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import Connection

from core.database import Change, Work
from core.transfer.rows import Reject, Remark


@dataclass
class Counts:
    """Records by outcome."""

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0

    @property
    def rows(self) -> int:
        """All records: always the sum of the others."""
        return self.inserted + self.updated + self.unchanged + self.rejected

    def add(self, other: "Counts") -> None:
        """Count the other's records as well."""
        self.inserted += other.inserted
        self.updated += other.updated
        self.unchanged += other.unchanged
        self.rejected += other.rejected


@dataclass
class Outlook:
    """The outcome of one chunk; each kind adds what it is going to write."""

    counts: Counts = field(default_factory=Counts)
    remarks: list[tuple[int, Remark]] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)

    def remark(self, line: int, remark: Remark) -> None:
        """Report something about the record that starts on `line`."""
        self.remarks.append((line, remark))


class Applier(Protocol):
    """Applies the rows of one kind, chunk by chunk, in the file's order."""

    def look(self, reader: Connection, rows: Sequence[Any]) -> Outlook:
        """What these rows would do now; nothing is written or remembered."""

    def write(self, work: Work, event_id: int, outlook: Any) -> list[Change]:
        """Do it; returns the changes to be accounted for."""

    def settle(self, outlook: Any) -> None:
        """Remember what the next chunks must know of this one; called once it is certain."""
