"""The Twilio adapter against a server that speaks Twilio's language, over HTTP: what is said, and what answers mean."""

import socket
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from core import clock
from core.database import Store
from core.errors import Invalid, Unavailable
from core.messages import twilio
from core.messages.media import LARGEST
from core.messages.provider import Outgoing, Unreachable
from core.messages.providers import chosen
from core.messages.simulator import Client, Faults, Simulator
from core.messages.simulator.doors import ACCOUNT, MESSAGES
from core.messages.twilio import Twilio, fetch
from core.settings import Settings, load
from tests.conftest import Clock
from tests.core.messages import world
from tests.core.messages.world import drain, messages, phone, row, wide, write

TEXT = Outgoing(7, "+17345550107", "+17345550100", "Hello 👋 & good-bye")


def account(running: Simulator, **more: str) -> Settings:
    own = {"twilio_account_sid": ACCOUNT, "twilio_auth_token": running.twilio.token, "twilio_api": running.url}
    return Settings(**{**own, "twilio_public_url": "https://talk.example.org", **more})


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Simulator]:
    with closing(Simulator(tmp_path)) as opened:
        yield opened


def test_it_takes_a_text_and_says_so_when_asked(running: Simulator) -> None:
    before = clock.now()
    answer = Twilio(account(running)).send(TEXT)
    (taken,) = running.ledger.all()
    assert (answer.kind, answer.external_id) == ("accepted", taken.id)
    assert (taken.to, taken.sender, taken.body) == (TEXT.to, TEXT.sender, TEXT.body)
    (held,) = Twilio(account(running)).find(TEXT.to, before)
    assert (held.external_id, held.body, held.key) == (taken.id, TEXT.body, "")
    assert Twilio(account(running)).find(TEXT.to, taken.at + 1) == []
    assert Twilio(account(running)).find("+17345550199", 0) == []


@pytest.mark.parametrize(
    ("faults", "kind", "taken"),
    [
        (Faults(lost=1), "unclear", 1),
        (Faults(garbled=1), "unclear", 1),
        (Faults(after=1), "unclear", 1),
        (Faults(before=1), "unclear", 0),
        (Faults(busy=1), "later", 0),
        (Faults(invalid=1), "refused", 0),
        (Faults(latency=2), "unclear", 1),
    ],
)
def test_every_fault_is_told_as_what_it_means(running: Simulator, faults: Faults, kind: str, taken: int) -> None:
    running.faults = faults
    patience = 0.5 if kind == "unclear" else 10  # a busy machine is slow, not wrong
    answer = Twilio(account(running), timeout=patience).send(TEXT)
    assert answer.kind == kind
    if kind == "later":
        assert answer.wait == 1
    if kind == "refused":
        assert (answer.code, answer.reason) == ("21211", "The phone cannot get texts.")
    end = time.monotonic() + 10
    while len(running.ledger.all()) < taken and time.monotonic() < end:
        time.sleep(0.05)
    assert len(running.ledger.all()) == taken


def test_where_nobody_listens_nothing_was_sent(running: Simulator) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nowhere = account(running, twilio_api=f"http://127.0.0.1:{taken.getsockname()[1]}")
        assert Twilio(nowhere).send(TEXT).kind == "later"
        with pytest.raises(Unreachable):
            Twilio(nowhere).find(TEXT.to, 0)


def test_a_wrong_secret_is_no_fault_of_the_text(running: Simulator) -> None:
    wrong = account(running, twilio_auth_token="0" * 32)
    answer = Twilio(wrong).send(TEXT)
    assert (answer.kind, answer.wait) == ("later", twilio.ACCOUNT_SECONDS)
    assert answer.reason == "Twilio refuses the account: The secret is wrong."
    assert running.ledger.all() == []


def test_without_a_number_to_send_from_texts_wait(running: Simulator) -> None:
    answer = Twilio(account(running)).send(Outgoing(7, TEXT.to, "", "Hello"))
    assert (answer.kind, answer.reason, running.ledger.all()) == ("later", twilio.NO_NUMBER, [])


