"""What events are called, and the images of changes in words."""

import json
from datetime import UTC, datetime, tzinfo
from typing import Any

from core.bulk.preview import sentence
from core.conversations import Names

VERBS = {
    "conversation.archive": "archived",
    "conversation.restore": "unarchived",
    "conversation.hot": "marked as hot",
    "conversation.not_hot": "marked as not hot",
    "conversation.read": "marked as read",
    "conversation.unread": "marked as unread",
    "conversation.assign": "assigned",
    "conversation.follow_up": "planned a follow-up",
    "conversation.follow_up_done": "was done with a follow-up",
    "conversation.due": "brought back to follow up",
    "call.log": "called",
    "call.describe": "said how a call went",
    "contact.tag": "tagged",
    "contact.untag": "took tags off",
    "enrollment.start": "enrolled",
    "enrollment.text": "sent a text to many",
    "enrollment.stop": "stopped enrollments",
    "enrollment.move": "carried a workflow on",
    "deal.move": "set stages",
    "contact.add": "added a contact",
    "contact.edit": "changed a contact",
    "contact.link": "linked contacts of one person",
    "contact.unlink": "parted contacts of one person",
    "note.edit": "wrote a note",
    "note.clash": "wrote a note while somebody else did",
    "note.settle": "settled a note that two people had written",
    "custom.add": "added a field",
    "custom.edit": "changed a field",
    "custom.retire": "retired a field",
    "custom.revive": "took a field back into use",
    "pipeline.add": "added a pipeline",
    "pipeline.edit": "renamed a pipeline",
    "pipeline.order": "changed the order of pipelines or stages",
    "pipeline.retire": "retired a pipeline",
    "stage.add": "added a stage",
    "stage.edit": "changed a stage",
    "stage.retire": "deleted a stage",
    "tag.merge": "merged tags",
    "tag.add": "added a tag",
    "tag.edit": "changed a tag",
    "tag.retire": "retired a tag",
    "tag.revive": "took a tag back into use",
    "setting.choose": "changed settings",
    "hours.add": "added hours of sending",
    "hours.change": "changed hours of sending",
    "hours.retire": "retired hours of sending",
    "hours.revive": "took hours of sending back into use",
    "number.add": "added a number to send from",
    "number.edit": "changed a number to send from",
    "number.retire": "retired a number to send from",
    "template.add": "added a template",
    "template.edit": "changed a template",
    "template.retire": "retired a template",
    "template.revive": "took a template back into use",
    "workflow.add": "added a workflow",
    "workflow.edit": "changed a workflow",
    "workflow.state": "switched a workflow",
    "view.save": "saved a view",
    "view.remove": "removed a view",
    "cleanup.add": "added a cleanup rule",
    "cleanup.edit": "changed a cleanup rule",
    "cleanup.never": "silenced a cleanup rule",
    "cleanup.again": "woke a cleanup rule",
    "message.write": "wrote a text",
    "message.cancel": "took a text back",
    "message.hurry": "sent a scheduled text at once",
    "message.send": "sent a text",
    "message.withhold": "withheld a text",
    "message.hold": "held a text back",
    "message.report": "heard what became of a text",
    "message.receive": "received a text",
    "consent.in": "recorded a consent",
    "consent.out": "recorded an opt-out",
    "export.conversations": "exported conversations",
    "export.figures": "exported figures",
    "export.report": "wrote a report of the pipeline",
    "schedule.add": "scheduled an export",
    "schedule.retire": "ended a scheduled export",
    "export.optouts": "exported the list of opt-outs",
    "review.not_out": "said that a text was no opt-out",
    "import.contacts": "imported contacts",
    "import.messages": "imported messages",
    "import.deals": "imported deals",
    "import.templates": "imported templates",
    "import.optouts": "imported opt-outs",
    "import.workflows": "imported workflows",
    "import.undo": "undid an import",
    "undo": "undid",
    "user.add": "added a user",
    "demo.fill": "filled in demo data",
}
"""What a user did, by the verb of its event."""

