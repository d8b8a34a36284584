"""What the list is asked to show, and the same in words."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, tzinfo
from typing import Any, Literal

from core.custom import asked

TABS = ("all", "hot", "recents", "archived")
RECENT_SECONDS = 30 * 86_400

FOLLOW_UPS = {"due": "follow-up due", "planned": "follow-up planned", "none": "no follow-up"}

Tab = Literal["all", "hot", "recents", "archived"]


@dataclass(frozen=True)
class ConversationFilter:
    """Which conversations: all parts hold at once. None and empty mean: does not matter.

    Units: `active_from`/`active_to` UTC epoch seconds, from included, to excluded; amounts cents, both included.
    `tags`, `stages`, `owners` are ids; `owner_mode` "mine" needs `user_id`.
    """

    tab: Tab = "all"
    include_archived: bool = False
    search: str = ""
    tags: tuple[int, ...] = ()
    tags_mode: Literal["any", "all", "none"] = "any"
    stages: tuple[int, ...] = ()
    pipeline_id: int | None = None
    owner_mode: Literal["anyone", "mine", "unassigned", "these"] = "anyone"
    owners: tuple[int, ...] = ()
    user_id: int | None = None
    sources: tuple[str, ...] = ()
    unread: bool | None = None
    is_hot: bool | None = None
    last_direction: Literal["in", "out"] | None = None
    active_from: int | None = None
    active_to: int | None = None
    amount_from: int | None = None
    amount_to: int | None = None
    is_quoted: bool | None = None
    opted_out: bool | None = None
    has_deal: bool | None = None
    has_open_deal: bool | None = None
    in_workflow: bool | None = None
    follow_up: Literal["due", "planned", "none"] | None = None
    custom: tuple[str, ...] = ()  # as custom.asked writes them

    def without(self, name: str) -> "ConversationFilter":
        """The same with one part no longer asked for; dates, amounts and owners are one part each."""
        together = {
            "active_from": ("active_from", "active_to"),
            "amount_from": ("amount_from", "amount_to"),
            "owner_mode": ("owner_mode", "owners"),
        }
        defaults: dict[str, Any] = {item.name: item.default for item in fields(self)}
        return replace(self, **{part: defaults[part] for part in together.get(name, (name,))})

    @property
    def is_filtered(self) -> bool:
        """Whether anything beside the tab is asked for."""
        plain = ConversationFilter(tab=self.tab, include_archived=self.include_archived, user_id=self.user_id)
        return self != plain

    def words(self, names: "Names") -> list[tuple[str, str]]:
        """The parts in words, in reading order: (the part's name for `without`, the words)."""
        parts = [("search", f"contains {self.search.strip()}" if self.search.strip() else ""), *_tag_words(self, names)]
        parts += [
            ("stages", _any_of("stage", [names.stage(id_) for id_ in self.stages])),
            ("pipeline_id", f"pipeline = {names.pipeline(self.pipeline_id)}" if self.pipeline_id is not None else ""),
            ("owner_mode", _owner_words(self, names)),
            ("sources", _any_of("source", list(self.sources))),
            ("is_hot", _yes_no(self.is_hot, "hot", "not hot")),
            ("unread", _yes_no(self.unread, "unread", "read")),
            (
                "last_direction",
                {"in": "last message from the contact", "out": "last message from us"}.get(
                    self.last_direction or "", ""
                ),
            ),
            ("active_from", _between("active", *_days(self.active_from, self.active_to, names.zone))),
            ("amount_from", _between("amount", _money(self.amount_from), _money(self.amount_to))),
            ("is_quoted", _yes_no(self.is_quoted, "quoted", "not quoted")),
            ("opted_out", _yes_no(self.opted_out, "opted out", "not opted out")),
            ("has_deal", _yes_no(self.has_deal, "has a deal", "has no deal")),
            ("has_open_deal", _yes_no(self.has_open_deal, "has an open deal", "no open deal")),
            ("in_workflow", _yes_no(self.in_workflow, "in a workflow", "in no workflow")),
            ("custom", asked.words(self.custom, names.fields)),
            ("follow_up", FOLLOW_UPS.get(self.follow_up or "", "")),
        ]
        return [(name, said) for name, said in parts if said]


@dataclass(frozen=True)
class Names:
    """The names behind the ids of a filter, and the zone its days are said in."""

    tags: Mapping[int, str]
    stages: Mapping[int, str]
    pipelines: Mapping[int, str]
    owners: Mapping[int, str]
    zone: tzinfo = UTC
    fields: Mapping[int, str] = field(default_factory=dict)

    def tag(self, id_: int) -> str:
        return self.tags.get(id_, "a tag that is gone")

    def stage(self, id_: int) -> str:
        return self.stages.get(id_, "a stage that is gone")

    def pipeline(self, id_: int | None) -> str:
        return self.pipelines.get(id_ or 0, "a pipeline that is gone")

    def owner(self, id_: int) -> str:
        return self.owners.get(id_, "a user who is gone")


def _tag_words(wanted: ConversationFilter, names: Names) -> list[tuple[str, str]]:
    listed = [names.tag(id_) for id_ in wanted.tags]
    if wanted.tags_mode == "any" or not listed:
        return [("tags", _any_of("tag", listed))]
    said = " and ".join(listed) if wanted.tags_mode == "all" else "none of " + ", ".join(listed)
    return [("tags", f"tags = {said}")]


def _owner_words(wanted: ConversationFilter, names: Names) -> str:
    if wanted.owner_mode == "these":
        return _any_of("owner", [names.owner(id_) for id_ in wanted.owners])
    return {"anyone": "", "mine": "owner = me", "unassigned": "unassigned"}[wanted.owner_mode]


def _any_of(what: str, listed: list[str]) -> str:
    return f"{what} = {' or '.join(listed)}" if listed else ""


def _yes_no(value: bool | None, yes: str, no: str) -> str:
    return "" if value is None else yes if value else no


def _between(what: str, start: str, end: str) -> str:
    if not (start or end):
        return ""
    return f"{what} {start} to {end}" if start and end else f"{what} from {start}" if start else f"{what} up to {end}"


def _days(start: int | None, end: int | None, zone: tzinfo) -> tuple[str, str]:
    """The first and the last day; the end itself lies outside."""
    instants = (start, None if end is None else end - 1)
    first, last = ("" if at is None else datetime.fromtimestamp(at, zone).strftime("%-d %b %Y") for at in instants)
    return first, last


def _money(cents: int | None) -> str:
    return "" if cents is None else f"{cents / 100:,.2f}"


def from_mapping(values: Mapping[str, Any]) -> ConversationFilter:
    """A filter from plain values such as JSON gives; unknown names are left out."""
    known = {item.name for item in fields(ConversationFilter)}
    chosen: dict[str, Any] = {
        name: tuple(v) if isinstance(v, list) else v for name, v in values.items() if name in known
    }
    return ConversationFilter(**chosen)
