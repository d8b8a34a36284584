"""Filters and searches drawn at random, with words and phrases that really occur and some that do not."""

import random
from typing import Any

from core.conversations import Choices, ConversationFilter, Sort
from tests.core.conversations.oracle import Known

ODD = (
    "%",
    "_",
    "*",
    "\\",
    "'",
    '""',
    "AND",
    "OR hello",
    "NEAR(a b)",
    "zzzqqq",
    "(",
    "100%",
    "[a-z]",
    "' OR 1=1 --",
    "\x00",
    "  ",
    "é",
    "SS",
)


def wish(rng: random.Random, world: list[Known], choices: Choices, parts: int = 2) -> ConversationFilter:
    """A filter with a tab, perhaps a search, and up to `parts` further parts."""
    values: dict[str, Any] = {"tab": rng.choice(("all", "all", "hot", "recents", "archived")), "user_id": 1}
    values["include_archived"] = rng.random() < 0.2
    if rng.random() < 0.7:
        values["search"] = search(rng, world)
    for _ in range(rng.randint(0, parts)):
        values |= part(rng, world, choices)
    return ConversationFilter(**values)


def order(rng: random.Random) -> Sort:
    by: Any = rng.choice(("activity", "activity", "name", "amount"))
    return Sort(by, rng.random() < 0.6)


def search(rng: random.Random, world: list[Known]) -> str:
    one = rng.choice(world)
    listed = [said for said in one.texts if said] or [one.phone]
    said = rng.choice(listed)
    pieces = said.split()
    word = rng.choice(sorted(one.words) or ["x"])
    at = rng.randrange(len(pieces))
    kinds = (
        lambda: word,
        lambda: word[: rng.randint(1, 5)],
        lambda: f"{word} {rng.choice(sorted(one.words) or ['y'])}",
        lambda: " ".join(pieces[at : at + 2]),
        lambda: '"' + " ".join(pieces[at : at + rng.randint(1, 4)]).replace('"', "") + '"',
        lambda: f'{word} "{pieces[at]}"',
        lambda: one.phone[rng.randint(0, 4) : rng.randint(5, 11)],
        lambda: f"({one.phone[1:4]}) {one.phone[4:7]}-{one.phone[7:]}",
        lambda: f"{word} {one.phone[-4:]}",
        lambda: rng.choice(sorted(one.tags.values()) or ["none"]),
        lambda: rng.choice(ODD),
        lambda: word.upper(),
    )
    return rng.choice(kinds)()


def part(rng: random.Random, world: list[Known], choices: Choices) -> dict[str, Any]:
    row = rng.choice(world).row
    at, amount = row["activity_key"] >> 20, max(row["amount_key"], 0)
    kinds = (
        lambda: {"tags": some(rng, [tag[0] for tag in choices.tags]), "tags_mode": rng.choice(("any", "all", "none"))},
        lambda: {"stages": some(rng, [stage[0] for stage in choices.stages])},
        lambda: {"pipeline_id": rng.choice([one[0] for one in choices.pipelines] or [None])},
        lambda: {"owner_mode": rng.choice(("mine", "unassigned"))},
        lambda: {"owner_mode": "these", "owners": some(rng, [one[0] for one in choices.owners])},
        lambda: {"sources": some(rng, list(choices.sources))},
        lambda: {"unread": rng.random() < 0.5},
        lambda: {"last_direction": rng.choice(("in", "out"))},
        lambda: {"active_from": at},
        lambda: {"active_from": at - 86_400, "active_to": at + 86_400 * rng.randint(1, 200)},
        lambda: {"amount_from": amount, "amount_to": amount * 2},
        lambda: {"amount_to": amount},
        lambda: {"opted_out": rng.random() < 0.5},
        lambda: {"has_deal": rng.random() < 0.5},
        lambda: {"has_open_deal": rng.random() < 0.5},
        lambda: {"in_workflow": rng.random() < 0.5},
        lambda: {"is_hot": rng.random() < 0.5},
        lambda: {"follow_up": rng.choice(("due", "planned", "none"))},
        lambda: {"is_quoted": rng.random() < 0.5},
    )
    return rng.choice(kinds)()


def some(rng: random.Random, listed: list[Any]) -> tuple[Any, ...]:
    return tuple(sorted(rng.sample(listed, min(len(listed), rng.randint(1, 3)))))
