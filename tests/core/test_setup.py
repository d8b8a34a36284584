"""Settings of the installation: the environment wins, then what was chosen, then the usual value."""

import pytest

from core import setup, undo
from core.database import Store
from core.errors import Conflict, Invalid, NotAllowed
from tests.conftest import ALICE, BOB


@pytest.fixture(autouse=True)
def nothing_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in setup.LABELS:
        monkeypatch.delenv(f"TALKDECK_{name.upper()}", raising=False)


def in_force(store: Store) -> tuple[str, ...]:
    with store.read() as reader:
        found = setup.load(reader)
    return found.default_region, found.time_zone, found.currency, found.sender_number


def test_what_is_chosen_holds_until_it_is_undone(store: Store) -> None:
    usual = in_force(store)
    assert usual == ("US", "America/New_York", "USD", "")
    wanted = {
        "default_region": "GB",
        "time_zone": "Europe/London",
        "currency": " gbp",
        "sender_number": "020 7946 0018",
    }
    first = store.write(ALICE, setup.choose, wanted)
    assert first is not None
    assert in_force(store) == ("GB", "Europe/London", "GBP", "+442079460018")
    second = store.write(ALICE, setup.choose, {"currency": "EUR", "sender_number": ""})
    assert in_force(store) == ("GB", "Europe/London", "EUR", "")
    assert second is not None
    undo.start(store, ALICE, second)
    assert in_force(store) == ("GB", "Europe/London", "GBP", "+442079460018")
    undo.start(store, ALICE, first)
    assert in_force(store) == usual
    assert store.write(ALICE, setup.choose, {"currency": "USD"}) is None


def test_the_environment_wins_and_cannot_be_overruled(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.write(ALICE, setup.choose, {"currency": "EUR", "time_zone": "Europe/Paris"})
    monkeypatch.setenv("TALKDECK_CURRENCY", "CAD")
    assert in_force(store)[1:3] == ("Europe/Paris", "CAD")
    with pytest.raises(Conflict, match="TALKDECK_CURRENCY in the environment"):
        store.write(ALICE, setup.choose, {"currency": "EUR", "time_zone": "UTC"})
    assert in_force(store)[1:3] == ("Europe/Paris", "CAD")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("currency", "euro", "Currency is “EURO”; give three letters"),
        ("time_zone", "Mars/Olympus", "Time zone is “Mars/Olympus”"),
        ("time_zone", "../etc", "Time zone"),
        ("default_region", "XX", "a region such as US"),
        ("sender_number", "12", "."),
        ("database_url", "sqlite:///x", "no setting"),
    ],
)
def test_what_cannot_be_used_is_refused(store: Store, name: str, value: str, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        store.write(ALICE, setup.choose, {name: value, "currency": "EUR"} | {name: value})
    assert in_force(store)[2] == "USD"


def test_only_an_administrator_changes_settings(store: Store) -> None:
    with pytest.raises(NotAllowed, match="change settings"):
        store.write(BOB, setup.choose, {"currency": "EUR"})


@pytest.mark.parametrize("value", ["1234", "+1", "+12125550100x", "+0212555"])
def test_a_sender_number_of_the_environment_is_checked_as_well(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("TALKDECK_SENDER_NUMBER", value)
    with pytest.raises(Invalid, match="TALKDECK_SENDER_NUMBER is"):
        setup.settings.load()
