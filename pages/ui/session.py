"""What a page may know of its surroundings: the store, its mirror, and who acts."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path

from core import people, settings, setup
from core.access import Actor
from core.analytics.mirror import Mirror
from core.database import Store
from core.messages.simulator import Simulator
from core.settings import Settings
from core.worker import Worker

_running: list[Mirror] = []
_workers: list[Worker] = []


def store() -> Store:
    """The store of this process, opened (and its schema brought up to date) at the first call."""
    return _opened(settings.load().url)


def in_force() -> Settings:
    """The settings in force; what an administrator has just chosen is among them."""
    with store().read() as reader:
        return setup.load(reader)


def data_dir() -> Path:
    """The folder of everything that is kept in files."""
    return Path(settings.load().data_dir)


def actor() -> Actor:
    """Who acts on this page; the rights are read anew at each call."""
    return people.local_actor(store())


def mirror() -> Mirror | None:
    """The mirror of this process; None where the application keeps none, so the database answers."""
    return _running[-1] if _running else None


@contextmanager
def mirrored() -> Iterator[None]:
    """Keep a mirror of the store while the application runs; it loads in the background."""
    _running.append(Mirror.start(store()))
    try:
        yield
    finally:
        _running.pop().stop()


@contextmanager
def simulating(url: str) -> Iterator[None]:
    """Stand in for a provider, unless there is one, while the application, which is reached at `url`, runs."""
    if settings.load().twilio_account_sid:
        yield
        return
    with closing(Simulator(data_dir(), url)):
        yield


@contextmanager
def working() -> Iterator[None]:
    """Carry jobs out while the application runs, also those that a former run has left."""
    _workers.append(Worker.start(store(), settings.load(), mirror))
    try:
        yield
    finally:
        _workers.pop().stop()


def wake() -> None:
    """There is a new job; without a worker in this process another one finds it."""
    for worker in _workers:
        worker.wake()


@cache
def _opened(url: str) -> Store:
    return Store.open(url)
