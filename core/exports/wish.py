"""What somebody wants exported, also as a text that an address or a schedule can hold."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core.conversations import Choices, ConversationFilter, Sort
from core.conversations.filters import from_mapping
from core.errors import Invalid
from core.exports.columns import DEFAULT

FORMATS = {"csv": "CSV", "xlsx": "Excel", "parquet": "Parquet"}
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}
TABS = {"all": "", "hot": "hot leads", "recents": "recents", "archived": "archived"}


@dataclass(frozen=True)
class Wish:
    """All conversations of a filter, in this order. `columns`: keys as `columns.offered` has them; `zone`: of times."""

    wanted: ConversationFilter = field(default_factory=ConversationFilter)
    sort: Sort = field(default_factory=Sort)
    columns: tuple[str, ...] = DEFAULT
    format: str = "csv"
    zone: str = "UTC"

    def __post_init__(self) -> None:
        if self.format not in FORMATS:
            raise Invalid(f"“{self.format}” is no format of a file. Choose one of {', '.join(FORMATS)}.")
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise Invalid(f"There is no time zone “{self.zone}”; give one such as America/New_York.") from error

    def text(self) -> str:
        """As JSON, without what is as usual."""
        usual = ConversationFilter()
        wanted = {name: value for name, value in asdict(self.wanted).items() if value != getattr(usual, name)}
        sort = [self.sort.by, self.sort.descending]
        return json.dumps([wanted, sort, self.columns, self.format, self.zone], ensure_ascii=False)

    def words(self, known: Choices) -> str:
        """The filter in words; blank: everything that is not archived."""
        said = [part for _, part in self.wanted.words(known.names)]
        archived = "archived ones included" if self.wanted.include_archived and self.wanted.tab == "all" else ""
        return ", ".join(filter(None, (TABS[self.wanted.tab], *said, archived)))

    def order(self, known: Choices) -> str:
        """The order in words."""
        own = known.field(self.sort.by)
        return f"by {own.name if own else self.sort.by}, {'downwards' if self.sort.descending else 'upwards'}"


def read(text: str) -> Wish:
    """What `Wish.text` wrote."""
    given: tuple[Mapping[str, Any], tuple[str, bool], list[str], str, str] = json.loads(text)
    wanted, sort, columns, format_, zone = given
    return Wish(from_mapping(wanted), Sort(*sort), tuple(columns), format_, zone)
