"""How large the chunks of a job become."""

import pytest

from core.bulk.pace import FIRST_CHUNK, LARGEST_CHUNK, LOCK_SECONDS, SMALLEST_CHUNK, Pace


class Watch:
    """A clock that is told how long each step takes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        monkeypatch.setattr("time.monotonic", lambda: self.now)

    def chunk(self, pace: Pace, seconds: float, waited: float = 0.0) -> int:
        self.now += waited
        pace.begin()
        self.now += seconds
        pace.end()
        return pace.size


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    return Watch(monkeypatch)


def test_chunks_grow_to_what_a_write_may_take_and_no_further(watch: Watch) -> None:
    pace = Pace()
    assert watch.chunk(pace, LOCK_SECONDS / 100) == 2 * FIRST_CHUNK
    assert watch.chunk(pace, LOCK_SECONDS) == 2 * FIRST_CHUNK
    assert watch.chunk(pace, LOCK_SECONDS / 100) == 4 * FIRST_CHUNK
    assert watch.chunk(pace, LOCK_SECONDS / 100) == LARGEST_CHUNK


def test_a_slow_chunk_is_followed_by_a_smaller_one_but_never_by_a_tiny_one(watch: Watch) -> None:
    pace = Pace()
    pace.size = LARGEST_CHUNK
    assert watch.chunk(pace, 100 * LOCK_SECONDS) == LARGEST_CHUNK // 2
    sizes = [watch.chunk(pace, 100 * LOCK_SECONDS) for _ in range(5)]
    assert sizes[-1] == SMALLEST_CHUNK


def test_what_a_chunk_waited_for_others_does_not_make_the_next_one_smaller(watch: Watch) -> None:
    pace = Pace()
    assert watch.chunk(pace, LOCK_SECONDS, waited=10.0) == FIRST_CHUNK
