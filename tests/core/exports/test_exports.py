"""Exports are the list: its rows, its order, its columns, what the actor may see, written down as an event."""

import hashlib
import io
import json
import random
import socket
import threading
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from core import clock, conversations, custom, exports, history, jobs
from core.access import Actor, Right
from core.conversations import ConversationFilter, Slice, Sort
from core.database import Store
from core.database.tables import event_state
from core.errors import Conflict, Invalid, NotAllowed, NotFound
from core.exports import Watch, Wish, rows, run, sorting
from core.exports.spool import Spool
from core.settings import Settings
from core.worker import Worker
from tests.conftest import ALICE, BOB, Clock
from tests.core.conversations import oracle, own, wishes, world
from tests.core.exports import reading

NOBODY = Actor(1, "Nobody", frozenset())


@pytest.fixture(scope="module")
def shared_world(shared_store: Store) -> Store:
    world.fill_at_noon(shared_store, 300, 1)
    shared_store.write(ALICE, own.fill, 1)
    return shared_store


@pytest.fixture
def filled(shared_world: Store, fixed_clock: Clock) -> Store:
    """Three hundred conversations, which these tests only export."""
    return shared_world


def exported(store: Store, wish: Wish, actor: Actor = ALICE) -> tuple[exports.Done, bytes]:
    sink = io.BytesIO()
    done = exports.export(store, actor, wish, sink)
    return done, sink.getvalue()


def test_any_filter_in_any_order_gives_the_rows_of_the_list(
    filled: Store, is_full: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sorting, "SORTED_ROWS", 7)
    rng = random.Random(7)
    with filled.read() as reader:
        known, choices = oracle.everything(reader), conversations.choices(reader)
        for _ in range(1000 if is_full else 25):
            wanted, order = wishes.wish(rng, known, choices), wishes.order(rng)
            if rng.random() < 0.3:
                order = Sort(custom.key(rng.choice(choices.fields).id), rng.random() < 0.5)
            found = conversations.find(reader, wanted, order, Slice(1_000), budget=None).rows
            monkeypatch.setattr(rows, "MANY", rng.choice((0, 10, 10_000)))  # small lists take the road of large ones
            _, data = exported(filled, Wish(wanted, order, ("id",)))
            assert [int(row[0]) for row in reading.of_csv(data)[1:]] == list(found["id"]), (wanted, order)


def test_the_cells_are_those_of_the_list(filled: Store) -> None:
    wish = Wish(ConversationFilter(include_archived=True), columns=("id", *exports.DEFAULT), zone="America/New_York")
    _, data = exported(filled, wish)
    header, *rows = reading.of_csv(data)
    assert header == ["id", *exports.DEFAULT, "talkdeck_format"]
    with filled.read() as reader:
        found = conversations.find(reader, wish.wanted, wish.sort, Slice(1_000)).rows.to_dict("records")
    assert [int(row[0]) for row in rows] == [one["id"] for one in found]
    for row, one in zip(rows, found, strict=True):
        told = dict(zip(header, row, strict=True))
        assert told["phone"] == one["phone"]
        assert told["amount"] == ("" if one["amount_cents"] is None else f"{one['amount_cents'] / 100:.2f}")
        assert (told["stage"], told["owner"], told["source"]) == (one["stage"], one["owner"], one["source"])
        assert sorted(filter(None, told["tags"].split(";"))) == sorted(name for name, _, _ in one["tags"])
        assert told["last_message"].removeprefix("'") == one["snippet"].removeprefix("'")
        assert (told["hot"], told["archived"]) == tuple(str(bool(one[k])).lower() for k in ("is_hot", "is_archived"))


def test_fields_of_ones_own_are_columns(filled: Store) -> None:
    with filled.read() as reader:
        fields = [field for field in custom.find(reader) if field.name != "empty"]
        ids = list(conversations.find(reader, ConversationFilter(), slice_=Slice(1_000)).rows["id"])
        held = custom.values_of(reader, ids, [custom.key(field.id) for field in fields])
    keys = tuple(custom.key(field.id) for field in fields)
    _, data = exported(filled, Wish(columns=("id", *keys)))
    header, *rows = reading.of_csv(data)
    assert header[1:-1] == [field.name for field in fields]
    for row in rows:
        expected = [held.get(int(row[0]), {}).get(key, "") for key in keys]
        assert [cell.removeprefix("'") for cell in row[1:-1]] == expected


