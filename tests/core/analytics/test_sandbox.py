"""Nothing outside the mirror can be reached from it, by statements or by what a person may ask for."""

from typing import Any

import duckdb
import pytest

from core.access import Actor
from core.analytics import measures
from core.analytics.asked import Asked
from core.analytics.tables import Tables
from core.database import Store
from core.errors import Invalid
from tests.conftest import NOON
from tests.core.analytics import drifting
from tests.core.analytics.conftest import load
from tests.core.analytics.drifting import DAY

ATTEMPTS = (
    # files
    "SELECT * FROM 'core/errors.py'", "SELECT * FROM read_text('README.md')", "SELECT * FROM read_blob('README.md')",
    "SELECT * FROM read_csv('tests/*.csv')", "SELECT * FROM read_parquet('x.parquet')", "SELECT * FROM glob('*')",
    "SELECT * FROM read_json('x.json')", "COPY conversation TO 'out.csv'", "COPY deal FROM 'in.csv'",
    "EXPORT DATABASE 'out'", "IMPORT DATABASE 'out'",
    # other databases, extensions, the network
    "ATTACH 'other.db'", "ATTACH 'x.db' AS other (TYPE sqlite)", "INSTALL sqlite", "FORCE INSTALL icu", "LOAD sqlite",
    "LOAD 'x.duckdb_extension'", "SELECT * FROM 'https://example.com/x.csv'",
    "SELECT * FROM read_text('https://example.com/')", "CREATE SECRET s (TYPE s3)",
    # settings, and what the process holds
    "SET memory_limit = '3GB'", "SET enable_external_access = true", "SET lock_configuration = false",
    "SET temp_directory = 'x'", "RESET memory_limit", "PRAGMA enable_profiling = 'json'", "CALL enable_logging()",
    "SELECT getenv('HOME')", "SELECT * FROM listening",
)  # fmt: skip
ILL = "x' OR 1 = 1; COPY deal TO 'out.csv' --"


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_nothing_outside_can_be_reached(attempt: str) -> None:
    listening = "something"  # a variable that SQL must not see
    cursor = Tables().state().cursor
    with pytest.raises(duckdb.Error):
        cursor.execute(attempt).fetchall()
    assert listening


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("fixed_clock")
def test_what_a_person_asks_for_never_becomes_a_statement(store: Store, alice: Actor) -> None:
    store.write(alice, drifting.fill, 10, 1)
    mirror = load(store)
    period = NOON - 300 * DAY, NOON
    for wrong in ("by", "step", "zone"):
        with pytest.raises(Invalid):
            Asked(*period, **{wrong: ILL})
    asked = Asked(*period, source=ILL)
    for measure in measures.MEASURES:
        assert measures.rows(mirror, alice, measure.name, asked, {}).empty
        cell: dict[str, Any] = {**dict.fromkeys(measure.keys, ILL), ILL: 1}
        texts = [
            key for key in measure.keys if key not in {"step", "from_days", "from_hours", "weekday", "hour", "text"}
        ]
        if texts == list(measure.keys) and texts and "template_id" not in texts:
            assert measures.rows(mirror, alice, measure.name, Asked(*period), cell).empty
    assert mirror.status.state == "ready"
