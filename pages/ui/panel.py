"""What is known about one contact, beside its messages."""

from datetime import date
from typing import Any

from core import clock
from core.conversations.thread import Conversation, Deal
from pages.ui import colours, components
from pages.ui.places import Here, here


def show(shown: Conversation) -> None:
    """The facts, top to bottom."""
    data = {
        "contact": shown.id,
        "sections": sections(shown, here()),
        "palette": [color for _, color in colours.PALETTE],
    }
    components.mount("card", "conversations.card", data)


def sections(shown: Conversation, at: Here) -> list[dict[str, Any]]:
    """The facts, in the order of reading; a blank value is shown as not given."""
    phone = at.national(shown.phone) + ("" if shown.is_phone_valid else " (unverified)")
    place = ", ".join(part for part in (shown.city, shown.state) if part)
    contact = [
        ("Name", f"{shown.first_name} {shown.last_name}".strip()),
        ("Phone", phone),
        ("E-mail", shown.email),
        ("Date of birth", birth(shown.date_of_birth, at.local(clock.now()).date())),
        ("Zip code", shown.zip_code),
        ("Place", place),
        ("Time zone", shown.time_zone or ""),
    ]
    listed = [
        ("Owner", shown.owner or "nobody"),
        ("Source", shown.source),
        ("State", _state(shown)),
        ("Active", at.local(shown.active_at).strftime("%-d %b %Y, %H:%M") if shown.active_at else ""),
        ("Messages", f"{shown.message_count:,}"),
        ("In workflows", f"{shown.enrollment_count:,}" if shown.enrollment_count else "none"),
    ]
    tags = {"title": "Tags", "tags": [[name, color] for name, color, _ in shown.tags]}
    found: list[dict[str, Any]] = [
        {"title": "Contact", "rows": contact},
        tags if shown.tags else {"title": "Tags", "none": "No tags."},
        *[{"title": "Deal", "rows": _deal(each, at)} for each in shown.deals],
        {"title": "Conversation", "rows": listed},
    ]
    if not shown.deals:
        found.insert(2, {"title": "Deal", "none": "No deal."})
    if shown.note:
        found.append({"title": "Note", "rows": [("", shown.note)]})
    return found


def _state(shown: Conversation) -> str:
    marks = (("archived", shown.is_archived), ("hot lead", shown.is_hot), ("opted out", shown.is_opted_out))
    said = [word for word, on in marks if on]
    if shown.unread_count:
        said.append(f"{shown.unread_count:,} unread")
    return ", ".join(said) or "open"


def _deal(deal: Deal, at: Here) -> list[tuple[str, str]]:
    rows = [
        ("Pipeline", deal.pipeline),
        ("Stage", deal.stage),
        ("Amount", at.money(deal.amount_cents) or "no quote"),
        ("Owner", deal.owner or "nobody"),
    ]
    closed = [("Closed", at.local(deal.closed_at).strftime("%-d %b %Y"))] if deal.closed_at else []
    return rows + closed + ([("Account", deal.account)] if deal.account else [])


def birth(iso: str | None, today: date) -> str:
    """The day of birth with the age; what is no date is shown as it stands."""
    if not iso:
        return ""
    try:
        born = date.fromisoformat(iso)
    except ValueError:
        return iso
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return f"{born.strftime('%-d %b %Y')} (age {age})"
