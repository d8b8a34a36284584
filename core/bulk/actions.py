"""All actions by name, and an action with its parameters."""

from dataclasses import dataclass
from typing import Any

from core.access import Actor, Right
from core.bulk import flags, follow_ups, once, outreach, sales, stages, tagging
from core.bulk.kind import Kind, Params
from core.errors import Invalid

_OFFERED = (*flags.KINDS, *follow_ups.KINDS, *tagging.KINDS, *outreach.KINDS, *sales.KINDS)
OFFERED = tuple(kind.name for kind in _OFFERED)
"""In the order of a menu; the others are offered elsewhere, or happen by themselves."""

_OTHERS = (tagging.MERGE, follow_ups.DUE, once.TEXT, stages.RETIRE_STAGE)
KINDS: dict[str, Kind] = {kind.name: kind for kind in (*_OFFERED, *_OTHERS)}

BY_VERB = {kind.verb: kind for kind in KINDS.values()}


@dataclass(frozen=True)
class Action:
    """What to do, as data. `params` in order of their names; lists as tuples."""

    name: str
    params: tuple[tuple[str, Any], ...] = ()

    @property
    def kind(self) -> Kind:
        return KINDS[self.name]

    @property
    def values(self) -> Params:
        """The parameters by name."""
        return dict(self.params)


def action(name: str, **params: Any) -> Action:
    """An action; parameters that are left out take their defaults.

    Raises: Invalid for an unknown name or parameter.
    """
    kind = KINDS.get(name)
    if kind is None:
        raise Invalid(f"There is no action “{name}”. Actions are {', '.join(KINDS)}.")
    unknown = sorted(set(params) - set(kind.defaults))
    if unknown:
        raise Invalid(f"“{kind.label}” knows no “{unknown[0]}”.")
    values = {**kind.defaults, **params}
    listed = {key: tuple(sorted(set(v))) if isinstance(v, list | tuple | set) else v for key, v in values.items()}
    return Action(name, tuple(sorted(listed.items())))


def lacks(actor: Actor, kind: Kind, n: int) -> Right | None:
    """The right that the actor lacks for this action on `n` rows, or None."""
    needed = [*kind.rights, *([Right.CONVERSATION_BULK] if n > 1 else [])]
    return next((right for right in needed if not actor.may(right)), None)
