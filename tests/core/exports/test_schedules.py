"""Files that are written by themselves: at their times, once, by the rights of whoever wanted them."""

import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, func, select

from core import conversations, undo
from core.access import Actor, Right
from core.analytics import measures
from core.conversations import ConversationFilter
from core.database import Store
from core.database.tables import deal, user_role
from core.errors import Invalid, NotAllowed, NotFound
from core.exports import Wish, schedules
from core.exports.report import MEASURES, Report
from core.exports.schedules import Times
from core.settings import Settings
from core.worker import Worker
from tests.conftest import ALICE, BOB, NOON, Clock
from tests.core.conversations import world
from tests.core.exports import reading
from tests.core.exports.test_exports import NOBODY

NEW_YORK = "America/New_York"
DAY = 86_400
BOB_WITHOUT_FIGURES = Actor(BOB.id, BOB.name, frozenset({Right.EXPORT_MASKED}))


@pytest.fixture
def filled(store: Store, fixed_clock: Clock) -> Store:
    store.write(ALICE, world.fill, 60, 7)
    return store


def only(store: Store) -> schedules.Schedule:
    with store.read() as reader:
        (found,) = schedules.find(reader, ALICE)
    return found


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(NEW_YORK)).timestamp())


@pytest.mark.parametrize(
    ("times", "now", "expected"),
    [
        (Times(minute=6 * 60), "2026-01-02 05:59:59", "2026-01-02 06:00"),
        (Times(minute=6 * 60), "2026-01-02 06:00", "2026-01-03 06:00"),
        (Times("week", 6 * 60, 0), "2026-01-02 12:00", "2026-01-05 06:00"),
        (Times("week", 6 * 60, 0), "2026-01-05 06:00", "2026-01-12 06:00"),
        (Times(minute=6 * 60), "2026-03-07 12:00", "2026-03-08 06:00"),  # clocks go forward in between
        (Times(minute=90), "2026-10-31 12:00", "2026-11-01 01:30"),  # twice that night: the first counts
    ],
)
def test_the_next_time_is_by_the_clocks_of_the_place(times: Times, now: str, expected: str) -> None:
    assert times.next(at(now), NEW_YORK) == at(expected)


def test_a_worker_writes_the_file_when_its_time_has_come_and_once(
    filled: Store, fixed_clock: Clock, tmp_path: Path
) -> None:
    wish = Wish(ConversationFilter(include_archived=True), zone=NEW_YORK)
    filled.write(ALICE, schedules.add, "Every lead", wish, Times(minute=6 * 60))
    worker = Worker(filled, Settings(data_dir=str(tmp_path)))
    worker.run(until_done=True)
    assert not (tmp_path / "exports").exists()
    fixed_clock.advance(DAY)
    for _ in range(2):
        worker.run(until_done=True)
    path = schedules.folder(only(filled), tmp_path) / "2026-01-03.csv"
    about = json.loads(path.with_name(path.name + ".about.json").read_text())
    assert len(reading.of_csv(path.read_bytes())) - 1 == about["rows"] == 60
    assert [each.name for each in path.parent.iterdir() if not each.name.endswith(".json")] == [path.name]
    assert only(filled).message == "60 conversations in 1 file"
    assert (only(filled).last_at, only(filled).next_at) == (NOON + DAY, at("2026-01-04 06:00"))
    fixed_clock.advance(5 * DAY)  # what was missed is not made up for
    worker.run(until_done=True)
    assert len([each for each in path.parent.iterdir() if each.suffix == ".csv"]) == 2


def test_each_owner_gets_a_file(filled: Store, fixed_clock: Clock, tmp_path: Path) -> None:
    wish = Wish(ConversationFilter(include_archived=True), columns=("id", "owner"), format="parquet")
    filled.write(ALICE, schedules.add, "Owners", wish, Times(), is_per_owner=True)
    fixed_clock.advance(DAY)
    Worker(filled, Settings(data_dir=str(tmp_path))).run(until_done=True)
    files = sorted(schedules.folder(only(filled), tmp_path).glob("*.parquet"))
    listed = [reading.of_parquet(file.read_bytes())[1] for file in files]
    assert len(files) > 1
    assert all(len({owner for _, owner in rows}) == 1 for rows in listed)
    assert sum(map(len, listed)) == 60


