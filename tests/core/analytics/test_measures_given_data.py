"""The counts and sums of the given deals, to the cent, and those of the given texts."""

from pathlib import Path

from core import clock
from core.access import Actor
from core.analytics import measures
from core.analytics.asked import Asked
from core.database import Store
from tests.conftest import Clock
from tests.core.analytics.conftest import load
from tests.core.transfer.given import DATA, EXPECTED
from tests.core.transfer.world import Office

STAR = EXPECTED["star"]
EVER = 1_500_000_000, 1_800_000_000


def test_the_given_deals_are_told_to_the_cent(
    store: Store, alice: Actor, fixed_clock: Clock, tmp_path: Path, is_full: bool
) -> None:
    office = Office(store, alice, tmp_path)
    for kind in ("contacts", "deals", *(["messages"] if is_full else [])):
        office.take(DATA / "real" / "star" / f"{kind}.csv", kind)
    mirror, expected = load(store), STAR["deals"]
    frame = measures.figures(mirror, alice, "value_by_stage", Asked(*EVER)).frame.set_index("stage")
    assert frame["deals"].to_dict() == expected["by_stage"]
    cents = {stage: round(amount * 100) for stage, amount in expected["amount_sum_by_stage"].items()}
    assert frame["amount_cents"].to_dict() == cents
    assert frame["unquoted"].sum() == expected["amount_blank"]
    by_pipeline = measures.figures(mirror, alice, "value_by_stage", Asked(*EVER, by="pipeline")).frame
    assert by_pipeline.groupby("group")["deals"].sum().to_dict() == expected["by_pipeline"]
    flow = measures.figures(mirror, alice, "flow", Asked(*EVER)).frame
    assert flow[["created", "won", "lost"]].sum().to_list() == [expected["rows"], 1320, 744]
    assert flow["won_cents"].sum() == round(expected["amount_sum"] * 100)
    largest = measures.rows(mirror, alice, "value_by_stage", Asked(*EVER), {"stage": "Won", "column": "amount_cents"})
    assert largest["amount_cents"].max() == round(expected["amount_max"] * 100)
    assert measures.check(mirror, alice, Asked(clock.now() - 1000 * 86_400, clock.now())) == []
    if is_full:
        texts = measures.figures(mirror, alice, "volumes", Asked(*EVER)).frame
        assert texts["received"].sum() == STAR["messages"]["inbound"]
        assert texts[["by_hand", "automatic", "undelivered"]].sum().sum() == STAR["messages"]["outbound"]
