"""`python -m core COMMAND`: exit code 0 done, 1 failed, 2 unusable arguments or input."""

import sys

from core.commands import analytics, bulk, conversations, demo, exports, imports, people, worker
from core.commands.app import app, console
from core.errors import AppError, Invalid

MODULES = (analytics, bulk, conversations, demo, exports, imports, people, worker)
"""Each adds its commands to `app` when imported."""


def main() -> int:
    """Run one command; an expected failure is one sentence on stderr."""
    try:
        app()
    except AppError as error:
        console.print(str(error), style="red", markup=False, highlight=False)
        return 2 if isinstance(error, Invalid) else 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
