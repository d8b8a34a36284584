"""Opt-outs against senders: four at work, each with connections of its own, and no text starts after the opt-out."""

import random
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from core.access import Actor
from core.database import Store, Work
from core.database.tables import change, conversation, outbox
from core.messages import Incoming, Text, accept, gate
from core.messages.allowed import CONFIRMATION, OPTED_OUT
from core.messages.outbox import put
from core.messages.provider import Answer, Held, Outgoing
from core.messages.sender import Sender
from tests.conftest import ALICE
from tests.core.messages import world

WORKERS = 4
RACES = {False: 50, True: 1_000}
"""By whether the figures are full."""

MOMENT = 0.03
"""Seconds within which the opt-out of one contact and the texts to them meet."""


class Watched(Store):
    """Notes when the transaction began in which each text became an intent."""

    began: dict[int, float]

    def write(self, actor: Actor, verb: Callable[..., Any], *given: Any) -> Any:
        at = time.perf_counter()
        found = super().write(actor, verb, *given)
        for each in getattr(found, "going", ()):
            self.began[each.id] = at
        return found


class Provider:
    """Takes every text."""

    def __init__(self) -> None:
        self.told: dict[int, str] = {}

    def is_ready(self) -> bool:
        return True

    def send(self, text: Outgoing) -> Answer:
        self.told[text.key] = text.body
        return Answer("accepted", f"SM{text.key}")

    def find(self, to: str, since: int) -> Sequence[Held]:
        return []


class Race:
    """Each contact is texted, opts out, and is texted again by somebody who does not know it yet."""

    def __init__(self, store: Store, url: str, folder: Path, n: int) -> None:
        self.ids = store.write(ALICE, world.people, n)
        self.provider = Provider()
        self.began: dict[int, float] = {}
        self.out_at: dict[int, float] = {}
        self._store, self._url, self._folder = store, url, folder
        self._is_over = threading.Event()

    def run(self) -> None:
        senders = [threading.Thread(target=self._send) for _ in range(WORKERS)]
        for each in senders:
            each.start()
        try:
            with ThreadPoolExecutor(2 * WORKERS) as people:
                list(people.map(self._meet, self.ids))
            until = time.monotonic() + 60
            while self._is_waiting() and time.monotonic() < until:
                time.sleep(0.05)
        finally:
            self._is_over.set()
            for each in senders:
                each.join()

    def started_too_late(self) -> list[int]:
        """Texts whose transaction of sending began when the opt-out was committed."""
        late = []
        for key, body in self.provider.told.items():
            contact_id = int(body.split()[0]) if body[0].isdigit() else 0
            if contact_id and self.began[key] > self.out_at[contact_id]:
                late.append(key)
        return late

    def sent_though_suppressed(self) -> list[int]:
        """Texts that an opt-out had ended, by its own account, and that went all the same."""
        k = change.c
        ended = select(k.row_id).where(k.table_name == "outbox", k.after.like("%suppressed%"))
        with self._store.read() as reader:
            return [id_ for id_ in reader.execute(ended).scalars() if id_ in self.provider.told]

    def _send(self) -> None:
        with closing(Watched.open(self._url)) as own:
            assert isinstance(own, Watched)
            own.began = self.began
            sender = Sender(own, self.provider, replace(world.PACE, calls=WORKERS))
            while not self._is_over.is_set():
                if not sender.step():
                    self._is_over.wait(0.005)

    def _meet(self, id_: int) -> None:
        """Of every other contact the second text comes for certain when the opt-out is committed."""
        self._store.write(ALICE, self._text, id_, "before")
        stop = threading.Thread(target=self._stop, args=(id_,))
        stop.start()
        if id_ % 2:
            stop.join()
        else:
            time.sleep(random.uniform(0, MOMENT))
        self._store.write(ALICE, self._text, id_, "after")
        stop.join()

    def _stop(self, id_: int) -> None:
        time.sleep(random.uniform(0, MOMENT))
        accept(self._store, self._folder, "US", Incoming(f"IN{id_}", world.phone(id_), "STOP"))
        self.out_at[id_] = time.perf_counter()

    @staticmethod
    def _text(work: Work, id_: int, body: str) -> None:
        put(work, work.record("test.put"), Text(id_, f"{id_} {body}", work.now))

    def _is_waiting(self) -> bool:
        with self._store.read() as reader:
            open_ = outbox.c.state.in_(("scheduled", "sending"))
            return bool(reader.execute(select(func.count()).select_from(outbox).where(open_)).scalar_one())


@pytest.fixture
def race(store: Store, database_url: str, tmp_path: Path, is_full: bool) -> Race:
    return Race(store, database_url, tmp_path, RACES[is_full])


def test_no_text_starts_after_the_opt_out_was_committed(race: Race, store: Store) -> None:
    race.run()
    assert race.started_too_late() == []
    assert race.sent_though_suppressed() == []
    o = outbox.c
    with store.read() as reader:
        out = select(func.count()).select_from(conversation).where(conversation.c.is_opted_out == 1)
        assert reader.execute(out).scalar_one() == len(race.ids)
        ended = reader.execute(select(o.state, o.reason).where(o.origin != CONFIRMATION)).all()
    assert {tuple(each) for each in ended} == {("sent", ""), ("suppressed", OPTED_OUT)}
    assert len(ended) == 2 * len(race.ids)
    assert sum(body[0].isalpha() for body in race.provider.told.values()) == len(race.ids)  # each is confirmed once


def test_without_the_question_in_the_sending_transaction_some_do(race: Race, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "_ended", lambda _row: None)
    race.run()
    assert race.started_too_late()
