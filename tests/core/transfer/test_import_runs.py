"""Imports that die, wait, are started twice or lose their file: nothing doubled, nothing lost."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import update

from core import jobs, undo
from core.database.tables import contact, event_state
from core.errors import Conflict, Invalid
from core.transfer import copies, imports, ledger, run
from core.transfer.outlook import Counts
from core.worker import Worker
from tests.conftest import Clock
from tests.core.transfer.world import Office

ROOT = Path(__file__).resolve().parents[3]
HEADER = "first_name,phone,email,tags,notes\n"


def people(n: int) -> str:
    """`n` contacts; every tenth is refused, every seventh repeats an earlier phone with more in it."""
    lines, repeated = [HEADER], []
    for i in range(n):
        number = f"734{555 + i // 10_000}{i % 10_000:04}" if i % 10 else "bad"
        lines.append(f"P{i},{number},p{i}@example.com,t{i % 5},note {i}\n")
        if i % 7 == 3 and i % 10:
            repeated.append(f"Q{i},{number},,u{i % 3},\n")
    return "".join([*lines, *repeated])


def status(office: Office, event_id: int) -> imports.Status:
    with office.store.read() as reader:
        return imports.status(reader, event_id)


@pytest.mark.usefixtures("small_chunks")
def test_an_import_that_stops_anywhere_goes_on_and_ends_as_if_it_had_not(office: Office, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(people(40))
    whole = office.take(file)
    values = contact.c.phone, contact.c.first_name, contact.c.email
    expected, people_expected = office.dump(), office.rows(*values)
    office.undo(whole[0])
    event_id = office.begin(file)

    class Stopped(Exception):
        pass

    def stop(_done: int, _total: int, counts: Counts) -> None:
        if counts.rows in (3, 9, 21, 42):
            raise Stopped

    for _ in range(4):
        with pytest.raises(Stopped):
            run.carry_out(office.store, office.actor, event_id, office.settings, run.Pace(0.5, 0.0, stop))
    assert status(office, event_id).counts.rows == 42
    assert office.begin(file) == event_id
    assert office.carry_out(event_id) == whole[1]
    assert office.rows(*values) == people_expected
    assert without_ids(office.dump()) == without_ids(expected)
    assert status(office, event_id).state == "done_with_errors"


def without_ids(dump: dict[str, list[str]]) -> dict[str, int]:
    return {name: len(rows) for name, rows in dump.items()}


def test_one_process_at_a_time_has_an_import(
    office: Office, monkeypatch: pytest.MonkeyPatch, fixed_clock: Clock
) -> None:
    event_id = office.begin(people(5))
    office.store.write(office.actor, ledger.hold, event_id, "elsewhere/1")
    with pytest.raises(Conflict, match="Another process"):
        office.carry_out(event_id)
    assert status(office, event_id).counts.rows == 0
    fixed_clock.advance(jobs.LEASE_SECONDS)
    assert office.carry_out(event_id).rows == 6
    with pytest.raises(Conflict, match="done"):
        office.carry_out(event_id)


def test_an_import_that_lost_its_lease_writes_nothing_more(office: Office) -> None:
    event_id = office.begin(people(5))

    def lose_it(_done: int, _total: int, _counts: Counts) -> None:
        taken = update(event_state).where(event_state.c.event_id == event_id)
        values = {"lease_by": "elsewhere/1", "lease_until": 2**40}
        office.store.write(office.actor, lambda work: work.conn.execute(taken.values(values)))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "FIRST_CHUNK", 2)
        with pytest.raises(Conflict, match="Another process"):
            run.carry_out(office.store, office.actor, event_id, office.settings, run.Pace(0.5, 0.0, lose_it))
    assert status(office, event_id).counts.rows == 2


def test_a_dead_process_of_this_machine_is_not_waited_for(office: Office) -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    event_id = office.begin(people(5))
    dead = jobs.me().rpartition("/")[0] + f"/{child.pid}"
    office.store.write(office.actor, ledger.hold, event_id, dead)
    assert office.carry_out(event_id).rows == 6


def test_a_double_click_starts_one_import(office: Office) -> None:
    text = people(5)
    found = []
    for _ in range(2):
        with office.open(text) as source:
            found.append(imports.start(office.store, office.actor, source, "click-1"))
    office.carry_out(found[0])
    with office.open(text) as source:
        found.append(imports.start(office.store, office.actor, source, "click-1"))
    assert len(set(found)) == 1
    with office.open(text) as source:
        assert imports.start(office.store, office.actor, source, "click-2") not in found


def test_a_file_that_changed_or_went_ends_the_import_with_a_sentence(office: Office, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(people(5))
    event_id = office.begin(file)
    file.write_text(people(6))
    with pytest.raises(Invalid, match="not the file any more"):
        office.carry_out(event_id)
    assert status(office, event_id).state == "failed"
    assert "not the file any more" in status(office, event_id).message
    other = tmp_path / "other.csv"
    other.write_text(people(5))
    assert office.begin(other) == event_id
    assert office.carry_out(event_id).rows == 6


def copies_of(office: Office) -> list[Path]:
    return list((Path(office.settings.data_dir) / "imports").iterdir())


def test_an_upload_is_kept_until_its_import_has_ended(office: Office) -> None:
    event_id = office.begin(people(5))
    assert len(copies_of(office)) == 1
    office.carry_out(event_id)
    assert copies_of(office) == []


def test_a_cancelled_import_keeps_no_upload(office: Office) -> None:
    event_id = office.begin(people(5))
    imports.cancel(office.store, office.actor, event_id)
    assert copies_of(office) == []


def test_an_import_that_failed_keeps_its_upload_to_go_on_with_until_it_is_undone(office: Office) -> None:
    event_id = office.begin(people(5))
    office.store.write(office.actor, ledger.stop, event_id, "failed", "Broken off.")
    other = office.begin(people(5), date_order="dmy")  # the same file under other choices
    imports.cancel(office.store, office.actor, other)
    assert len(copies_of(office)) == 1
    office.undo(event_id)
    assert copies_of(office) == []


def test_what_died_processes_left_goes_with_the_next_upload_and_nothing_else_does(
    office: Office, tmp_path: Path, fixed_clock: Clock
) -> None:
    own, strange = tmp_path / "imports" / "people.csv", Path(office.settings.data_dir) / "imports" / "notes.txt"
    waiting, event_id = office.begin(people(6)), office.begin(people(5))
    left = strange.with_name("0" * 64 + ".77")
    for path in (own, strange, left):
        path.parent.mkdir(exist_ok=True)
        path.write_text(people(7))
    for path in copies_of(office):
        os.utime(path, (0, fixed_clock.now - copies.KEPT_SECONDS - 1))
    office.take(own)
    assert own.exists()
    assert left.exists()
    office.carry_out(event_id)
    assert len(copies_of(office)) == 2
    assert strange.exists()
    assert not left.exists()
    assert office.carry_out(waiting).rows == 7


def test_a_file_opens_again_as_it_was_chosen(office: Office) -> None:
    text = "Mobile,born,Name\n7345550100,02/10/1990,Zoë Ä\n".encode("cp1252")
    choices = {"mapping": {"Mobile": "phone", "born": "date_of_birth", "Name": "name"}, "encoding": "windows-1252"}
    event_id = office.begin(text, date_order="dmy", time_zone="Europe/Berlin", **choices)
    assert office.carry_out(event_id) == Counts(inserted=1)
    columns = contact.c.first_name, contact.c.last_name, contact.c.date_of_birth
    assert office.rows(*columns) == [("Zoë", "Ä", "1990-10-02")]


def test_a_runner_carries_imports_out_and_takes_them_back(office: Office) -> None:
    runner = Worker.start(office.store, office.settings)
    try:
        first, second = office.begin(people(50)), office.begin(people(60))
        runner.wake()
        wait_for(office, second, "done_with_errors")
        assert status(office, first).state == "done_with_errors"
        undo.start(office.store, office.actor, second)
        runner.wake()
        wait_for(office, second, "undone")
    finally:
        runner.stop()


def wait_for(office: Office, event_id: int, state: str) -> None:
    for _ in range(600):
        if status(office, event_id).state == state:
            return
        time.sleep(0.05)
    raise AssertionError(status(office, event_id))


def test_imports_are_listed_newest_first(office: Office) -> None:
    office.take(people(5))
    office.take("title,body\nHello,Hi\n", "templates")
    with office.store.read() as reader:
        frame = imports.recent(reader)
    assert list(frame["kind"]) == ["templates", "contacts"]
    assert list(frame["rows"]) == [1, 6]
    assert set(frame["by"]) == {"Alice"}


def test_a_dry_run_writes_nothing_and_shows_the_first_rows_as_stored(office: Office) -> None:
    before = office.dump()
    with office.open("first_name,phone\nAva,(734) 555-0100\nBea,bad\nCy,7345550102\n") as source:
        found = imports.preview(office.store, source, limit=1)
    assert found.counts == Counts(inserted=2, rejected=1)
    assert list(found.rows["phone"]) == ["+17345550100"]
    assert found.problems[["line", "reason"]].to_dict("records") == [
        {"line": 3, "reason": "letters, not a phone number"}
    ]
    assert office.dump() == before
