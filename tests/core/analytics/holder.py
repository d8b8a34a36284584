"""A process that reads the database for the mirror while it holds the write lock, and says whether another may write.

`python -m tests.core.analytics.holder ADDRESS child|itself`
"""

import io
import subprocess
import sys

from sqlalchemy.engine import make_url

from core.analytics import feed
from core.analytics.child import Child
from core.database import Store, Work
from tests.conftest import ALICE

SECOND_WRITER = """
import sqlite3, sys
try:
    sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None).execute("BEGIN IMMEDIATE")
    print("let in")
except sqlite3.OperationalError as error:
    print(error)
"""


def try_to_write(path: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", SECOND_WRITER, path], check=True, capture_output=True, text=True, timeout=60
    )
    return done.stdout.strip()


def _read_in_a_child(url: str) -> None:
    with Child(make_url(url)) as child:
        child.reached()
        for _, stream in child.streams():
            stream.read_all()
        child.finish()


def _read_itself(url: str) -> None:
    feed.feed(url, io.BytesIO())


def _hold(work: Work, url: str, reader: str) -> None:
    work.record("test.hold")
    path = make_url(url).database or ""
    before = try_to_write(path)
    {"child": _read_in_a_child, "itself": _read_itself}[reader](url)
    sys.stdout.write(f"{before}\n{try_to_write(path)}\n")


if __name__ == "__main__":
    Store.open(sys.argv[1]).write(ALICE, _hold, *sys.argv[1:])
