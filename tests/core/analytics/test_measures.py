"""Every figure equals the same definition in plain Python, and its own rows, whatever was done since the load."""

import math
import random
from dataclasses import replace
from typing import Any

import pytest

from core import clock
from core.access import Actor
from core.analytics import measures, tables
from core.analytics import mirror as room
from core.analytics.asked import Asked, previous
from core.analytics.changes import SHALLOW
from core.analytics.measures import MEASURES, Measure
from core.analytics.mirror import Mirror
from core.database import Store
from core.errors import Invalid, NotAllowed, NotFound, Unavailable
from tests.conftest import NOON, Clock
from tests.core.analytics import drifting, naive_figures
from tests.core.analytics.conftest import load
from tests.core.analytics.drifting import DAY, Drift
from tests.core.analytics.naive import Facts

ONE_ENGINE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What asks the mirror alone."""

ZONES = ("UTC", "America/New_York", "Pacific/Auckland", "Asia/Kolkata")


@pytest.fixture
def ids(store: Store, alice: Actor, fixed_clock: Clock, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Forty conversations with a past."""
    monkeypatch.setattr(room, "REST", 1)
    monkeypatch.setattr(tables, "STRETCH", 7)
    return store.write(alice, drifting.fill, 40, 3)


def drawn(rng: random.Random, by: tuple[str, ...], now: int) -> Asked:
    """A period, filters and a breakdown at random."""
    start = now - rng.randrange(1, 400) * DAY - rng.randrange(DAY)
    some: dict[str, Any] = {
        "pipeline_id": rng.choice((1, 2, 99)), "owner_id": rng.choice((0, 1, 2)), "tag_id": rng.randint(1, 9),
        "source": rng.choice(("", "web", "unheard of")), "at": now - rng.randrange(300) * DAY,
        "by": rng.choice(by), "step": rng.choice(("day", "week", "month")),
    }  # fmt: skip
    parts = {name: value for name, value in some.items() if rng.random() < 0.25}
    return Asked(start, start + rng.randrange(1, 400) * DAY, rng.choice(ZONES), **parts)


def told(mirror: Mirror, actor: Actor, measure: Measure, asked: Asked) -> naive_figures.Lines:
    """The figures as the naive ones have them: no lines in which nothing is counted."""
    frame = measures.figures(mirror, actor, measure.name, asked).frame
    keys = [*measure.keys, *(["group_id"] if asked.by else [])]
    names = [column.name for column in measure.columns]
    found = {
        tuple(line[key] for key in keys): {name: line[name] for name in names} for line in frame.to_dict("records")
    }
    counts = [column.name for column in measure.columns if column.how == "count"]
    return {key: line for key, line in found.items() if any(line[name] for name in counts)}


def differences(ours: naive_figures.Lines, theirs: naive_figures.Lines) -> list[Any]:
    if ours.keys() != theirs.keys():
        return [ours.keys() ^ theirs.keys()]
    pairs = [(key, name, ours[key][name], value) for key, line in theirs.items() for name, value in line.items()]
    return [pair for pair in pairs if not alike(pair[2], pair[3])]


def alike(one: Any, other: Any) -> bool:
    if isinstance(other, float) and math.isnan(other):
        return one is None or math.isnan(one)
    return bool(one == other) if isinstance(other, int) else math.isclose(one, other, rel_tol=1e-12)


def compare(store: Store, mirror: Mirror, actor: Actor, rng: random.Random, n: int) -> None:
    with store.read() as reader:
        facts = Facts(reader)
    now = clock.now()
    for measure in MEASURES:
        for _ in range(n):
            asked = drawn(rng, measure.by, now)
            expected = naive_figures.lines(facts, measure.name, asked, now)
            nothing = [key for key, line in expected.items() if not any(line.values())]
            for key in nothing:
                del expected[key]
            assert differences(told(mirror, actor, measure, asked), expected) == [], (measure.name, asked)


def test_every_measure_equals_plain_python_after_edits_undos_deletions_and_refreshes(
    store: Store, alice: Actor, ids: list[int], fixed_clock: Clock, is_full: bool
) -> None:
    rng = random.Random(11)
    mirror = load(store)
    compare(store, mirror, alice, rng, 2)
    drift = Drift(store, ids, fixed_clock, rng)
    for _ in range(500 if is_full else 3):
        for _ in range(rng.randint(1, 12)):
            drift.step()
        mirror.step()
        compare(store, mirror, alice, rng, 2 if is_full else 1)
    compare(store, load(store), alice, rng, 1)


@ONE_ENGINE
def test_every_figure_is_what_its_own_rows_add_up_to(
    store: Store, alice: Actor, ids: list[int], fixed_clock: Clock, is_full: bool
) -> None:
    rng = random.Random(5)
    mirror = load(store)
    for measure in MEASURES:
        for by in ("", *measure.by) if is_full else ("", rng.choice(measure.by)):
            asked = replace(drawn(rng, ("",), NOON), by=by, pipeline_id=None)
            assert measures.check(mirror, alice, asked, measure.name) == []
        asked = Asked(NOON - 300 * DAY, NOON + DAY)
        shown = measures.figures(mirror, alice, measure.name, asked).frame.to_dict("records")
        for line in rng.sample(shown, min(len(shown), 3)):
            for column in measure.columns:
                listed = measures.rows(mirror, alice, measure.name, asked, {**line, "column": column.name})
                assert column.how != "count" or len(listed) == line[column.name]
                assert set(listed["contact_id"]) <= set(ids)


