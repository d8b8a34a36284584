"""Brute force over every row, written from the definition of search and filters alone; it knows nothing of indexes."""

import re
import unicodedata
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, text

from core import clock
from core.conversations import ConversationFilter, Sort
from core.conversations.query import Query, parse
from core.conversations.upkeep import FIRST_KNOWN
from core.custom.asked import OPS


def folded(raw: str) -> str:
    for _ in range(3):
        raw = unicodedata.normalize("NFKD", raw).casefold()
    raw = unicodedata.normalize("NFKD", raw)
    return "".join(c for c in raw if unicodedata.category(c)[0] != "M")


def split(raw: str) -> list[str]:
    return "".join(c if c.isalnum() else " " for c in folded(raw)).split()


def flat(raw: str) -> str:
    return re.sub(r"\s+", " ", folded(raw)).strip()


@dataclass
class Known:
    row: dict[str, Any]
    texts: list[str]
    words: set[str]
    phone: str
    tags: dict[int, str] = field(default_factory=dict)
    deals: list[tuple[int, int]] = field(default_factory=list)
    outcomes: set[str] = field(default_factory=set)
    own: dict[int, Any] = field(default_factory=dict)  # values that compare as they are ordered, by field
    kinds: dict[int, str] = field(default_factory=dict)


def everything(reader: Connection) -> list[Known]:
    found = {}
    joined = "SELECT p.phone, p.first_name, p.last_name, p.email, c.* FROM conversation c JOIN contact p ON p.id = c.id"
    for row in reader.execute(text(joined)).mappings():
        names = [row["first_name"], row["last_name"], f"{row['first_name']} {row['last_name']}", row["email"]]
        found[row["id"]] = Known(dict(row), names, set(), re.sub(r"\D", "", row["phone"]))
    for table in ("note", "message"):
        for contact_id, body in reader.execute(text(f"SELECT contact_id, body FROM {table}")):
            found[contact_id].texts.append(body)
    carried = "SELECT l.contact_id, t.id, t.name FROM contact_tag l JOIN tag t ON t.id = l.tag_id"
    for contact_id, tag_id, name in reader.execute(text(carried)):
        found[contact_id].tags[tag_id] = name
    deals = "SELECT contact_id, stage_id, pipeline_id, outcome FROM deal"
    for contact_id, stage_id, pipeline_id, outcome in reader.execute(text(deals)):
        found[contact_id].deals.append((stage_id, pipeline_id))
        found[contact_id].outcomes.add(outcome)
    held = "SELECT contact_id, field_id, kind, value FROM custom_value JOIN custom_field f ON f.id = field_id"
    for contact_id, field_id, kind, value in reader.execute(text(held)):
        found[contact_id].own[field_id] = comparable(kind, value)
    kinds = {row[0]: row[1] for row in reader.execute(text("SELECT id, kind FROM custom_field"))}
    for known in found.values():
        known.kinds = kinds
        known.words = {word for body in known.texts for word in split(body)}
        known.texts = [flat(body) for body in known.texts]
    return list(found.values())


def comparable(kind: str, value: str) -> Any:
    """Numbers by size, everything else letter by letter as far as letters count."""
    return Decimal(value.replace(",", "")) if kind == "number" else folded(value)[:200]


def find(world: list[Known], wanted: ConversationFilter, sort: Sort) -> list[int]:
    """All ids that match, in order."""
    query = parse(wanted.search)
    hits = [one for one in world if shown(one, wanted) and filtered(one, wanted) and matches(one, query)]
    keys = {
        "activity": lambda one: one.row["activity_key"],
        "name": lambda one: (one.row["name_key"], one.row["id"]),
        "amount": lambda one: (one.row["amount_key"], one.row["id"]),
    }
    if sort.by not in keys:
        return by_own(hits, int(sort.by.removeprefix("custom.")), sort.descending)
    if sort.by == "amount" and not sort.descending:  # what is not quoted comes last either way
        keys["amount"] = lambda one: (one.row["amount_key"] < 0, one.row["amount_key"], one.row["id"])
    return [one.row["id"] for one in sorted(hits, key=keys[sort.by], reverse=sort.descending)]


def by_own(hits: list[Known], field_id: int, descending: bool) -> list[int]:
    """Who has nothing in the field comes last, up or down."""
    held = [(one.own[field_id], one.row["id"]) for one in hits if field_id in one.own]
    blank = [one.row["id"] for one in hits if field_id not in one.own]
    return [id_ for _, id_ in sorted(held, reverse=descending)] + sorted(blank, reverse=descending)


def shown(one: Known, wanted: ConversationFilter) -> bool:
    row = one.row
    recent = row["unread_count"] > 0 or row["activity_key"] >> 20 >= clock.now() - 30 * 86_400
    return {
        "all": wanted.include_archived or not row["is_archived"],
        "hot": bool(row["is_hot"]) and not row["is_archived"],
        "recents": recent and not row["is_archived"],
        "archived": bool(row["is_archived"]),
    }[wanted.tab]


