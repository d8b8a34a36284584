"""The records an import refused, as a file that can be mended and imported again; and all problems as a list."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from core.transfer.guard import guard
from core.transfer.presets import OURS, folded
from core.transfer.rows import Reject

ADDED = (f"{OURS}line", f"{OURS}column", f"{OURS}reason")
"""Stand in front of the file's own columns, and are passed over when the file comes back."""

MARK = "\ufeff"  # without it Excel takes UTF-8 for Windows-1252 and ruins every accent


def rejects_csv(columns: Sequence[str], rejects: Iterable[Reject]) -> Iterator[str]:
    """The text of the file, a line at a time: the rejects under the columns they came with.

    Text that could not be cut into cells stands whole in the first of the file's own columns.
    """
    kept = [i for i, name in enumerate(columns) if not folded(name).startswith(OURS)]
    yield MARK + _line([*ADDED, *(columns[i] for i in kept)])
    for reject in rejects:
        is_cut = len(reject.cells) >= len(columns)
        own = [reject.cells[i] for i in kept] if is_cut else list(reject.cells)
        beyond = reject.cells[len(columns) :] if is_cut else ()
        yield _line([str(reject.line), reject.column, reject.reason, *own, *beyond])


def problems_csv(problems: Iterable[tuple[int, str, str, str, int]]) -> Iterator[str]:
    """The text of a file of all problems, a line at a time: line, column, value, reason, is rejected."""
    yield MARK + _line(["line", "column", "value", "reason", "outcome"])
    for line, column, value, reason, is_rejected in problems:
        yield _line([str(line), column, value, reason, "rejected" if is_rejected else "imported, with this remark"])


def _line(cells: Sequence[str]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL).writerow(map(guard, cells))
    return text.getvalue()