def test_the_bridge_always_balances_and_meets_the_value_by_stage_which_now_is_what_the_tables_say(
    store: Store, alice: Actor, ids: list[int], fixed_clock: Clock, is_full: bool
) -> None:
    rng = random.Random(8)
    mirror = load(store)
    drift = Drift(store, ids, fixed_clock, rng)
    for _ in range(300 if is_full else 5):
        for _ in range(4):
            drift.step()
        mirror.step()
        asked = replace(drawn(rng, ("",), clock.now()), by="", at=None)
        bars = measures.figures(mirror, alice, "bridge", asked).frame.set_index("bar")
        moved = bars.drop(index=["opening", "closing"])
        for name, out in (("amount_cents", 1), ("deals", -1)):
            signs = (
                dict.fromkeys(("moved_out", "won", "lost"), out) | {"raised": 0, "lowered": 0}
                if name == "deals"
                else {}
            )
            change = sum(value * signs.get(str(bar), 1) for bar, value in moved[name].items())
            assert bars.loc["opening", name] + change == bars.loc["closing", name], asked
        for bar, at in (("opening", asked.start), ("closing", asked.end)):
            frame = measures.figures(mirror, alice, "value_by_stage", replace(asked, at=at)).frame
            is_open = frame[frame["outcome"] == "open"]
            for name in ("deals", "amount_cents", "unquoted"):
                assert is_open[name].sum() == bars.loc[bar, name], (asked, bar)
    assert_is_what_the_tables_say(store, mirror, alice)


def assert_is_what_the_tables_say(store: Store, mirror: Mirror, actor: Actor) -> None:
    with store.read() as reader:
        deals = list(Facts(reader).deals.values())
    frame = measures.figures(mirror, actor, "value_by_stage", Asked(0, NOON)).frame
    for outcome in ("open", "won", "lost"):
        mine = [deal for deal in deals if deal["outcome"] == outcome]
        line = frame[frame["outcome"] == outcome]
        assert line["deals"].sum() == len(mine)
        assert line["amount_cents"].sum() == sum(deal["amount_cents"] or 0 for deal in mine)
        assert line["unquoted"].sum() == sum(deal["amount_cents"] is None for deal in mine)


@ONE_ENGINE
def test_who_may_not_see_analytics_sees_none(store: Store, alice: Actor, ids: list[int]) -> None:
    mirror, nobody = Mirror(store), Actor(9, "Nobody", frozenset())
    asked = Asked(0, NOON)
    for look in (
        lambda: measures.figures(mirror, nobody, "flow", asked),
        lambda: measures.rows(mirror, nobody, "flow", asked, {}),
        lambda: measures.check(mirror, nobody, asked),
    ):
        with pytest.raises(NotAllowed):
            look()


@ONE_ENGINE
def test_what_cannot_be_asked_is_said(store: Store, alice: Actor, ids: list[int]) -> None:
    mirror = load(store)
    with pytest.raises(NotFound, match="There is no measure"):
        measures.figures(mirror, alice, "profit", Asked(0, NOON))
    with pytest.raises(Invalid, match="cannot be broken down by pipeline"):
        measures.figures(mirror, alice, "volumes", Asked(0, NOON, by="pipeline"))
    for wrong in ({"by": "moon"}, {"step": "year"}, {"zone": "Mars/Base"}, {"end": 0}):
        with pytest.raises(Invalid):
            Asked(**{"start": 0, "end": NOON, **wrong})
    with pytest.raises(Unavailable, match="being worked out"):
        measures.figures(Mirror(store), alice, "flow", Asked(0, NOON))


def test_the_period_before_has_as_many_days_over_a_change_of_clocks() -> None:
    zone = "America/New_York"
    march = Asked(1_772_341_200, 1_773_547_200, zone)  # 1 to 14 March 2026, 00:00 there; clocks go forward on the 8th
    before = previous(march)
    assert (march.days, before.days) == (14, 14)
    assert march.end - march.start == 14 * DAY - 3_600
    assert before.end == march.start
    assert before.end - before.start == 14 * DAY


def test_every_measure_says_what_it_is() -> None:
    assert len({measure.name for measure in MEASURES}) == len(MEASURES) == len(naive_figures.NAIVE)
    for measure in MEASURES:
        assert measure.title
        assert len(measure.definition) > 100
        assert set(naive_figures.NAIVE[measure.name][1]) == {column.name for column in measure.columns}


@pytest.fixture(
    params=[
        ("core.analytics.changes.SHALLOW", SHALLOW | {"deal"}),
        ("core.analytics.changes.SHALLOW", SHALLOW | {"message", "enrollment"}),
        ("core.analytics.scope._tests", lambda *_: iter(())),
        ("core.analytics.tables.Tables._replace_past", lambda *_: None),
    ],
    ids=["deals are not read again", "nor texts", "filters are left out", "the past stays"],
)
def without(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """One guard off."""
    monkeypatch.setattr(*request.param)


@ONE_ENGINE
@pytest.mark.usefixtures("without")
def test_without_its_guards_the_measures_would_part_from_plain_python(
    store: Store, alice: Actor, ids: list[int]
) -> None:
    rng = random.Random(11)
    mirror = load(store)
    for said, edited in zip(ids[:8], ids[8:], strict=False):
        store.write(alice, drifting.say, rng, said)
        store.write(alice, drifting.edit, rng, edited)
    mirror.step()
    with pytest.raises(AssertionError):
        compare(store, mirror, alice, rng, 5)
