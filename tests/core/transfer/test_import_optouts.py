"""Lists of opt-outs: in, taken back, in again, and out as a file that changes nothing when it is read."""

import json
from pathlib import Path

import pytest
from sqlalchemy import insert, select
from typer.testing import CliRunner

from core.__main__ import app
from core.access import Actor
from core.database import Store, Work
from core.database.tables import consent_event, conversation, enrollment, opt_out_review, outbox, phone_claim, workflow
from core.errors import Invalid, NotAllowed
from core.messages import opt_outs
from core.transfer import imports
from core.transfer.outlook import Counts
from tests.conftest import ALICE, BOB, NOON, Clock
from tests.core.transfer.world import Office

HEADER = "phone,date,source,text\n"
LIST = HEADER + "(734) 555-0132,2025-12-01,e-mail,please stop\n(734) 555-0133,,,\nnobody,,,\n734.555.0132,,,again\n"
KNOWN, UNKNOWN = "+17345550132", "+17345550133"


@pytest.fixture
def known(office: Office) -> int:
    """A contact who is enrolled, has a text to come, and wrote something to decide."""
    office.take("phone,first_name\n(734) 555-0132,Ann\n")
    return office.store.write(ALICE, _busy)


def _busy(work: Work) -> int:
    id_: int = work.conn.execute(select(phone_claim.c.contact_id)).scalar_one()
    own = {"event_id": work.record("test.fill"), "contact_id": id_}
    flow = {"id": 1, "name": "w", "name_key": "w", "kind": "workflow", "state": "on", "created_at": 0}
    work.conn.execute(insert(workflow).values(**flow, event_id=own["event_id"]))
    live = {"id": 1, "workflow_id": 1, "version": 1, "state": "waiting", "is_live": 1, "started_at": 0}
    work.conn.execute(insert(enrollment).values(**own, **live))
    text = {"id": 1, "body": "Hi", "state": "scheduled", "due_at": work.now + 9, "origin": "workflow"}
    work.conn.execute(insert(outbox).values(**own, **text, created_at=0, updated_at=0))
    work.conn.execute(insert(opt_out_review).values(**own, id=1, body="stop it", said_at=0, due_at=9))
    return id_


def is_out(store: Store) -> dict[str, int]:
    c, claim = conversation.c, phone_claim.c
    wanted = select(claim.phone, c.is_opted_out).join(conversation, c.id == claim.contact_id)
    with store.read() as reader:
        return {row.phone: row.is_opted_out for row in reader.execute(wanted)}


def test_known_and_unknown_phones_are_out_with_source_date_and_text(office: Office, known: int) -> None:
    event_id, counts = office.take(LIST, "optouts")
    assert counts == Counts(inserted=2, unchanged=1, rejected=1)
    assert is_out(office.store) == {KNOWN: 1, UNKNOWN: 1}
    with office.store.read() as reader:
        found = {each.phone: each for each in opt_outs.find(reader, ALICE)}
        problems = imports.problems(reader, event_id)
    assert (found[KNOWN].body, found[KNOWN].how, found[KNOWN].by) == ("e-mail: please stop", "imported", "Alice")
    assert found[KNOWN].happened_at == NOON - 32 * 86_400 - 7 * 3_600  # the first moment of the day in New York
    assert found[UNKNOWN].happened_at == NOON
    assert "not a phone number" in " ".join(problems.loc[problems["line"] == 4, "reason"]) or len(problems) > 1


def test_everything_falls_silent(office: Office, known: int) -> None:
    office.take(LIST, "optouts")
    c = conversation.c
    with office.store.read() as reader:
        assert tuple(reader.execute(select(enrollment.c.is_live, enrollment.c.stop_reason)).one()) == (0, "opt-out")
        assert tuple(reader.execute(select(outbox.c.state, outbox.c.reason)).one()) == ("suppressed", "opted_out")
        assert reader.execute(select(opt_out_review.c.decision)).scalar_one() == "out"
        assert reader.execute(select(c.enrollment_count).where(c.id == known)).scalar_one() == 0


def test_again_it_changes_nothing(office: Office, known: int) -> None:
    office.take(LIST, "optouts")
    assert office.take(LIST, "optouts")[1] == Counts(unchanged=3, rejected=1)
    exported = b"".join(opt_outs.csv(office.store, ALICE))
    assert exported.decode().splitlines()[0] == HEADER.strip()
    assert office.take(exported, "optouts")[1] == Counts(unchanged=2)


def test_taken_back_nobody_of_it_is_out(office: Office, known: int) -> None:
    event_id, _ = office.take(LIST, "optouts")
    assert office.undo(event_id) == 0
    assert is_out(office.store) == {KNOWN: 0}
    with office.store.read() as reader:
        assert reader.execute(select(consent_event.c.id)).all() == []
    assert office.take(LIST, "optouts")[1] == Counts(inserted=2, unchanged=1, rejected=1)
    assert is_out(office.store) == {KNOWN: 1, UNKNOWN: 1}


def test_who_opted_in_after_the_date_stays_in(office: Office, known: int) -> None:
    def opt_in(work: Work) -> None:
        own = {"contact_id": known, "id": 900, "event_id": work.record("test.in")}
        work.conn.execute(insert(consent_event).values(**own, kind="in", method="keyword", happened_at=NOON - 86_400))

    office.store.write(ALICE, opt_in)
    event_id, counts = office.take(LIST, "optouts")
    assert (counts.inserted, is_out(office.store)[KNOWN]) == (1, 0)
    with office.store.read() as reader:
        reasons = imports.problems(reader, event_id)["reason"].tolist()
    assert any("has opted in again since" in reason for reason in reasons)


@pytest.mark.parametrize(("cells", "reason"), [("7345550132,2030-01-01,,", "future"), (",2025-01-01,,", "missing")])
def test_what_cannot_be_used_is_refused(office: Office, cells: str, reason: str) -> None:
    event_id, counts = office.take(HEADER + cells + "\n", "optouts")
    assert counts == Counts(rejected=1)
    with office.store.read() as reader:
        assert reason in imports.problems(reader, event_id)["reason"].tolist()[0]


def test_the_list_is_exported_by_who_may_see_phones_in_files(office: Office, known: int, vera: Actor) -> None:
    for actor in (BOB, vera):
        with pytest.raises(NotAllowed):
            opt_outs.csv(office.store, actor)


def test_the_list_goes_out_and_in_by_the_command_line(
    store: Store, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fixed_clock: Clock
) -> None:
    monkeypatch.setenv("TALKDECK_DATABASE_URL", database_url)
    monkeypatch.setenv("TALKDECK_DATA_DIR", str(tmp_path))
    given, written = tmp_path / "given.csv", tmp_path / "written.csv"
    given.write_text(LIST, encoding="utf-8")

    def command(*words: str) -> dict[str, int]:
        found = CliRunner().invoke(app, [*words, "--json"], catch_exceptions=False)
        answered: dict[str, int] = json.loads(found.stdout)
        return answered

    assert command("import", "optouts", str(given))["inserted"] == 2
    assert command("export", "optouts", "--output", str(written))["rows"] == 2
    lines = written.read_text(encoding="utf-8").splitlines()
    assert lines == ["phone,date,source,text", f"{KNOWN},2025-12-01T05:00:00Z,imported,e-mail: please stop",
                     f"{UNKNOWN},2026-01-02T12:00:00Z,imported,"]  # fmt: skip
    assert command("import", "optouts", str(written))["unchanged"] == 2
    with pytest.raises(Invalid, match="Name a file in a folder that is there"):
        command("export", "optouts", "--output", str(tmp_path / "away" / "x.csv"))
