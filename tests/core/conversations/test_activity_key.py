"""The number that orders the lists by activity."""

import pytest

from core.conversations.upkeep import SHIFT, activity_at, activity_key

FAR = 5 << SHIFT  # ids of which many have the same low bits


@pytest.mark.parametrize("id_", [1, FAR + 1, FAR + 2])
def test_no_activity_is_the_id_below_every_known_second(id_: int) -> None:
    assert activity_key(0, id_) == id_
    assert activity_at(id_) == 0
    assert id_ < activity_key(1 << SHIFT, 0)


@pytest.mark.parametrize("at", [1 << SHIFT, 1_767_355_200])
def test_the_second_comes_back_and_ids_order_what_was_active_in_it(at: int) -> None:
    keys = [activity_key(at, id_) for id_ in (FAR, FAR + 1, FAR + 2)]
    assert keys == sorted(keys)
    assert {activity_at(key) for key in keys} == {at}
