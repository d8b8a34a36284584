"""Datasette as a peer: the same rows, full-text tables of its own, asked over HTTP on the loopback."""

import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Connection

from bench.data import WORK, Set, say, sqlite_file
from bench.measure import interleaved, timing
from bench.report import Row
from core import conversations
from core.analytics import inbox
from core.analytics.mirror import Mirror
from core.conversations import ConversationFilter

LIMIT_MS = 60_000
_TABLES = """
CREATE TABLE message_text (id INTEGER PRIMARY KEY, contact_id INTEGER, body TEXT);
INSERT INTO message_text SELECT id, contact_id, body FROM message ORDER BY id;
CREATE VIRTUAL TABLE message_text_fts USING fts5 (body, content="message_text", content_rowid="id");
INSERT INTO message_text_fts (message_text_fts) VALUES ('rebuild');
CREATE VIRTUAL TABLE contact_fts
USING fts5 (first_name, last_name, email, phone, content="contact", content_rowid="id");
INSERT INTO contact_fts (contact_fts) VALUES ('rebuild');
"""


def peer(data: Set, mirror: Mirror) -> Iterator[Row]:
    """Its figures, each with how many times longer it takes than ours."""
    with _served(_prepared(data.n)) as get, data.store.read() as reader:
        for what, path, asked, ours in (*_lists(reader, mirror), *_searches(reader)):
            values = {"_size": "50", "_shape": "objects", "_nosuggest": "1", **asked}
            works = {"theirs": lambda path=path, values=values: get(path, values), "ours": ours}
            yield _row(what, interleaved(works))


Question = tuple[str, str, dict[str, str], Callable[[], Any]]
"""What is asked, in words; Datasette's path and parameters; the same of us."""


def _lists(reader: Connection, mirror: Mirror) -> list[Question]:
    everything = ConversationFilter()
    page = {"is_archived": "0", "_sort_desc": "activity_key"}
    uncounted = {**page, "_nocount": "1"}
    path = "/demo/conversation.json"

    def find() -> None:
        conversations.find(reader, everything)

    def find_and_count() -> None:
        find()
        inbox.count(mirror, everything)

    return [
        ("an empty request", "/-/versions.json", {}, lambda: None),
        ("page, filtered and sorted, with its count", path, page, find_and_count),
        ("the same without the count", path, uncounted, find),
        ("facet by stage", path, {**page, "_facet": "stage_id"}, lambda: inbox.facets(mirror, everything)),
    ]


def _searches(reader: Connection) -> list[Question]:
    def find(word: str) -> Callable[[], Any]:
        return lambda: conversations.find(reader, ConversationFilter(search=word))

    by_text = [
        (f"search {word} (its hits are messages)", "/demo/message_text.json", {"_search": word}, find(word))
        for word in ("thanks", "invoice", "zebra")
    ]
    return [*by_text, ("contact maria (whole words only)", "/demo/contact.json", {"_search": "maria"}, find("maria"))]


def _prepared(n: int) -> Path:
    """A copy of the SQLite file with the tables that Datasette's own search needs."""
    path = WORK / f"datasette-{n}" / "demo.db"
    path.parent.mkdir(exist_ok=True)
    source = sqlite_file(n)
    if path.exists() and path.stat().st_mtime > source.stat().st_mtime:
        return path
    say("building Datasette's full-text tables")
    unfinished = path.with_suffix(".part")
    shutil.copy(source, unfinished)
    with closing(sqlite3.connect(unfinished)) as connection:
        connection.executescript(_TABLES)
        connection.execute("ANALYZE")
        connection.commit()
        connection.execute("PRAGMA journal_mode = DELETE")
    return unfinished.rename(path)


@contextmanager
def _served(path: Path) -> Iterator[Callable[..., Any]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = [
        part for name in ("sql_time_limit_ms", "facet_time_limit_ms") for part in ("--setting", name, str(LIMIT_MS))
    ]
    command = [sys.executable, "-m", "datasette", "serve", str(path), "--port", str(port), *settings]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120, trust_env=False) as client:
                _wait(client, process)
                yield lambda path, values: client.get(path, params=values).raise_for_status().json()
        finally:
            process.terminate()


def _wait(client: httpx.Client, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise RuntimeError("Datasette did not start")
        try:
            client.get("/-/versions.json").raise_for_status()
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("Datasette does not answer")


def _row(what: str, taken: dict[str, list[float]]) -> Row:
    ours, theirs = timing(taken["ours"]), timing(taken["theirs"])
    note = f"{theirs.median / ours.median:,.0f} x ours ({ours.median:.2f} ms)" if ours.median > 0.01 else ""
    return Row("Datasette", what, timing(taken["theirs"], note))