def test_three_formats_say_the_same(filled: Store) -> None:
    with filled.read() as reader:
        keys = tuple(exports.offered(conversations.choices(reader).fields))
    files = {name: exported(filled, Wish(columns=keys, format=name, zone="Europe/Berlin")) for name in exports.FORMATS}
    assert len({done.about["sha256_of_rows"] for done, _ in files.values()}) == 1
    names, typed = reading.of_parquet(files["parquet"][1])
    sheets = reading.of_xlsx(files["xlsx"][1])
    assert list(sheets) == ["About", "Conversations"]
    head, *cells = sheets["Conversations"]
    assert head == names
    times = [n for n, name in enumerate(names) if name.endswith("_at")]
    for row, cell in zip(typed, cells, strict=True):
        plain = [reading.clock(value) if n in times else value for n, value in enumerate(row)]
        assert [None if value == "" else value for value in plain] == cell
    assert dict(sheets["About"])["sha256_of_rows"] == files["csv"][0].about["sha256_of_rows"]


def test_the_side_file_says_what_the_file_is(filled: Store) -> None:
    wanted = ConversationFilter(tab="hot", tags=(1,), tags_mode="none")
    done, data = exported(filled, Wish(wanted, zone="America/New_York"))
    assert done.about["filter"] == "hot leads, tags = none of hot lead"
    assert done.about["time"] == "2026-01-02T07:00:00-05:00"
    assert (done.about["user"], done.about["zone"], done.about["order"]) == (
        "Alice", "America/New_York", "by activity, downwards",
    )  # fmt: skip
    body = data[data.index(b"\n") + 1 :]
    assert done.about["sha256_of_rows"] == hashlib.sha256(body).hexdigest()
    with filled.read() as reader:
        assert done.rows == len(reading.of_csv(data)) - 1 == conversations.count(reader, wanted).n
        assert exports.about(reader, ALICE, done.event_id) == done.about
        entry = history.get(reader, ALICE, done.event_id)
        assert entry.words == f"Alice exported {done.rows} conversations as CSV: {done.about['filter']}"
        assert (entry.state, entry.counts()) == ("done", f"{done.rows} exported")
        with pytest.raises(NotFound):
            exports.about(reader, BOB, done.event_id)


def test_without_the_right_phones_and_addresses_never_leave(filled: Store, vera: Actor) -> None:
    with filled.read() as reader:
        known = oracle.everything(reader)
        keys = tuple(exports.offered(conversations.choices(reader).fields))
    for name in exports.FORMATS:
        done, data = exported(filled, Wish(ConversationFilter(include_archived=True), columns=keys, format=name), vera)
        assert done.about["masked"] == run.MASKED
        if name == "csv":
            header, *rows = reading.of_csv(data)
        elif name == "xlsx":
            header, *rows = reading.of_xlsx(data)["Conversations"]
        else:
            header, rows = reading.of_parquet(data)
        assert not {"notes", "last_message", "date_of_birth"} & set(header)
        cells = {str(cell) for row in rows for cell in row}
        assert not cells & {one.phone for one in known}
        assert not any("@" in cell and not cell.startswith("•••@") for cell in cells)
        assert any(cell.startswith("••• ••• ") for cell in cells)


def test_who_may_not_export_is_refused_and_nothing_is_written(filled: Store) -> None:
    sink = io.BytesIO()
    with pytest.raises(NotAllowed):
        exports.export(filled, NOBODY, Wish(), sink)
    assert sink.getvalue() == b""
    assert Right.EXPORT_FULL not in BOB.rights


@pytest.mark.parametrize("columns", [(), ("phone", "phone"), ("phone", "shoe size")])
def test_columns_that_cannot_be_are_said(filled: Store, columns: tuple[str, ...]) -> None:
    with pytest.raises(Invalid, match="Columns are phone, "):
        exported(filled, Wish(columns=columns))


