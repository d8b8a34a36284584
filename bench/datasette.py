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
    path = _prepared(data.n)
    with _served(path) as get, data.store.read() as reader:
        page = {"is_archived": "0", "_sort_desc": "activity_key", "_size": "50", "_shape": "objects"}
        everything = ConversationFilter()

        def with_count() -> None:
            conversations.find(reader, everything)
            inbox.count(mirror, everything)

        yield _row("an empty request", {"theirs": lambda: get("/-/versions.json"), "ours": lambda: None})
        yield _row(
            "page, filtered and sorted, with its count",
            {"theirs": lambda: get("/demo/conversation.json", **page), "ours": with_count},
        )
        plain = {**page, "_nocount": "1"}
        yield _row(
            "the same without the count",
            {
                "theirs": lambda: get("/demo/conversation.json", **plain),
                "ours": lambda: conversations.find(reader, everything),
            },
        )
        facet = {**page, "_facet": "stage_id"}
        yield _row(
            "facet by stage",
            {
                "theirs": lambda: get("/demo/conversation.json", **facet),
                "ours": lambda: inbox.facets(mirror, everything),
            },
        )
        for word in ("thanks", "invoice", "zebra"):
            asked = {"_search": word, "_size": "50", "_shape": "objects"}
            works = {
                "theirs": lambda asked=asked: get("/demo/message_text.json", **asked),
                "ours": lambda word=word: conversations.find(reader, ConversationFilter(search=word)),
            }
            yield _row(f"search {word} (its hits are messages)", works)
        asked = {"_search": "maria", "_size": "50", "_shape": "objects"}
        yield _row(
            "contact maria (whole words only)",
            {
                "theirs": lambda: get("/demo/contact.json", **asked),
                "ours": lambda: conversations.find(reader, ConversationFilter(search="maria")),
            },
        )


def _prepared(n: int) -> Path:
    """A copy of the SQLite file with the tables that Datasette's own search needs."""
    path = WORK / f"datasette-{n}.db"
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
    alias = path.with_name("demo.db")
    alias.unlink(missing_ok=True)
    alias.symlink_to(path.name)
    command[4] = str(alias)
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120, trust_env=False) as client:
                _wait(client, process)
                yield lambda path, **values: client.get(path, params=values).raise_for_status().json()
        finally:
            process.terminate()
            alias.unlink()


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


def _row(what: str, works: dict[str, Callable[[], Any]]) -> Row:
    taken = interleaved(works, 15)
    ours, theirs = timing(taken["ours"]), timing(taken["theirs"])
    note = f"{theirs.median / ours.median:,.0f} x ours ({ours.median:.2f} ms)" if ours.median > 0.01 else ""
    return Row("Datasette", what, timing(taken["theirs"], note))
