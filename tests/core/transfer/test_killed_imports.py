"""kill -9 in the middle of imports: nothing doubled, nothing lost, and what follows from the rows is right."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from core.access import Actor
from core.database import Store
from core.database.tables import contact, conversation, deal, import_run, message, stage_event
from core.transfer import imports, ledger
from tests.core.transfer.test_import_runs import people
from tests.core.transfer.world import Office

ROOT = Path(__file__).resolve().parents[3]
HOLDS = {"contacts": contact, "messages": message, "deals": deal}


def messages(n: int) -> str:
    """`n` messages of some contacts, every tenth refused."""
    lines = ["phone,direction,body,sent_at,external_id\n"]
    for i in range(n):
        way, at = ("in", "out")[i % 2], f"2020-05-{1 + i // 1440 % 28:02}T{i // 60 % 24:02}:{i % 60:02}:00Z"
        lines.append(f"734555{i * 7 % 1000:04},{way},about thing {i},{at if i % 10 else 'never'},m-{i}\n")
    return "".join(lines)


def deals(n: int) -> str:
    """`n` deals of some contacts, every tenth refused."""
    lines = ["phone,pipeline,stage,quoted_amount,entered_at,external_id\n"]
    for i in range(n):
        phone = f"734555{i * 7 % 1000:04}" if i % 10 else "bad"
        lines.append(f"{phone},Sales,Stage {i % 4},{i}.50,2020-05-{1 + i % 28:02}T12:00:00Z,d-{i}\n")
    return "".join(lines)


MADE = {"contacts": people, "messages": messages, "deals": deals}


@pytest.mark.parametrize("kind", list(MADE))
def test_killed_imports_go_on_without_loss_or_double(
    database_url: str, alice: Actor, tmp_path: Path, is_full: bool, kind: str
) -> None:
    file = tmp_path / f"{kind}.csv"
    file.write_text(MADE[kind](30_000 if is_full else 3_000))
    store = Store.open(database_url)
    office = Office(store, alice, tmp_path)
    if kind == "deals":  # of known contacts
        office.take(messages(1_000), "messages")
    command = [sys.executable, "-m", "core", "import", kind, str(file), "--json"]
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("TALKDECK_")},
        "TALKDECK_DATABASE_URL": database_url,
        "TALKDECK_DATA_DIR": str(tmp_path / "data"),
    }
    kill_often(store, command, environment, 20 if is_full else 1)
    last = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True, text=True)
    with office.open(file, kind) as source:
        assert imports.preview(store, source).counts.inserted == 0
    with store.read() as reader:
        runs = [found for found in ledger.latest(reader, 50) if found.kind == kind]
        held = reader.execute(select(func.count()).select_from(HOLDS[kind])).scalar_one()
    assert f'"event_id": {runs[0].event_id}' in last.stdout
    _, counts = office.take(file, kind)
    assert (counts.inserted, counts.updated) == (0, 0)
    assert counts.rejected == file.read_text().count("\n") // 10 or kind == "contacts"
    inserted = sum(found.counts.inserted for found in runs)
    assert inserted == held == counts.unchanged - sum(line.startswith("Q") for line in file.read_text().splitlines())
    what_follows_is_right(store)
    store.close()


def kill_often(store: Store, command: list[str], environment: dict[str, str], times: int) -> None:
    """Start the import and kill it a moment after it has written something, again and again."""
    drawn = random.Random(5)
    for _ in range(times):
        child = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        before = written(store)
        while child.poll() is None and written(store) == before:
            time.sleep(0.02)
        time.sleep(drawn.uniform(0, 0.3))
        child.send_signal(signal.SIGKILL)
        child.wait()


def written(store: Store) -> list[int]:
    """How far the imports are."""
    with store.read() as reader:
        return list(reader.execute(select(import_run.c.records_done)).scalars())


def what_follows_is_right(store: Store) -> None:
    """The wide rows count what is there, and every deal has one entry of its stage."""
    with store.read() as reader:
        for table, counted in ((message, conversation.c.message_count), (deal, conversation.c.deal_count)):
            held = select(table.c.contact_id, func.count().label("n")).group_by(table.c.contact_id).subquery()
            wrong = select(conversation.c.id).outerjoin(held, held.c.contact_id == conversation.c.id)
            assert reader.execute(wrong.where(counted != func.coalesce(held.c.n, 0))).first() is None
        entries = reader.execute(select(func.count()).select_from(stage_event)).scalar_one()
        assert entries == reader.execute(select(func.count()).select_from(deal)).scalar_one()
