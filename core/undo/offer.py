"""Whether an event can be taken back, by whom, and what that leaves."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, and_, exists, or_, select

from core.access import WORDS, Actor, Right
from core.bulk.actions import BY_VERB
from core.database.tables import change, event, event_state
from core.errors import NotFound

WHOLE = ("done", "done_with_errors", "cancelled", "failed")
"""States in which nothing of an event was taken back."""

IN_PART = "undone_in_part"
"""The state in which rows of an event are left that were changed since; it can be undone again later."""

OTHERS = (
    "undo",
    "tag.add",
    "tag.edit",
    "tag.retire",
    "tag.revive",
    "pipeline.add",
    "pipeline.edit",
    "pipeline.order",
    "pipeline.retire",
    "stage.add",
    "stage.edit",
    "call.log",
    "call.describe",
    "setting.choose",
    "hours.add",
    "hours.change",
    "hours.retire",
    "hours.revive",
    "number.add",
    "number.edit",
    "number.retire",
    "template.add",
    "template.edit",
    "template.retire",
    "template.revive",
    "workflow.add",
    "workflow.edit",
    "workflow.state",
    "cleanup.add",
    "cleanup.edit",
    "cleanup.never",
    "cleanup.again",
    "contact.add",
    "contact.edit",
    "contact.link",
    "contact.unlink",
    "custom.add",
    "custom.edit",
    "custom.retire",
    "custom.revive",
    "note.edit",
    "schedule.add",
    "schedule.retire",
    "review.not_out",
)
QUIET = frozenset({"undo", "note.edit"})
"""Never offered by themselves: undos, and notes, which keep their versions beside them."""

IMPORTS = tuple(f"import.{kind}" for kind in ("contacts", "messages", "deals", "templates", "optouts", "workflows"))
UNDOABLE = frozenset({*(verb for verb, kind in BY_VERB.items() if kind.undo != "none"), *OTHERS, *IMPORTS})

_ENDED = {
    "undone": "This was undone already.",
    "undoing": "This is being undone.",
    "queued": "This is still waiting. Cancel it first.",
    "running": "This is still running. Cancel it first.",
}


_REST = "Part of this was undone already. Undo once more takes back the rest, as far as nobody changed it since."


@dataclass(frozen=True)
class Offer:
    """Whether this actor may undo this event now. `why`: a sentence when not; `note`: what an undo would leave."""

    is_possible: bool
    why: str = ""
    note: str = ""


# An undo may leave a conversation and yet restore a tag or an enrollment of it, which its counts do not tell.
_of_event = exists().where(change.c.event_id == event.c.id, change.c.outcome == "changed")
_EVENT = select(
    event,
    event_state.c.state,
    event_state.c.changed,
    or_(event_state.c.changed > 0, and_(event.c.verb == "undo", _of_event)).label("has_changes"),
).join(event_state, event_state.c.event_id == event.c.id)


def found(reader: Connection, event_id: int) -> Row[Any]:
    """The event with its state.

    Raises: NotFound.
    """
    row = reader.execute(_EVENT.where(event.c.id == event_id)).first()
    if row is None:
        raise NotFound("There is no such event.")
    return row


def lacks(actor: Actor, user_id: int) -> Right | None:
    """The right that the actor lacks to undo what this user did, or None."""
    rights = (Right.UNDO_OWN, Right.UNDO_OTHERS) if user_id == actor.id else (Right.UNDO_OTHERS,)
    return None if any(actor.may(right) for right in rights) else rights[0]


def offer(reader: Connection, actor: Actor, event_id: int) -> Offer:
    """What to say beside an Undo button.

    Raises: NotFound.
    """
    row = found(reader, event_id)
    kind = BY_VERB.get(row.verb)
    if (why := refusal(row)) is not None:
        return Offer(False, why)
    if (right := lacks(actor, row.user_id)) is not None:
        return Offer(False, f"You may not {WORDS[right]}.")
    words = [kind.undo_words if kind else "", _REST if row.state == IN_PART and row.verb not in IMPORTS else ""]
    return Offer(True, note=" ".join(filter(None, words)))


def refusal(row: Row[Any]) -> str | None:
    """Why nobody can undo this event now, or None. What an undo left can be undone later."""
    if row.state not in (*WHOLE, IN_PART):
        return _ENDED.get(row.state, "This cannot be undone.")
    if row.verb not in UNDOABLE:
        return (
            "An import that was undone is brought back by importing the file again."
            if (row.verb == "import.undo")
            else "This cannot be undone."
        )
    if row.verb == "undo" and json.loads(row.params).get("verb_undone") == "contact.add":
        return "A contact that was taken back is made again by adding it."
    if row.verb not in IMPORTS and not row.has_changes:
        return "This changed nothing, so there is nothing to undo."
    return None


def newest(reader: Connection, actor: Actor) -> int | None:
    """The actor's newest event that can still be undone; what was undone, and undos themselves, are passed over."""
    if lacks(actor, actor.id) is not None:
        return None
    wanted = _EVENT.where(
        event.c.user_id == actor.id,
        event.c.verb.in_(sorted(UNDOABLE - QUIET)),
        event_state.c.state.in_(WHOLE),
        (event_state.c.changed > 0) | event.c.verb.in_(IMPORTS),
    )
    row = reader.execute(wanted.order_by(event.c.id.desc()).limit(1)).first()
    return None if row is None else int(row.id)