def test_a_cancelled_export_ends_and_says_so(filled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "PACE_SECONDS", -1.0)
    events = []

    def begun(event_id: int, _rows: int) -> None:
        events.append(event_id)
        jobs.cancel(filled, ALICE, event_id)

    with pytest.raises(Conflict, match="cancelled"):
        exports.export(filled, ALICE, Wish(), io.BytesIO(), Watch(begun))
    with filled.read() as reader:
        assert jobs.status(reader, events[0]).state == "cancelled"


def test_who_reads_no_further_ends_the_export(filled: Store) -> None:
    class Broken(io.BytesIO):
        def write(self, data: object) -> int:
            raise BrokenPipeError

    events: list[int] = []
    with pytest.raises(BrokenPipeError):
        exports.export(filled, ALICE, Wish(), Broken(), Watch(lambda event_id, _rows: events.append(event_id)))
    with filled.read() as reader:
        status = jobs.status(reader, events[0])
    assert (status.state, status.message) == ("cancelled", run.GONE)


def test_rows_are_those_of_one_moment(filled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is changed while an export runs is not in it."""
    wanted = ConversationFilter(tab="hot")
    with filled.read() as reader:
        before = conversations.count(reader, wanted).n

    def begun(_event_id: int, _rows: int) -> None:
        filled.write(ALICE, lambda work: work.conn.exec_driver_sql("UPDATE conversation SET is_hot = 1 - is_hot"))

    sink = io.BytesIO()
    done = exports.export(filled, ALICE, Wish(wanted, columns=("id", "hot")), sink, Watch(begun))
    begun(0, 0)  # as it was
    assert done.rows == before
    assert {row[1] for row in reading.of_csv(sink.getvalue())[1:]} == {"true"}


def test_a_wish_survives_as_text(filled: Store) -> None:
    wanted = ConversationFilter(search="a", tags=(1, 2), custom=("1:from:2",), active_from=5)
    wish = Wish(wanted, Sort("name", False), ("phone",), "xlsx", "UTC")
    assert exports.read(wish.text()) == wish
    assert json.loads(wish.text())[0] == {"search": "a", "tags": [1, 2], "active_from": 5, "custom": ["1:from:2"]}
    assert exports.read(replace(wish, wanted=ConversationFilter()).text()).wanted == ConversationFilter()


def test_a_slow_reader_gets_the_whole_file(filled: Store, tmp_path: Path) -> None:
    wish = Wish(ConversationFilter(include_archived=True))
    spool = Spool(tmp_path / "exports")
    spool.start(filled, ALICE, wish)
    assert b"".join(spool.pieces()) == exported(filled, wish)[1]
    assert list((tmp_path / "exports").iterdir()) == []


def test_who_stops_reading_has_cancelled(filled: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    may_go_on = threading.Event()
    monkeypatch.setattr(run, "PACE_SECONDS", -1.0)
    reached = run._advance

    def slow(*args: Any) -> None:
        may_go_on.wait(20)
        reached(*args)

    monkeypatch.setattr(run, "_advance", slow)
    spool = Spool(tmp_path)
    event_id = spool.start(filled, ALICE, Wish(format="xlsx"))
    spool.pieces().close()
    pieces = spool.pieces()
    with suppress(StopIteration):
        next(pieces)
    pieces.close()
    may_go_on.set()
    spool.join()
    with filled.read() as reader:
        assert jobs.status(reader, event_id).state == "cancelled"


def test_an_export_whose_process_died_is_not_taken_up(store: Store) -> None:
    begun = store.write(ALICE, run._begin, Wish(), "", 5)
    dead = {"lease_by": f"{socket.gethostname()}/999999999", "lease_until": clock.now() + 1_000}
    store.write(ALICE, lambda work: work.conn.execute(update(event_state).values(dead)))
    Worker(store, Settings()).run(until_done=True)
    with store.read() as reader:
        status = jobs.status(reader, begun)
    assert (status.state, status.message) == ("failed", run.LOST)
