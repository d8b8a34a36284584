"""A process for the tests that kill: `python -m tests.core.messages.sender URL FOLDER`, sending until it is ended."""

import sys
import threading
from contextlib import closing
from pathlib import Path

from core.database import Store
from core.messages.sender import Pace, Sender
from core.messages.simulator import Client

PACE = Pace(lease=2, look=1, give_up=6, idle=0.05)

if __name__ == "__main__":
    with closing(Store.open(sys.argv[1])) as store:
        client = Client(Path(sys.argv[2]), timeout=1.0)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        never = threading.Event()
        senders = [threading.Thread(target=Sender(store, client, PACE).run, args=(never,)) for _ in range(2)]
        for each in senders:
            each.start()
