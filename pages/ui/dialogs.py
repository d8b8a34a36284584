"""The dialog that is open over the list, one at most; what it asks stands in modules of its own."""

from collections.abc import Callable

from pages.ui import (
    acting,
    ask_add,
    ask_call,
    ask_close,
    ask_consent,
    ask_deal,
    ask_follow_up,
    ask_person,
    ask_tags,
    ask_workflow,
    ez,
    frame,
    preview,
)
from pages.ui.acting import Asked
from pages.ui.frame import Width

Body = Callable[[Asked], None]

DIALOGS: dict[str, tuple[str, Width, Body]] = {
    "preview": ("Check before it runs", "large", preview.body),
    "tag": ("Add tags", "medium", ask_tags.add),
    "untag": ("Remove tags", "medium", ask_tags.remove),
    "workflow": ("Add to a workflow", "medium", ask_workflow.enroll),
    "redrip": ("Add to a redrip", "medium", ask_workflow.enroll),
    "ez_workflow": ("EZ Workflow", "medium", ez.ask),
    "ez_redrip": ("EZ Redrip", "medium", ez.ask),
    "call": ("Call", "small", ask_call.tell),
    "stop": ("Stop workflows", "medium", ask_workflow.stop),
    "archive": ("Archive", "small", ask_workflow.before_archiving),
    "move": ("Pipeline", "medium", ask_deal.move),
    "follow_up": ("Follow up", "small", ask_follow_up.plan),
    "add": ("Add", "medium", ask_add.add),
    "consent": ("Consent", "small", ask_consent.record),
    "person": ("Same person", "medium", ask_person.link),
    "new": ("New contact", "small", ask_person.new),
    "close": ("Close deals", "small", ask_close.body),
    "assign": ("Assign owner", "small", ask_deal.assign),
}


def show() -> None:
    """At the end of a page: elements in front of the grid must not come and go."""
    asked = acting.asked()
    if asked is not None:
        title, width, body = DIALOGS[asked.name]
        frame.dialog(title, acting.close, body, width)(asked)
