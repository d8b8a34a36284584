"""What a page may know of its surroundings: the store and who acts."""

from functools import cache

from core import people, settings
from core.access import Actor
from core.database import Store


def store() -> Store:
    """The store of this process, opened (and its schema brought up to date) at the first call."""
    return _opened(settings.load().url)


def actor() -> Actor:
    """Who acts on this page; the rights are read anew at each call."""
    return people.local_actor(store())


@cache
def _opened(url: str) -> Store:
    return Store.open(url)
