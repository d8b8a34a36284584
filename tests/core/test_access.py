"""What each role begins with, and that every refusal says in words what was refused."""

import pytest

from core.access import ROLES, WORDS, Actor, Right
from core.errors import NotAllowed


def test_managers_review_and_supervisors_clean_up_in_bulk() -> None:
    holders = {right: {role for role, rights in ROLES.items() if right in rights} for right in Right}
    assert holders[Right.CONVERSATION_BULK] == {"supervisor"}
    assert holders[Right.UNDO_OTHERS] == {"manager", "admin"}
    assert holders[Right.UNDO_OWN] == holders[Right.CONTACT_EDIT] == {"manager", "supervisor"}
    assert holders[Right.CONTACT_PERSONAL] == {"manager", "supervisor"}
    assert holders[Right.IMPORT_RUN] == {"supervisor", "admin"}
    assert holders[Right.EXPORT_FULL] == {"manager"}
    assert holders[Right.USER_EDIT] == {"admin"}
    assert "admin" not in holders[Right.CONVERSATION_VIEW]
    assert all(holders.values())


@pytest.mark.parametrize("right", Right)
def test_a_refusal_says_what_and_whom_to_ask(right: Right) -> None:
    with pytest.raises(NotAllowed, match=f"Bob may not {WORDS[right]}. Ask an administrator for the right “{right}”."):
        Actor(2, "Bob", frozenset()).require(right)
