"""The child process that feeds the mirror: no lock is lost, no secret shown, no half load believed."""

import io
import re
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest
from sqlalchemy.engine import make_url

from core.access import Actor
from core.analytics import past, rows
from core.analytics.child import Child
from core.database import Store
from core.errors import Unavailable
from tests.conftest import Clock
from tests.core.conversations import world

ROOT = Path(__file__).resolve().parents[3]
REFUSED = "database is locked"


def _second_writer(url: str, reader: str) -> list[str]:
    """What another process gets that wants to write, before and after the holder of the write lock has fed a mirror."""
    command = [sys.executable, "-m", "tests.core.analytics.holder", url, reader]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT, timeout=120)
    return done.stdout.splitlines()


def test_feeding_lets_no_second_writer_past_an_open_write_transaction(sqlite_url: str) -> None:
    assert _second_writer(sqlite_url, "child") == [REFUSED, REFUSED]


def test_without_the_child_process_a_second_writer_would_get_in(sqlite_url: str) -> None:
    """Why there is a child at all; when this fails, ADBC shares the locks by now and the child may go."""
    assert _second_writer(sqlite_url, "itself") == [REFUSED, "let in"]


def test_the_child_sends_every_row_as_it_stands(store: Store, alice: Actor, fixed_clock: Clock) -> None:
    ids = store.write(alice, world.fill, 300, 1)
    with Child(store.engine.url) as child:
        reached = child.reached()
        sent = {name: stream.read_all() for name, stream in child.streams()}
        child.finish()
    with store.read() as reader:
        assert reached.revision == store.revision(reader)
        expected = rows.of_contacts(reader, ids, set(ids))
        named = past.names(reader)
    told = {name: [tuple(row) for row in expected.rows[name]] for name in ("raw_tag", "raw_conversation")}
    told |= {
        name: list(zip(*table.to_pydict().values(), strict=True)) for name, table in {**expected.past, **named}.items()
    }
    assert sent.keys() == told.keys()
    for name, found in told.items():
        assert sorted(map(repr, zip(*sent[name].to_pydict().values(), strict=True))) == sorted(map(repr, found)), name


def test_an_empty_database_is_sent_as_well(store: Store) -> None:
    with Child(store.engine.url) as child:
        child.reached()
        sent = {name: stream.read_all() for name, stream in child.streams()}
        assert sent.pop("label")["kind"].to_pylist() == ["owner"] * 3
        assert [table.num_rows for table in sent.values()] == [0] * (len(rows.STREAMS) - 1)
        child.finish()


def test_the_address_is_no_argument_of_the_child(sqlite_url: str) -> None:
    with Child(make_url(sqlite_url)) as child:
        arguments = Path(f"/proc/{child._process.pid}/cmdline")
        shown = arguments.read_bytes() if arguments.exists() else repr(child._process.args).encode()
    assert b"talkdeck.db" not in shown


def test_a_child_that_is_killed_half_way_is_noticed(sqlite_url: str) -> None:
    with Child(make_url(sqlite_url)) as child:
        child.reached()
        child.kill()
        with pytest.raises((Unavailable, pa.ArrowException)):  # noqa: PT012 - wherever it is noticed first
            for _, stream in child.streams():
                stream.read_all()
            child.finish()


def test_an_end_between_two_batches_is_not_believed(sqlite_url: str) -> None:
    """Arrow takes such an end for a whole stream; the child's exit tells the difference."""
    batch = pa.record_batch({"id": [1]})
    output = io.BytesIO()
    pa.ipc.new_stream(output, batch.schema).write_batch(batch)
    assert pa.ipc.open_stream(output.getvalue()).read_all().num_rows == 1
    with Child(make_url(sqlite_url)) as child:
        child.kill()
        with pytest.raises(Unavailable):
            child.finish()


def test_a_database_that_is_not_there_is_said(tmp_path: Path) -> None:
    with Child(make_url(f"sqlite:///{tmp_path / 'none.db'}")) as child, pytest.raises(Unavailable, match="ended early"):
        child.reached()


def test_the_feed_cannot_write(store: Store) -> None:
    url = store.engine.url.render_as_string(hide_password=False)
    program = f"from core.database import bulk\nbulk.connect({url!r}).cursor().execute('DELETE FROM event_state')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=False)
    assert re.search("readonly database|read-only transaction", done.stderr)
