"""The fields of a contact as its card edits them: labels, choices, what can be copied, and what to say beside them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from core import clock, contacts, custom
from core.contacts import FIELDS, Linked
from core.conversations import Conversation
from core.custom import Field
from core.messages.opt_outs import Said
from core.workflows import Run
from pages.ui.places import Here

COPIED = ("email", "date_of_birth", "zip_code")
COMMON_ZONES = (
    *("America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles"),
    *("America/Anchorage", "Pacific/Honolulu", "America/Puerto_Rico", "Europe/London", "Europe/Berlin"),
)
PHONE = (
    "The phone says who this contact is, so it stays. Put another number into the notes, or make a contact of it and "
    "link the two under Same person."
)


@dataclass(frozen=True)
class Known:
    """What the panel shows beside the conversation itself. `values`: the fields as they are edited, by name."""

    values: dict[str, str]
    fields: tuple[Field, ...] = ()
    owners: tuple[tuple[int, str], ...] = ()
    runs: tuple[Run, ...] = ()
    same_person: tuple[Linked, ...] = ()
    said: tuple[Said, ...] = ()


def listed(shown: Conversation, known: Known, may: bool, at: Here) -> list[dict[str, Any]]:
    """The phone, the fields of every contact, and those of one's own."""
    choices = {"owner": [["", "Nobody"], *[[str(id_), name] for id_, name in known.owners]]}
    found = [_phone(shown, at)]
    for name, label in FIELDS.items():
        value = known.values[name]
        field = {"name": name, "label": label, "value": value, "may": may, "options": choices.get(name)}
        field["copy"] = value if name in COPIED else ""
        found.append(field | _beside(name, shown, at))
    return found + [_own(field, known.values.get(custom.key(field.id), ""), may) for field in known.fields]


def zone_names(shown: Conversation) -> list[str]:
    """What the time zone offers: where phone, zip code and state point, then the common ones."""
    found = [zone.name for zone in contacts.candidates(shown.phone, shown.zip_code, shown.state)]
    return list(dict.fromkeys([*found, *COMMON_ZONES]))


def _phone(shown: Conversation, at: Here) -> dict[str, Any]:
    value = at.national(shown.phone) + ("" if shown.is_phone_valid else " (unverified)")
    said = {"hint": PHONE, "isAsked": True}
    return {"name": "phone", "label": "Phone", "value": value, "may": False, "copy": shown.phone, **said}


def _beside(name: str, shown: Conversation, at: Here) -> dict[str, Any]:
    if name == "date_of_birth":
        return {"hint": age(shown.date_of_birth, at.local(clock.now()).date())}
    return {"hint": _why(shown), "list": "zones"} if name == "time_zone" else {}


def age(iso: str | None, today: date) -> str:
    """The age, if the day is one; imports may have kept something else."""
    try:
        born = date.fromisoformat(iso or "")
    except ValueError:
        return ""
    return f"age {today.year - born.year - ((today.month, today.day) < (born.month, born.day))}"


def _why(shown: Conversation) -> str:
    found = contacts.candidates(shown.phone, shown.zip_code, shown.state)
    why = {zone.name: zone.why for zone in found}
    if shown.time_zone:
        return why.get(shown.time_zone, "chosen by hand")
    return "; ".join(f"{zone.name} {zone.why}" for zone in found) or "Nothing says where this contact is."


def _own(field: Field, value: str, may: bool) -> dict[str, Any]:
    own = {"name": custom.key(field.id), "label": field.name, "value": value, "may": may}
    if field.kind != "choice":
        return own
    words = list(dict.fromkeys([*field.choices, value]))
    return own | {"options": [["", ""], *[[word, word] for word in words if word]]}
