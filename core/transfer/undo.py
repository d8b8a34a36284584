"""Taking an import back: changes are restored, what it inserted is deleted, what was used since is kept and told."""

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

from sqlalchemy import select

from core import jobs
from core.access import Actor
from core.database import Change, Store, Work
from core.database.tables import change, contact, event, event_state
from core.errors import NotFound
from core.transfer import ledger, undo_changes, undo_contacts, undo_references
from core.transfer.run import Pace

CHUNK = 500
LARGEST_CHUNK = 10_000


@dataclass
class Place:
    """How far an undo is: the lowest change restored, the highest contact looked at, and what was kept."""

    phase: str = "changes"
    n: int = 0
    contact_id: int = 0
    kept: int = 0


def begin(work: Work, event_id: int) -> int:
    """Write the undo down, ready to be carried out; returns its event. `core.undo` asks before whether it may be.

    An import undone in part begins again from the top: what is as before already is passed over.
    """
    run = ledger.get(work.conn, event_id)
    undo_id = work.record("import.undo", state="running", undoes=event_id, file=run.file_name)
    top = ledger.next_change(work.conn, event_id)
    work.set_state(undo_id, "running", result=json.dumps(asdict(Place(n=top))))
    work.set_state(event_id, "undoing", lease_by=None, lease_until=None)
    return undo_id


def carry_out(store: Store, actor: Actor, event_id: int, pace: Pace) -> int:
    """Go on with an undo to its end; returns how many rows were kept because they were used since.

    Raises: Conflict when another process has it; NotFound when nothing is being taken back.
    """
    holder = jobs.me()
    store.write(actor, ledger.hold, event_id, holder)
    size = CHUNK
    while True:
        begun = time.monotonic()
        place = store.write(actor, _step, event_id, holder, size)
        if place.phase == "done":
            with store.read() as reader:
                ledger.let_go_of_file(reader, event_id)  # an import that failed had kept it
            return place.kept
        taken = max(time.monotonic() - begun, 1e-3)
        size = max(50, min(LARGEST_CHUNK, int(size * min(2.0, pace.seconds / taken))))
        time.sleep(pace.rest)


def _step(work: Work, event_id: int, holder: str, size: int) -> Place:
    ledger.hold(work, event_id, holder)
    undo_id, place = _place(work, event_id)
    changes = _PHASES[place.phase](work, event_id, place, size)
    place.kept += sum(item.outcome == "skipped" for item in changes)
    work.account(undo_id, ledger.next_change(work.conn, undo_id), changes)
    if place.phase == "done":
        state = "undone_in_part" if place.kept else "undone"
        work.set_state(event_id, state, lease_by=None, lease_until=None)
        work.set_state(undo_id, "done", skipped=place.kept, result=json.dumps(asdict(place)))
    else:
        work.set_state(undo_id, "running", result=json.dumps(asdict(place)))
    return place


def _place(work: Work, event_id: int) -> tuple[int, Place]:
    found = work.conn.execute(
        select(event.c.id, event_state.c.result)
        .join(event_state, event_state.c.event_id == event.c.id)
        .where(event.c.undoes_event_id == event_id, event_state.c.state == "running")
    ).first()
    if found is None:
        raise NotFound("This import is not being taken back.")
    return found.id, Place(**json.loads(found.result))


def _changes(work: Work, event_id: int, place: Place, size: int) -> list[Change]:
    rows = work.conn.execute(
        select(change)
        .where(change.c.event_id == event_id, change.c.n < place.n)
        .order_by(change.c.n.desc())
        .limit(size)
    ).all()
    if not rows:
        place.phase = "contacts"
        return []
    place.n = rows[-1].n
    return undo_changes.restore(work, event_id, rows)


def _contacts(work: Work, event_id: int, place: Place, size: int) -> list[Change]:
    wanted = select(contact.c.id).where(contact.c.event_id == event_id, contact.c.id > place.contact_id)
    ids = list(work.conn.execute(wanted.order_by(contact.c.id).limit(size)).scalars())
    if not ids:
        place.phase = "references"
        return []
    place.contact_id = ids[-1]
    return undo_contacts.delete_contacts(work, event_id, ids)


def _references(work: Work, event_id: int, place: Place, size: int) -> list[Change]:
    place.phase = "done"
    return undo_references.delete_references(work, event_id)


_PHASES: dict[str, Callable[[Work, int, Place, int], list[Change]]] = {
    "changes": _changes,
    "contacts": _contacts,
    "references": _references,
}
