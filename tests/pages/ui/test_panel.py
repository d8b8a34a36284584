"""What the panel says about a contact."""

from dataclasses import replace
from datetime import date
from typing import Any

from core.contacts import FIELDS
from core.conversations.thread import Conversation
from core.custom import Field
from core.workflows import Run
from pages.ui import card_fields, panel
from pages.ui.card_fields import Known
from pages.ui.places import here

SHOWN = Conversation(
    **dict.fromkeys(("first_name", "last_name", "email", "zip_code", "city", "state", "source", "owner", "note"), ""),
    **dict.fromkeys(("is_archived", "is_hot", "is_opted_out", "is_due"), False),
    **dict.fromkeys(("created_at", "active_at", "unread_count", "message_count", "enrollment_count"), 0),
    id=7, phone="+12125550107", is_phone_valid=True, date_of_birth=None, follow_up_at=None, time_zone=None, tags=(),
    deals=(),
)  # fmt: skip
KNOWN = Known(dict.fromkeys(FIELDS, ""))


def parts(shown: Conversation = SHOWN, known: Known = KNOWN, *, may: bool = True) -> dict[str, Any]:
    return {part["title"]: part for part in panel.parts(shown, known, may, here())}


def field(name: str, shown: Conversation = SHOWN, known: Known = KNOWN, *, may: bool = True) -> dict[str, Any]:
    listed: list[dict[str, Any]] = parts(shown, known, may=may)["Contact"]["fields"]
    return next(each for each in listed if each["name"] == name)


def test_a_conversation_that_was_never_active_shows_no_time() -> None:
    assert ("Active", "") in parts()["Conversation"]["rows"]


def test_the_phone_is_copied_as_e164_and_never_edited() -> None:
    phone = field("phone")
    assert (phone["value"], phone["copy"], phone["may"]) == ("(212) 555-0107", "+12125550107", False)
    assert field("phone", replace(SHOWN, is_phone_valid=False))["value"].endswith("(unverified)")


def test_what_is_copied_is_what_is_stored() -> None:
    known = replace(KNOWN, values=KNOWN.values | {"zip_code": "02139", "date_of_birth": "1985-04-23"})
    assert [field(name, known=known)["copy"] for name in ("zip_code", "date_of_birth", "city")] == [
        "02139", "1985-04-23", "",
    ]  # fmt: skip


def test_a_time_zone_says_where_it_comes_from() -> None:
    assert field("time_zone", replace(SHOWN, time_zone="America/New_York"))["hint"] == "by the phone"
    assert field("time_zone", replace(SHOWN, time_zone="Asia/Tokyo"))["hint"] == "chosen by hand"
    both = field("time_zone", replace(SHOWN, zip_code="60601"))["hint"]
    assert both == "America/New_York by the phone; America/Chicago by the zip code"


def test_a_date_of_birth_shows_the_age_and_what_is_none_shows_nothing() -> None:
    assert card_fields.age("1985-04-23", date(2026, 1, 2)) == "age 40"
    assert card_fields.age("long ago", date(2026, 1, 2)) == ""


def test_a_choice_that_is_no_longer_offered_is_still_shown() -> None:
    own = Field(3, "Plan", "choice", ("Gold", "Silver"), False)
    known = replace(KNOWN, fields=(own,), values=KNOWN.values | {"custom.3": "Bronze"})
    offered = [value for value, _ in field("custom.3", known=known)["options"]]
    assert offered == ["", "Gold", "Silver", "Bronze"]


def test_who_may_not_edit_is_offered_nothing_to_change() -> None:
    known = replace(KNOWN, runs=(Run(1, "Nudge", "workflow", 0, None),))
    found = parts(known=known, may=False)
    assert not any("add" in part for part in found.values())
    assert not any("act" in item for part in found.values() for item in part.get("items", ()))
    assert not any(each["may"] for each in found["Contact"]["fields"])
    assert parts(known=known)["Workflows"]["items"][0]["act"][0] == "stop"