def test_how_long_a_text_is_lawful_is_told(running: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[dict[str, str]] = []

    def take(door: Any, text: dict[str, str]) -> Any:
        told.append(text)
        return Simulator.take(running, door, text)

    monkeypatch.setattr(running, "take", take)
    for seconds in (None, 90, 50_000):
        until = None if seconds is None else clock.now() + seconds
        Twilio(account(running)).send(Outgoing(7, TEXT.to, TEXT.sender, "Hello", until=until))
    assert told[0]["validity"] == ""
    assert 80 <= int(told[1]["validity"]) <= 90
    assert told[2]["validity"] == "36000"
    assert told[0]["reports"] == "https://talk.example.org/hooks/twilio/status?key=7"


def test_who_has_opted_out_there_is_out_here(
    store: Store, ids: list[int], fixed_clock: Clock, running: Simulator
) -> None:
    running.blocked.add(phone(ids[0]))
    queued = write(store, ids[0], due_at=fixed_clock.now, body="Hello")
    store.write(world.ALICE, lambda work: world.number(work, TEXT.sender))
    drain(store, Twilio(account(running)))
    assert (row(store, queued).state, row(store, queued).error_code) == ("failed", "21610")
    assert wide(store, ids[0]).is_opted_out == 1
    assert messages(store, ids[0])[0].status == "failed"


def test_a_lost_answer_is_found_in_the_list_and_never_sent_twice(
    store: Store, ids: list[int], fixed_clock: Clock, running: Simulator
) -> None:
    store.write(world.ALICE, lambda work: world.number(work, TEXT.sender))
    queued = write(store, ids[0], due_at=fixed_clock.now)
    running.faults = Faults(lost=1)
    drain(store, Twilio(account(running)))
    assert row(store, queued).state == "unknown"
    running.faults = Faults()
    fixed_clock.advance(world.PACE.look)
    drain(store, Twilio(account(running)))
    assert (row(store, queued).state, row(store, queued).external_id) == ("sent", running.ledger.all()[0].id)
    assert len(running.ledger.all()) == 1


def test_it_is_chosen_where_the_settings_name_an_account(running: Simulator, tmp_path: Path) -> None:
    assert isinstance(chosen(account(running)), Twilio)
    assert isinstance(chosen(Settings(data_dir=str(tmp_path))), Client)


def test_an_account_without_its_secret_or_address_stops_the_start() -> None:
    given = {"TALKDECK_TWILIO_ACCOUNT_SID": ACCOUNT}
    with pytest.raises(Invalid, match="TALKDECK_TWILIO_AUTH_TOKEN"):
        load(given)
    with pytest.raises(Invalid, match="TALKDECK_TWILIO_PUBLIC_URL"):
        load({**given, "TALKDECK_TWILIO_AUTH_TOKEN": "s3cret"})
    with pytest.raises(Invalid, match="AC and 32"):
        load({"TALKDECK_TWILIO_ACCOUNT_SID": "mine"})
    settings = load(
        {**given, "TALKDECK_TWILIO_AUTH_TOKEN": "s3cret", "TALKDECK_TWILIO_PUBLIC_URL": "https://a.example"}
    )
    assert "s3cret" not in repr(settings)


def test_pictures_are_fetched_from_twilio_alone_and_only_so_large(running: Simulator) -> None:
    path = f"{MESSAGES}/MM1/Media/ME0"
    running.pictures[path] = b"picture"
    assert fetch(account(running), running.url + path) == b"picture"
    running.pictures[path] = bytes(LARGEST + 1)
    with pytest.raises(Invalid, match="too large"):
        fetch(account(running), running.url + path)
    with pytest.raises(Unavailable):
        fetch(account(running, twilio_auth_token="0" * 32), running.url + path)
    for elsewhere in (
        "http://169.254.169.254/latest/meta-data", "https://api.twilio.com.example.org/x", "ftp://api.twilio.com/x",
        "https://twilio.com@example.org/x", "http://media.twiliocdn.com/x", "https://media.twiliocdn.com:8443/x", "",
    ):  # fmt: skip
        with pytest.raises(Invalid, match="does not lie"):
            fetch(account(running), elsewhere)