QUIET = (
    "message.send", "message.withhold", "message.hold", "message.report", "message.receive", "enrollment.move",
)  # fmt: skip
"""What happens by itself with every text and step: listed only where it is asked for."""

STATES = {
    "queued": "waiting",
    "running": "running",
    "done": "done",
    "done_with_errors": "done, with errors",
    "cancelled": "cancelled",
    "failed": "failed",
    "undoing": "being undone",
    "undone": "undone",
    "undone_in_part": "undone in part",
}

OUTCOMES = {
    "changed": "changed", "already": "already so", "skipped": "skipped", "failed": "failed", "left": "not reached",
}  # fmt: skip
OF_EXPORTS = OUTCOMES | {"changed": "exported", "left": "not exported"}
OF_IMPORTS = OUTCOMES | {"changed": "imported", "already": "unchanged", "failed": "rejected"}

_FIELDS = {
    "is_archived": "archived",
    "is_hot": "hot",
    "unread_count": "unread",
    "follow_up_at": "follow up at",
    "is_due": "due",
    "owner_id": "owner",
    "tag_id": "tag",
    "state": "state",
    "stage_id": "stage",
    "amount_cents": "amount",
    "outcome": "outcome",
    "name": "name",
    "color": "colour",
    "priority": "priority",
    "kind": "kind",
    "probability": "probability",
    "rot_days": "rots after days",
    "is_retired": "retired",
    "stop_reason": "reason",
    "next_due_at": "next due",
    "position": "step",
    "body": "note",
    "email": "e-mail",
    "first_name": "first name",
    "last_name": "last name",
    "silent_days": "silent days",
    "date_of_birth": "date of birth",
    "zip_code": "zip code",
    "city": "city",
    "source": "source",
    "time_zone": "time zone",
    "phone": "phone",
    "value": "value",
    "choices": "choices",
    "decision": "decision",
    "place": "place",
    "days": "days",
    "opens": "opens at minute",
    "closes": "closes at minute",
    "valid_from": "valid from",
    "valid_until": "valid until",
}
_NAMES = {"owner_id": "owner", "stage_id": "stage", "tag_id": "tag"}
_YES_NO = ("is_archived", "is_hot", "is_due", "is_retired")


def said(verb: str, params: dict[str, Any], selection: dict[str, Any], changed: int | None) -> str:
    """What an event did, without who did it; `changed`: to how many conversations, None while that is not known."""
    if "said" in params and "n" in selection:
        return sentence(params["said"], changed or selection["n"], selection["words"])
    if "said" in params:
        return str(params["said"])
    if verb.startswith("import.") and params.get("file"):
        return f"{VERBS.get(verb, verb)} from {params['file']}"
    return VERBS.get(verb, verb)


def outcomes(verb: str) -> dict[str, str]:
    """What became of the rows of an event, in words: an import speaks as its own page does."""
    if verb.startswith("export."):
        return OF_EXPORTS
    return OF_IMPORTS if verb.startswith("import.") and verb != "import.undo" else OUTCOMES


def image(text: str | None, table: str, row_id: int | None, names: Names) -> str:
    """An image in words: “archived: yes”; “” where there is no row."""
    if text is None:
        return ""
    values: dict[str, Any] = json.loads(text)
    if table == "contact_tag":
        return f"tag: {names.tag(row_id)}" if row_id is not None else "tags"
    parts = [f"{_FIELDS[name]}: {_value(name, value, names)}" for name, value in values.items() if name in _FIELDS]
    return ", ".join(parts)


def _value(name: str, value: Any, names: Names) -> str:
    if value is None or value == "":
        return "none"
    if name in _NAMES:
        return str(getattr(names, _NAMES[name])(value))
    if name in _YES_NO:
        return "yes" if value else "no"
    if name == "amount_cents":
        return f"{value / 100:,.2f}"
    if name.endswith("_at"):
        return moment(value, names.zone)
    return str(value)


def moment(at: int, zone: tzinfo = UTC) -> str:
    """A time as people read it."""
    return datetime.fromtimestamp(at, zone).strftime("%-d %b %Y %H:%M")
