"""The records an import refused, as a file that can be mended and imported again."""

import csv
from collections.abc import Iterable, Sequence
from typing import TextIO

from core.transfer.guard import guard
from core.transfer.presets import OURS, folded
from core.transfer.rows import Reject

ADDED = (f"{OURS}line", f"{OURS}column", f"{OURS}reason")
"""Stand in front of the file's own columns, and are passed over when the file comes back."""

MARK = "\ufeff"  # without it Excel takes UTF-8 for Windows-1252 and ruins every accent


def write_rejects(target: TextIO, columns: Sequence[str], rejects: Iterable[Reject]) -> int:
    """Write the rejects under the columns they came with; returns how many. `target` is opened with newline="".

    Text that could not be cut into cells stands whole in the first of the file's own columns.
    """
    kept = [i for i, name in enumerate(columns) if not folded(name).startswith(OURS)]
    target.write(MARK)
    writer = csv.writer(target, quoting=csv.QUOTE_ALL)
    writer.writerow([*ADDED, *(guard(columns[i]) for i in kept)])
    count = 0
    for count, reject in enumerate(rejects, 1):  # noqa: B007
        is_cut = len(reject.cells) >= len(columns)
        own = [reject.cells[i] for i in kept] if is_cut else list(reject.cells)
        beyond = reject.cells[len(columns) :] if is_cut else ()
        writer.writerow(map(guard, [str(reject.line), reject.column, reject.reason, *own, *beyond]))
    return count
