"""A process for the tests that kill: `python -m tests.core.bulk.worker URL`, at work until nothing waits."""

import sys
from contextlib import closing

from core.database import Store
from core.settings import Settings
from core.worker import Worker

if __name__ == "__main__":
    with closing(Store.open(sys.argv[1])) as store:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        Worker(store, Settings()).run(until_done=True)
