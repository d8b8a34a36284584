"""The facts beside a conversation."""

from core.conversations.thread import Conversation
from pages.ui import panel
from pages.ui.places import here

SHOWN = Conversation(
    **dict.fromkeys(("first_name", "last_name", "email", "zip_code", "city", "state", "source", "owner", "note"), ""),
    **dict.fromkeys(("is_archived", "is_hot", "is_opted_out", "is_due"), False),
    **dict.fromkeys(("created_at", "active_at", "unread_count", "message_count", "enrollment_count"), 0),
    id=7, phone="+12125550107", is_phone_valid=True, date_of_birth=None, follow_up_at=None, time_zone=None, tags=(),
    deals=(),
)  # fmt: skip


def test_a_conversation_that_was_never_active_shows_no_time() -> None:
    rows = [row for section in panel.sections(SHOWN, here()) for row in section.get("rows", ())]
    assert ("Active", "") in rows
