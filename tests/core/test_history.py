"""The history of one contact: whole, however much else happens to them."""

import re

from core import bulk, calls, history
from core.database import Store
from core.settings import ROOT
from tests.conftest import ALICE, NOON, Clock
from tests.core.bulk.world import fill

RECORDED = re.compile(r"record\(\s*\"([a-z_.]+)\"")

MANY = 120


def test_what_is_left_out_pushes_nothing_else_out(store: Store, fixed_clock: Clock) -> None:
    id_ = fill(store, 20)[0]
    for name in ("hot", "not_hot"):  # whichever it was before, one of them changes it
        bulk.start(store, ALICE, bulk.action(name), bulk.choose("ticked", [id_]))
    fixed_clock.advance(60)
    for _ in range(MANY):
        store.write(ALICE, calls.log, id_)
    with store.read() as reader:
        verbs = [each.verb for each in history.of_contact(reader, ALICE, id_)]
        others = [each.verb for each in history.of_contact(reader, ALICE, id_, without=("call.", "conversation.hot"))]
        later = [each.verb for each in history.of_contact(reader, ALICE, id_, NOON + 1)]
    assert verbs[:MANY] == later == ["call.log"] * MANY
    assert others[0] == "conversation.not_hot"
    assert "conversation.not_hot" in verbs
    assert "conversation.hot" not in others


def test_every_event_has_words_of_its_own() -> None:
    written = {verb for path in (ROOT / "core").rglob("*.py") for verb in RECORDED.findall(path.read_text())}
    assert "enrollment.move" in written
    assert written <= history.VERBS.keys()
