"""Fields of one's own in the made-up world: each held by some, with many equal values; orders and filters by them."""

import random
from decimal import Decimal

from sqlalchemy import insert, select

from core import custom
from core.conversations import Choices, Sort
from core.custom.asked import OPS, Asked
from core.database import Work
from core.database.tables import contact, custom_value
from tests.core.conversations.oracle import Known, folded

VALUES = {
    "text": ("Café", "cafe", "CAFETERIA", "\u0301", "tea", "Żubr", "李", "it's 100%", "z" * 201, "z" * 250, "😂"),
    "number": ("-12.5", "-3", "0", "3", "20", "25", "100", "251", "1,250.50"),
    "date": ("1999-12-31", "2025-06-01", "2026-01-15", "2026-01-16"),
    "choice": ("Gold", "gray", "Silver"),
}
JUMPS = {
    "text": ("caf", "CAFÉ", "z", "it", "aa", "zz" * 200),
    "number": ("-5", "3", "25", "1,000", "99999"),
    "date": ("2025-12-31", "2026-01-15", "2030-01-01"),
    "choice": ("g", "Silver", "x"),
}


def fill(work: Work, seed: int) -> None:
    """A field of each kind, and a number that nobody has; about a third of the contacts have something in each."""
    rng = random.Random(seed)
    made = {custom.add(work, kind, kind, VALUES["choice"] if kind == "choice" else ()): kind for kind in VALUES}
    custom.add(work, "empty", "number")
    fields = {field.id: field for field in custom.find(work.conn) if field.id in made}
    event_id = work.record("test.own")
    rows = []
    for contact_id in work.conn.execute(select(contact.c.id).order_by(contact.c.id)).scalars():
        for field_id in rng.sample(sorted(made), rng.choice((0, 0, 1, 2, 4))):
            value = custom.check(fields[field_id], rng.choice(VALUES[made[field_id]]), "mdy")
            key = custom.sort_key(made[field_id], value)
            own = {"contact_id": contact_id, "field_id": field_id, "event_id": event_id}
            rows.append({**own, "value": value, "sort_key": key})
    work.conn.execute(insert(custom_value), rows)


def order(rng: random.Random, choices: Choices) -> Sort:
    return Sort(custom.key(rng.choice(choices.fields).id), rng.random() < 0.5)


def asked(rng: random.Random, choices: Choices, sort: Sort) -> tuple[str, ...]:
    """One or two conditions, half of them on the field by which is sorted."""
    found = []
    for _ in range(rng.randint(1, 2)):
        field = rng.choice(choices.fields)
        if rng.random() < 0.5:
            field = next(each for each in choices.fields if each.id == sort.field_id)
        op = rng.choice(list(OPS))
        found.append(str(Asked(field.id, op, "" if op in {"any", "none"} else rng.choice(VALUES[field.kind]))))
    return tuple(found)


def starting_at(world: list[Known], wanted: list[int], sort: Sort, kind: str, typed: str) -> list[int]:
    """Those of the wanted ids, in order, that the list shows when it begins at what is typed."""
    held = {one.row["id"]: one.own.get(sort.field_id or 0) for one in world}
    at = Decimal(typed.replace(",", "")) if kind == "number" else folded(typed)

    def shows(value: object) -> bool:
        if value is None:
            return True
        begins = kind in {"text", "choice"} and str(value).startswith(str(at))
        return begins or (value <= at if sort.descending else value >= at)  # type: ignore[operator]

    return [id_ for id_ in wanted if shows(held[id_])]
