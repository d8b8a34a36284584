"""Contacts: their fields edited one by one, contacts made by hand, and those that one person uses."""

from core.contacts.add import Added, add
from core.contacts.edit import Stale, edit
from core.contacts.fields import FIELDS, check
from core.contacts.person import Linked, link, same_person, unlink
from core.contacts.read import values
from core.zones import Zone, candidates

__all__ = [
    "FIELDS", "Added", "Linked", "Stale", "Zone", "add", "candidates", "check", "edit", "link", "same_person",
    "unlink", "values",
]  # fmt: skip
