"""The contact beside its messages: tags, notes, fields that are edited in place, sales, workflows."""

from datetime import date
from typing import Any

from core import clock, contacts, custom, people, workflows
from core.access import Right
from core.contacts import Linked
from core.conversations import Conversation, Deal
from core.messages import opt_outs
from core.messages.opt_outs import Said
from core.workflows import Run
from pages.ui import card, card_fields, notes, session
from pages.ui.card_fields import Known
from pages.ui.deal_history import span
from pages.ui.places import Here, here

Part = dict[str, Any]


def show(shown: Conversation) -> None:
    """Tags and notes first, then all that is known."""
    may = session.actor().may(Right.CONTACT_EDIT)
    known = _known(shown.id)
    card.mount("conversations.tags", shown.id, [tags(shown, may)])
    notes.show(shown.id)
    card.mount("conversations.card", shown.id, parts(shown, known, may, here()))


def _known(contact_id: int) -> Known:
    with session.store().read() as reader:
        return Known(
            contacts.values(reader, contact_id) | custom.values(reader, contact_id),
            tuple(custom.find(reader)),
            tuple((person.id, person.name) for person in people.find(reader)),
            tuple(workflows.live(reader, contact_id)),
            tuple(contacts.same_person(reader, contact_id)),
            tuple(opt_outs.of_contact(reader, session.actor(), contact_id)),
        )


def tags(shown: Conversation, may: bool) -> Part:
    """The tags, each with its x, and the plus sign for tags, workflow and redrip."""
    listed = [{"name": name, "color": color, "id": id_, "off": may} for name, color, id_ in shown.tags]
    part = {"title": "Tags", "tags": listed, "none": "" if listed else "No tags."}
    return part | ({"add": ["add", "Add a tag, workflow or redrip"]} if may else {})


def parts(shown: Conversation, known: Known, may: bool, at: Here) -> list[Part]:
    """The sections below the notes, in the order of reading."""
    found = [
        {
            "title": "Contact",
            "fields": card_fields.listed(shown, known, may, at),
            "lists": [["zones", card_fields.zone_names(shown)]],
        },
        _sales(shown, may, at),
        _workflows(known.runs, may, at),
        _person(known.same_person, may, at),
        _consent(known.said, may, at),
    ]
    return [*found, {"title": "Conversation", "rows": _about(shown, at)}]


def _sales(shown: Conversation, may: bool, at: Here) -> Part:
    items = [{"what": f"{deal.pipeline}: {deal.stage}", "lines": _deal(deal, at)} for deal in shown.deals]
    part: Part = {"title": "Pipeline", "items": items, "none": "" if items else "In no pipeline."}
    return part | ({"add": ["move", "Set pipeline and stage"]} if may else {})


def _deal(deal: Deal, at: Here) -> list[str]:
    closed = f"closed {at.local(deal.closed_at).strftime('%-d %b %Y')}" if deal.closed_at else _stay(deal)
    first = " · ".join(part for part in (at.money(deal.amount_cents) or "no quote", closed) if part)
    expected = deal.expected_close_on if deal.outcome == "open" else None
    close = f"close expected {date.fromisoformat(expected).strftime('%-d %b %Y')}" if expected else ""
    rest = " · ".join(part for part in (close, deal.lost_reason, deal.owner, deal.account) if part)
    return [first, rest] if rest else [first]


def _stay(deal: Deal) -> str:
    """How long an open deal is where it is."""
    if deal.stage_entered_at is None:
        return ""
    return f"here for {span(max(0, clock.now() - deal.stage_entered_at))}"


def _workflows(runs: tuple[Run, ...], may: bool, at: Here) -> Part:
    items = []
    for run in runs:
        since = f"since {at.local(run.started_at).strftime('%-d %b %Y')}"
        due = f"next on {at.local(run.next_due_at).strftime('%-d %b %Y, %H:%M')}" if run.next_due_at else ""
        kind = "redrip" if run.kind == "redrip" else ""
        item: Part = {"what": run.name, "lines": [" · ".join(part for part in (kind, since, due) if part)]}
        if may:
            item["act"] = ["stop", "Stop", f"Stop {run.name}", run.workflow_id]
        items.append(item)
    return {"title": "Workflows", "items": items, "none": "" if items else "In no workflow or redrip."}


def _person(linked: tuple[Linked, ...], may: bool, at: Here) -> Part:
    items = []
    for each in linked:
        phone = at.national(each.phone)
        item: Part = {"what": each.name or phone, "opens": each.id, "lines": [phone] if each.name else []}
        item["mark"] = "opted out" if each.is_opted_out else ""
        items.append(item)
    part: Part = {"title": "Same person", "items": items, "none": "" if items else "No other contact of this person."}
    if may:
        part["add"] = ["person", "Link with another contact of the same person"]
        if items:
            part["items"] = [*items[:-1], items[-1] | {"act": ["unlink", "Unlink", "Another person uses this one", 0]}]
    return part


def _consent(said: tuple[Said, ...], may: bool, at: Here) -> Part:
    """The ledger: what they said about being texted, how, and in which words."""
    items = []
    for each in said:
        by = f" by {each.by}" if each.by else ""
        lines = [f"{at.local(each.happened_at).strftime('%-d %b %Y, %H:%M')} · {each.how}{by}"]
        words = [f"“{each.body}”"] if each.body else []
        items.append({"what": "Opted out" if each.kind == "out" else "Opted in", "lines": lines + words})
    part: Part = {"title": "Consent", "items": items}
    part["none"] = "" if items else "They said nothing about being texted."
    return part | ({"add": ["consent", "Record what they said about being texted"]} if may else {})


def _about(shown: Conversation, at: Here) -> list[tuple[str, str]]:
    active = at.local(shown.active_at).strftime("%-d %b %Y, %H:%M") if shown.active_at else ""
    return [("State", _state(shown)), ("Active", active), ("Messages", f"{shown.message_count:,}")]


def _state(shown: Conversation) -> str:
    marks = (("archived", shown.is_archived), ("hot lead", shown.is_hot), ("opted out", shown.is_opted_out))
    said = [word for word, on in marks if on]
    if shown.unread_count:
        said.append(f"{shown.unread_count:,} unread")
    return ", ".join(said) or "open"