def test_who_has_lost_the_right_gets_nothing(filled: Store, fixed_clock: Clock, tmp_path: Path) -> None:
    filled.write(ALICE, schedules.add, "Mine", Wish(), Times())
    filled.write(ALICE, lambda work: work.conn.execute(delete(user_role).where(user_role.c.user_id == ALICE.id)))
    fixed_clock.advance(DAY)
    Worker(filled, Settings(data_dir=str(tmp_path))).run(until_done=True)
    assert only(filled).message.startswith("Not written: Alice may not export.")
    assert not list(tmp_path.rglob("*.csv"))


def test_it_can_be_ended_and_undone(filled: Store, fixed_clock: Clock, tmp_path: Path) -> None:
    id_ = filled.write(ALICE, schedules.add, "Mine", Wish(), Times())
    with pytest.raises(NotFound):
        filled.write(BOB, schedules.retire, id_)
    ended = filled.write(ALICE, schedules.retire, id_)
    with filled.read() as reader:
        assert schedules.find(reader, ALICE) == []
        fixed_clock.advance(DAY)
        assert schedules.due(reader) == []
    undo.start(filled, ALICE, ended)
    assert only(filled).name == "Mine"


def test_what_cannot_be_scheduled_is_said(filled: Store) -> None:
    with pytest.raises(Invalid, match="a name"):
        filled.write(ALICE, schedules.add, " ", Wish(), Times())
    with pytest.raises(Invalid, match="a time of the day"):
        filled.write(ALICE, schedules.add, "x", Wish(), Times(minute=1440))
    with pytest.raises(NotAllowed):
        filled.write(NOBODY, schedules.add, "x", Wish(), Times())
    with filled.read() as reader:
        assert conversations.count(reader, ConversationFilter()).n


def test_a_failure_is_told_where_the_schedule_is(filled: Store, fixed_clock: Clock, tmp_path: Path) -> None:
    filled.write(ALICE, schedules.add, "Mine", Wish(), Times())
    fixed_clock.advance(DAY)
    into = schedules.folder(only(filled), tmp_path)
    into.mkdir(parents=True)
    (into / "2026-01-03.csv").write_text("somebody's own")
    Worker(filled, Settings(data_dir=str(tmp_path))).run(until_done=True)
    assert "is there already" in only(filled).message
    assert (into / "2026-01-03.csv").read_text() == "somebody's own"


def test_the_pipeline_is_reported_as_its_measures_say(filled: Store, fixed_clock: Clock, tmp_path: Path) -> None:
    filled.write(ALICE, schedules.add, "Monday's pipeline", Report(30, NEW_YORK, by_owner=True), Times("week"))
    fixed_clock.advance(3 * DAY)
    Worker(filled, Settings(data_dir=str(tmp_path))).run(until_done=True)
    assert only(filled).message == f"{len(MEASURES)} measures in 1 file"
    (path,) = schedules.folder(only(filled), tmp_path).glob("*.xlsx")
    sheets = reading.of_xlsx(path.read_bytes())
    assert dict(sheets["About"])["as of"] == "2026-01-05T07:00:00-05:00"
    value = sheets[measures.find("value_by_stage").title]
    assert value[0] == [measures.find("value_by_stage").definition]
    head, *rows = value[2:]
    with filled.read() as reader:
        expected = reader.execute(select(func.count(), func.sum(deal.c.amount_cents))).one()
    assert sum(row[head.index("deals")] for row in rows) == expected[0]
    assert sum(row[head.index("amount")] or 0 for row in rows) == Decimal(expected[1]) / 100
    assert len(sheets) == len(MEASURES) + 1
    with pytest.raises(NotAllowed):
        filled.write(BOB_WITHOUT_FIGURES, schedules.add, "x", Report(), Times())