def filtered(one: Known, wanted: ConversationFilter) -> bool:
    row, at = one.row, one.row["activity_key"] >> 20
    amount_asked = wanted.amount_from is not None or wanted.amount_to is not None
    rules = [
        not wanted.tags or tagged(one, wanted),
        not (wanted.stages or wanted.pipeline_id) or any(dealt(stage, of, wanted) for stage, of in one.deals),
        owned(row["owner_id"], wanted),
        not wanted.sources or row["source"] in wanted.sources,
        wanted.unread is None or wanted.unread == (row["unread_count"] > 0),
        wanted.last_direction is None or row["last_direction"] == wanted.last_direction,
        wanted.active_from is None or at >= wanted.active_from,
        wanted.active_to is None or at < wanted.active_to,
        wanted.active_to is None or wanted.active_from is not None or row["activity_key"] >= FIRST_KNOWN,
        not amount_asked or row["amount_key"] >= (wanted.amount_from or 0),
        wanted.amount_to is None or row["amount_key"] <= wanted.amount_to,
        wanted.opted_out is None or wanted.opted_out == bool(row["is_opted_out"]),
        wanted.has_deal is None or wanted.has_deal == (row["deal_count"] > 0),
        wanted.has_open_deal is None or wanted.has_open_deal == ("open" in one.outcomes),
        wanted.is_hot is None or wanted.is_hot == bool(row["is_hot"]),
        wanted.is_quoted is None or wanted.is_quoted == (row["amount_key"] >= 0),
        wanted.follow_up is None or wanted.follow_up == followed(row),
        wanted.in_workflow is None or wanted.in_workflow == (row["enrollment_count"] > 0),
        *[holds(one, field_id, wanted) for field_id in {int(text.split(":")[0]) for text in wanted.custom}],
    ]
    return all(rules)


def holds(one: Known, field_id: int, wanted: ConversationFilter) -> bool:
    """What is asked about a field: blank alone when it is, else any of the values named and all of the bounds."""
    own = [text.split(":", 2)[1:] for text in wanted.custom if int(text.split(":")[0]) == field_id]
    if ["none"] in own or field_id not in one.own:
        return ["none"] in own and field_id not in one.own
    value = one.own[field_id]
    named = {op: [comparable(one.kinds[field_id], said[0]) for name, *said in own if name == op and said] for op in OPS}
    is_named = not named["is"] or value in named["is"]
    return is_named and all(value >= low for low in named["from"]) and all(value <= high for high in named["to"])


def followed(row: dict[str, Any]) -> str:
    return "none" if row["follow_up_at"] is None else "due" if row["is_due"] else "planned"


def tagged(one: Known, wanted: ConversationFilter) -> bool:
    carried = [id_ in one.tags for id_ in wanted.tags]
    return {"any": any(carried), "all": all(carried), "none": not any(carried)}[wanted.tags_mode]


def dealt(stage_id: int, pipeline_id: int, wanted: ConversationFilter) -> bool:
    """One and the same deal lies in a wanted stage and in the wanted pipeline."""
    return (not wanted.stages or stage_id in wanted.stages) and wanted.pipeline_id in (None, pipeline_id)


def owned(owner_id: int | None, wanted: ConversationFilter) -> bool:
    return {
        "anyone": True,
        "mine": owner_id == wanted.user_id,
        "unassigned": owner_id is None,
        "these": not wanted.owners or owner_id in wanted.owners,
    }[wanted.owner_mode]


def matches(one: Known, query: Query) -> bool:
    digits = {query.digits, query.digits.removeprefix("00"), query.digits.removeprefix("011")}
    if query.digits and any(len(d) >= 3 and d in one.phone for d in digits):
        return True
    tag_words = {word for name in one.tags.values() for word in split(name)}
    for term in query.terms:
        # Digits inside a longer text count for phones as well.
        in_phone = bool(term.digits) and not query.digits and term.digits in one.phone
        held = one.words | tag_words
        begins = term.is_prefix and any(word.startswith(term.word) for word in held)
        if not (term.word in held or begins or in_phone):
            return False
    everything_said = [*one.texts, *[flat(name) for name in one.tags.values()]]
    return all(any(at_word(said, phrase) for said in everything_said) for phrase in query.phrases)


def at_word(said: str, phrase: str) -> bool:
    """The phrase stands in the text; one that begins with a letter or digit does not begin inside a word."""
    places = [match.start() for match in re.finditer(f"(?={re.escape(phrase)})", said)]
    return any(not phrase[0].isalnum() or place == 0 or not said[place - 1].isalnum() for place in places)
