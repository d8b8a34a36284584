"""Imports from text into a test's own database, and everything that lies in a database, to compare."""

import io
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select, text

from core import undo as undoing
from core.access import Actor
from core.database import Store
from core.database.tables import metadata
from core.settings import Settings
from core.transfer import Choices, Source, imports, open_import, run, undo
from core.transfer.outlook import Counts

OF_THE_LEDGER = {"event", "event_state", "change", "import_run", "import_problem", "id_counter"}
PACE = run.Pace(0.5, 0.0)


class Office:
    """Somebody who imports."""

    def __init__(self, store: Store, actor: Actor, folder: Path) -> None:
        self.store = store
        self.actor = actor
        self.settings = Settings(data_dir=str(folder))

    def open(self, content: str | bytes | Path, kind: str = "contacts", **choices: Any) -> Source:
        """A file of that content."""
        if isinstance(content, Path):
            return open_import(content, kind, self.settings, Choices(**choices))
        data = content.encode() if isinstance(content, str) else content
        return open_import(io.BytesIO(data), kind, self.settings, Choices(**choices))

    def begin(self, content: str | bytes | Path, kind: str = "contacts", **choices: Any) -> int:
        """Start an import; returns its event."""
        with self.open(content, kind, **choices) as source:
            return imports.start(self.store, self.actor, source)

    def carry_out(self, event_id: int) -> Counts:
        """Run it to its end."""
        return run.carry_out(self.store, self.actor, event_id, self.settings, PACE)

    def take(self, content: str | bytes | Path, kind: str = "contacts", **choices: Any) -> tuple[int, Counts]:
        """Import; returns the event and the counts, which the dry run must have foretold."""
        with self.open(content, kind, **choices) as source:
            foretold = imports.preview(self.store, source).counts
            event_id = imports.start(self.store, self.actor, source)
        counts = self.carry_out(event_id)
        assert counts == foretold
        with self.store.read() as reader:
            status = imports.status(reader, event_id)
        assert status.counts == counts
        assert status.state == ("done_with_errors" if counts.rejected else "done")
        return event_id, counts

    def undo(self, event_id: int) -> int:
        """Take it back; returns how many rows were kept."""
        undoing.start(self.store, self.actor, event_id)
        return undo.carry_out(self.store, self.actor, event_id, PACE)

    def problems(self, event_id: int) -> list[tuple[int, str, str]]:
        """Line, column and reason of everything that was said about the file."""
        with self.store.read() as reader:
            frame = imports.problems(reader, event_id, limit=10_000)
        return list(frame[["line", "column", "reason"]].itertuples(index=False, name=None))

    def rejects(self, event_id: int) -> bytes:
        """The file of refused records."""
        with self.store.read() as reader:
            return b"".join(imports.rejects_file(reader, event_id))

    def rows(self, *columns: Any) -> list[tuple[Any, ...]]:
        """Rows of these columns, in order."""
        with self.store.read() as reader:
            return [tuple(row) for row in reader.execute(select(*columns).order_by(*columns))]

    def dump(self) -> dict[str, list[str]]:
        """Every row of every table but the ledger's, and what the text index holds."""
        with self.store.read() as reader:
            tables = [table for table in metadata.sorted_tables if table.name not in OF_THE_LEDGER]
            found = {table.name: sorted(map(repr, reader.execute(select(table)).all())) for table in tables}
            return found | {"text index": _index(reader)}


def _index(reader: Connection) -> list[str]:
    if reader.dialect.name == "postgresql":
        return sorted(map(repr, reader.execute(text("SELECT * FROM search_text")).all()))
    rows = []
    for name in ("search_text", "search_phone"):
        reader.execute(text(f"CREATE VIRTUAL TABLE temp.words_of USING fts5vocab(main, {name}, row)"))
        rows += [f"{name} {row}" for row in reader.execute(text("SELECT term, doc FROM temp.words_of")).all()]
        reader.execute(text("DROP TABLE temp.words_of"))
    return sorted(rows)
