"""A process for the tests that kill: `python -m tests.core.runner.process URL`, at work until it is ended."""

import sys
import threading
from contextlib import closing

from core.database import Store
from core.runner import Runner

BATCH = 2

if __name__ == "__main__":
    with closing(Store.open(sys.argv[1])) as store:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        Runner(store, BATCH).run(threading.Event())
