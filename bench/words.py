"""What is searched for: words, pairs, prefixes, phrases and digits drawn from the texts themselves."""

import random
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select, text

from core.database.tables import contact, message
from core.demo import library
from core.words import words

COMMON, PAIRS, PREFIXES, PHRASES, PHONES = 200, 100, 100, 30, 40
SAMPLE = 600
ABSENT = "xylophonist"


@dataclass(frozen=True)
class Workload:
    """Queries by kind; the same on both engines, which hold the same rows."""

    frequent: tuple[str, ...]
    uniform: tuple[str, ...]
    pairs: tuple[str, ...]
    prefixes: tuple[str, ...]
    phrases: tuple[str, ...]
    phones: tuple[str, ...]

    @property
    def planted(self) -> tuple[tuple[str, float], ...]:
        """Words of known frequency, with the share of messages that hold them."""
        known = library.planted()
        return tuple(zip(known.words, known.shares, strict=True))


def draw(reader: Connection, n: int, seed: int = 3) -> Workload:
    """Draw the queries: words by their frequency, and words each as likely as the other."""
    drawn = random.Random(seed)
    ids = sorted(drawn.sample(range(1, n + 1), min(SAMPLE, n)))
    wanted = bindparam("ids", ids, expanding=True)
    texts: dict[int, list[str]] = {}
    rows = select(message.c.contact_id, message.c.body).where(message.c.contact_id.in_(wanted))
    for contact_id, body in reader.execute(rows.order_by(message.c.contact_id, message.c.id)):
        texts.setdefault(contact_id, []).append(body)
    threads = [[words(body) for body in bodies] for bodies in texts.values()]
    said = [word for thread in threads for listed in thread for word in listed if len(word) > 1]
    vocabulary = sorted(set(said))
    pairs = [
        " ".join(drawn.sample(sorted({w for listed in thread for w in listed if len(w) > 1}), 2))
        for thread in threads[:PAIRS]
    ]
    phones = list(reader.execute(select(contact.c.phone).where(contact.c.id.in_(wanted))).scalars())
    return Workload(
        frequent=tuple(drawn.choices(said, k=COMMON)),
        uniform=tuple(drawn.sample(vocabulary, min(COMMON, len(vocabulary)))),
        pairs=tuple(pairs),
        prefixes=tuple(word[: drawn.randrange(2, 6)] for word in drawn.choices(vocabulary, k=PREFIXES)),
        phrases=tuple(_phrase(drawn, drawn.choice(threads)) for _ in range(PHRASES)),
        phones=tuple(_digits(drawn, phone) for phone in drawn.choices(phones, k=PHONES)),
    )


def _phrase(drawn: random.Random, thread: list[list[str]]) -> str:
    listed = max(drawn.sample(thread, min(3, len(thread))), key=len)
    start = drawn.randrange(max(1, len(listed) - 2))
    return f'"{" ".join(listed[start : start + 3])}"'


def _digits(drawn: random.Random, phone: str) -> str:
    national = phone[2:]
    return drawn.choice(
        [
            national[:6],
            national[3:],
            national[-4:],
            f"({national[:3]}) {national[3:6]}-{national[6:]}",
            phone,
            f"{national[:3]}.{national[3:6]}",
        ]
    )


def holders(reader: Connection, word: str, is_open: bool) -> int:
    """How many conversations hold the word as a part of a text, by reading every message."""
    found = text(
        "SELECT count(DISTINCT m.contact_id) FROM message m JOIN conversation c ON c.id = m.contact_id"
        " WHERE lower(m.body) LIKE :pattern AND c.is_archived = :archived"
    )
    return int(reader.execute(found, {"pattern": f"%{word}%", "archived": int(not is_open)}).scalar_one())
