"""One page of conversations as the grid draws it: texts, numbers and marks, nothing that could be taken for code."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from core.conversations import query
from core.conversations.upkeep import activity_at
from core.words import straight, words
from pages.ui.places import Here

MARKED_LIMIT = 400  # letters of one text in the list; more than a column can show
_RUN = re.compile(r"(?:[^\W_][\u0300-\u036f]*)+|[\W_]+")  # a word with its accents, or what stands between words
QUOTED = ("message", "note", "e-mail", "tag", "same person")  # said where the last message otherwise stands

Spans = list[tuple[str, int]]
Own = Mapping[int, Mapping[str, str]]
NOTHING: Own = {}


def for_grid(found: pd.DataFrame, search: str, here: Here, own: Own = NOTHING) -> pd.DataFrame:
    """The rows that `conversations.find` gave, as texts to draw, with what `listing.own_values` found.

    Shape: one row per conversation, columns as FIELDS. Order: as found.
    """
    asked = query.parse(search)
    records = [{**_record(row, asked, here), "own": _own(own.get(row["id"], {}))} for row in found.to_dict("records")]
    shown = [{name: _straight(value) for name, value in one.items()} for one in records]
    return pd.DataFrame(shown, columns=list(FIELDS))


def _straight(value: object) -> object:
    return straight(value) if isinstance(value, str) else value


FIELDS = (
    "id", "title", "initials", "name", "phone", "marks", "unread", "why", "from", "snippet", "tags", "stage", "amount",
    "owner", "activity", "exact", "day", "own",
)  # fmt: skip
"""Names and other texts with matched words travel as JSON of [text, matched]; `activity`: epoch seconds, 0: none;
`own`: JSON of the values in fields of one's own by key, blank without any."""


def _record(row: dict[str, Any], asked: query.Query, here: Here) -> dict[str, Any]:
    phone = here.national(row["phone"])
    name = f"{row['first_name']} {row['last_name']}".strip()
    activity = activity_at(int(row["activity_key"]))
    local = datetime.fromtimestamp(activity, UTC).astimezone(here.zone)
    digits = any(number in row["phone"] for number in asked.numbers)
    return {
        "id": str(row["id"]),
        "title": name or phone,
        "initials": initials(name),
        "name": _json(marked(name or phone, asked)),
        "phone": _json([(phone, int(digits))]),
        "marks": " ".join(mark for mark, on in _marks(row) if on),
        "unread": f"{row['unread_count']} unread" if row["unread_count"] else "",
        **_said(row, asked),
        "tags": json.dumps([[tag, color] for tag, color, _ in row["tags"]], ensure_ascii=False),
        "stage": _json([(_text(row["stage"]), 0)]),
        "amount": _json([(here.money(row["amount_cents"]), 0)]),
        "owner": _json([(_text(row["owner"]), 0)]),
        "activity": activity,
        "exact": local.strftime("%A, %-d %B %Y, %H:%M %Z") if activity else "",
        "day": local.strftime("%-d %b %Y") if activity else "",
    }


def _own(values: Mapping[str, str]) -> str:
    return json.dumps(values, ensure_ascii=False) if values else ""


def _said(row: dict[str, Any], asked: query.Query) -> dict[str, str]:
    """The sentence that matched, and where it stands; the last message when nothing is searched."""
    snippet = _json(marked(_one_line(row["snippet"]), asked))
    last = {"from": "You:" if row["last_direction"] == "out" else "", "snippet": snippet}
    if asked.is_blank:
        return {"why": "", **last}
    where = row["matched"] or "several places"
    if where in QUOTED:
        return {"why": where, "from": "", "snippet": _json(marked(_one_line(row["sentence"]), asked))}
    return {"why": where, **last}


def _marks(row: dict[str, Any]) -> list[tuple[str, Any]]:
    planned = row["follow_up_at"] and not row["is_due"]
    marks = [("due", row["is_due"]), ("planned", planned), ("hot", row["is_hot"])]
    return [*marks, ("archived", row["is_archived"]), ("stopped", row["is_opted_out"])]


def initials(name: str) -> str:
    """At most two letters; a contact without a name gets #."""
    letters = [word[0].upper() for word in name.split() if word[0].isalnum()]
    return "".join(letters[:1] + letters[1:][-1:]) or "#"


def marked(text: str, asked: query.Query, limit: int | None = MARKED_LIMIT) -> Spans:
    """The text (its beginning, with a limit) in parts, 1 where a word of the search matched."""
    if asked.is_blank or not text:
        return [(text[:limit], 0)] if text else []
    terms = [*asked.terms, *(term for phrase in asked.phrases for term in query.phrase_terms(phrase))]
    spans: Spans = []
    for part in _RUN.findall(text[:limit]):
        hit = int(any(term.matches(word) for term in terms for word in words(part)))
        if spans and spans[-1][1] == hit:
            spans[-1] = (spans[-1][0] + part, hit)
        else:
            spans.append((part, hit))
    return spans


def _one_line(text: object) -> str:
    return " ".join(_text(text).split())


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _json(spans: Spans) -> str:
    return json.dumps(spans, ensure_ascii=False)
