"""What a demo fill is to make, as one value that travels to the generating process."""

import json
from dataclasses import asdict, dataclass

SPAN_SECONDS = 730 * 86_400
"""Conversations begin within so many seconds before the end."""

CHUNK = 4_000
"""Conversations made at a time; each chunk has random numbers of its own."""


@dataclass(frozen=True)
class Plan:
    """Everything the rows follow from. `end_at` is the last moment anything happened (UTC seconds).

    The ids are those of rows that stand already: owners with their names, tags, for each pipeline its stages,
    and workflows and templates by name.
    """

    conversations: int
    seed: int
    end_at: int
    event_id: int
    first_contact: int
    owners: list[tuple[int, str]]
    tags: list[int]
    pipelines: list[tuple[int, list[int]]]
    workflows: dict[str, int]
    templates: dict[str, int]

    @property
    def chunks(self) -> int:
        """How many chunks there are."""
        return -(-self.conversations // CHUNK)

    def numbers(self, chunk: int) -> range:
        """The places of the conversations of a chunk."""
        return range(chunk * CHUNK, min((chunk + 1) * CHUNK, self.conversations))

    def to_json(self) -> str:
        """As text, for another process."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Plan":
        """What `to_json` wrote."""
        values = json.loads(text)
        values["owners"] = [(id_, name) for id_, name in values["owners"]]
        values["pipelines"] = [(id_, stages) for id_, stages in values["pipelines"]]
        return cls(**values)
