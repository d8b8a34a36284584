"""What the model remembers of an event: what it changed, the undos of it, and the state that is true of it."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

from core.database import Store
from tests.core.bulk.world import state

Parts = dict[Hashable, tuple[Any, Any]]
"""What becomes of one conversation: the value of each part before and after. A part is a column of its row, or a row of
its own: ("tag", tag), ("enrollment", workflow, event that made it), ("deal", event that made it); None: no such row."""

Changes = dict[int, Parts]
Groups = set[tuple[int, tuple[Hashable, ...]]]


@dataclass(eq=False)
class Did:
    """One event, and the undos of it."""

    event_id: int
    changes: Changes
    undoes: "Did | None" = None
    undos: "list[Did]" = field(default_factory=list)

    @property
    def groups(self) -> Groups:
        """What lies in one row of the database, and so returns together or not at all."""
        found: Groups = set()
        for id_, parts in self.changes.items():
            own = tuple(sorted(key for key in parts if isinstance(key, str)))
            found |= {(id_, (key,)) for key in parts if not isinstance(key, str)} | ({(id_, own)} if own else set())
        return found

    @property
    def left(self) -> Groups:
        """What holds: no undo that holds has taken it back."""
        return self.groups - set().union(*[each.left for each in self.undos])


def assert_state(store: Store, did: Did) -> None:
    """The state of an event says no more than what is so."""
    found = state(store, did.event_id)
    if not did.undos:
        assert found == "done"
    elif did.left == did.groups:
        assert found in ("done", "undone_in_part") or not did.groups
    elif did.left:
        assert found == "undone_in_part"
    else:
        assert found in ("undone", "undone_in_part")
