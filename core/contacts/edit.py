"""Fields of one contact changed by a person who saw what stood there; never over what somebody else wrote meanwhile."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, update

from core import custom, zones
from core.access import Right
from core.bulk.apply import Stretch, follow
from core.contacts.fields import FIELDS, check
from core.contacts.read import OF_CONTACT, Held, as_text, held
from core.database import Change, Work, images
from core.database.tables import outbox, user
from core.database.work import STEP
from core.errors import Conflict, Invalid


class Stale(Conflict):
    """Somebody else changed these fields meanwhile. `fields`: name -> (the value that is stored, the value wanted)."""

    def __init__(self, fields: Mapping[str, tuple[str, str]]) -> None:
        self.fields = dict(fields)
        listed = ", ".join(FIELDS.get(name, "a field of your own").lower() for name in self.fields)
        super().__init__(
            f"Somebody else changed this meanwhile: {listed}. Nothing was saved; choose which value stays."
        )


def edit(
    work: Work, contact_id: int, changes: Mapping[str, str], seen: Mapping[str, str], order: str = "mdy"
) -> int | None:
    """Change fields of a contact, all or none; returns the event, None when everything is so already.

    `changes`: the wanted text by field (FIELDS, or custom.key); `seen`: what the person saw there before. A field whose
    stored value is neither what was seen nor what is wanted is another's: nothing is written then.
    `order`: how dates like 02/10/1985 are meant, mdy or dmy.
    Raises: NotAllowed; NotFound; Invalid; Stale.
    """
    work.actor.require(Right.CONTACT_EDIT)
    images.lock(work.conn, [contact_id])
    row = held(work.conn, contact_id)
    stored = as_text(row) | custom.values(work.conn, contact_id)
    wanted = _checked(work, changes, order)
    if wanted.get("time_zone") == "" and row.time_zone_source != zones.CHOSEN:
        del wanted["time_zone"]  # what nobody chose cannot be taken back
    stale = {
        name: (stored.get(name, ""), value)
        for name, value in wanted.items()
        if stored.get(name, "") not in {seen.get(name, ""), value}
    }
    if stale:
        raise Stale(stale)
    differing = {name: value for name, value in wanted.items() if stored.get(name, "") != value}
    if not differing:
        return None
    event_id = work.record("contact.edit", said=_said(work, differing))
    listed = [*_of_contact(row, differing), *_of_conversation(row, differing)]
    listed += custom.changes(work, event_id, contact_id, differing)
    work.account(event_id, STEP, listed)
    work.set_state(event_id, "done", changed=1)
    follow(work, Stretch(event_id, STEP, 2 * STEP), "manual")
    if differing.keys() & {"time_zone", "zip_code", "state"}:
        _look_again(work, contact_id)
    return event_id


def _look_again(work: Work, contact_id: int) -> None:
    """What is held for want of a time zone, or until it opens there, is looked at anew; not what waits for a person."""
    o = outbox.c
    held = (o.contact_id == contact_id) & (o.state == "held") & o.enrollment_id.is_not(None)
    work.conn.execute(update(outbox).where(held).values(due_at=work.now))


def _checked(work: Work, changes: Mapping[str, str], order: str) -> dict[str, str]:
    today = datetime.fromtimestamp(work.now, UTC).date()
    own = {name: text for name, text in changes.items() if name in FIELDS}
    wanted = {name: check(name, text, order, today) for name, text in own.items()}
    wanted |= custom.checked(work.conn, {name: text for name, text in changes.items() if name not in FIELDS}, order)
    if wanted.get("owner"):
        _owner(work, wanted["owner"])
    return wanted


def _owner(work: Work, text: str) -> None:
    is_id = text.isascii() and text.isdecimal()
    if not is_id or work.conn.execute(select(user.c.id).where(user.c.id == int(text))).first() is None:
        raise Invalid("This user does not exist (any more). Choose another owner.")


def _of_contact(row: Held, wanted: Mapping[str, str]) -> Iterator[Change]:
    after: dict[str, Any] = {name: wanted[name] for name in OF_CONTACT if name in wanted}
    if "date_of_birth" in after:
        after["date_of_birth"] = after["date_of_birth"] or None
    if wanted.get("time_zone"):
        after |= {"time_zone": wanted["time_zone"], "time_zone_source": zones.CHOSEN}
    elif "time_zone" in wanted or (row.time_zone_source != zones.CHOSEN and {"zip_code", "state"} & after.keys()):
        place = (after.get(name, row._mapping[name]) for name in ("zip_code", "state"))
        after |= zone_columns(zones.derived(row.phone, *place))
    after = {name: value for name, value in after.items() if value != row._mapping[name]}
    if after:
        yield Change("contact", row.id, row.id, {name: row._mapping[name] for name in after}, after)


def zone_columns(zone: tuple[str | None, str | None]) -> dict[str, str | None]:
    """The columns of a zone and of what it comes from."""
    return dict(zip(("time_zone", "time_zone_source"), zone, strict=True))


def _of_conversation(row: Held, wanted: Mapping[str, str]) -> Iterator[Change]:
    after: dict[str, Any] = {"source": wanted["source"]} if "source" in wanted else {}
    if "owner" in wanted:
        after["owner_id"] = int(wanted["owner"]) if wanted["owner"] else None
    if after:
        yield Change("conversation", row.id, row.id, {name: row._mapping[name] for name in after}, after)


def _said(work: Work, differing: Mapping[str, str]) -> str:
    labels = FIELDS | custom.labels(work.conn)
    return "changed " + ", ".join(labels[name].lower() if name in FIELDS else labels[name] for name in differing)
