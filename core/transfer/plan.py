"""Which column of a file is what: the mapping in force, and the cells of a record put in the order of the fields."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import field as holding
from operator import itemgetter

from core.custom import Field
from core.errors import Invalid
from core.transfer.fields import QUOTED
from core.transfer.own import Offered, called, checker
from core.transfer.presets import FIELDS, NEEDED, OF_FIELD, OURS, TOLD, Preset, folded, is_export, mapping_of

_NONE: Offered = {}
_NOTES = {"notes", "note", "comment", "comments", "description"}


@dataclass(frozen=True)
class Plan:
    """How one file is read. `mapping` is column -> field; where several columns are one field, their order counts."""

    kind: str
    preset: Preset
    columns: tuple[str, ...]
    mapping: Mapping[str, str]
    own: Offered = holding(default_factory=dict)

    def own_columns(self) -> list[tuple[int, Field]]:
        """Columns that are fields of one's own, by their place."""
        places = {name: at for at, name in enumerate(self.columns)}
        return [(places[name], checker(key, self.own)) for name, key in self.mapping.items() if key in self.own]

    @property
    def unused(self) -> tuple[str, ...]:
        """Columns that are not imported."""
        return tuple(name for name in self.columns if name not in self.mapping and not folded(name).startswith(OURS))

    @property
    def is_ours(self) -> bool:
        """Whether we wrote the file, so that its cells carry our guard against formulas."""
        return any(folded(name).startswith(OURS) for name in self.columns)

    @property
    def tag_separator(self) -> str:
        """What stands between tags; blank: semicolons, else commas."""
        return QUOTED if is_export(self.columns) else self.preset.tag_separator or (";" if self.is_ours else "")

    def column(self, field: str) -> str:
        """The file's own name for a field, for people."""
        return next((name for name, target in self.mapping.items() if target == field), field)

    def arranger(self) -> Callable[[list[str]], tuple[str, ...]]:
        """A function from a record's cells to the raw text of each field, in the order of FIELDS.

        Of several columns for one field the first filled one counts; first names and tags are joined; notes are joined
        under their column's name, together with phones that were not the first.
        """
        width = len(self.columns)
        positions: list[int] = []
        joined: list[Callable[[list[str]], str]] = []
        for field in FIELDS[self.kind]:
            at = [self.columns.index(name) for name, target in self.mapping.items() if target == field]
            join = self._join(field, at)
            if join:
                positions.append(width + 1 + len(joined))
                joined.append(join)
            else:
                positions.append(at[0] if at else width)
        pick = itemgetter(*positions)
        if not joined:
            return lambda cells: pick([*cells, ""])
        return lambda cells: pick([*cells, "", *(join(cells) for join in joined)])

    def _join(self, field: str, at: list[int]) -> Callable[[list[str]], str] | None:
        if field == "notes":
            phones = [self.columns.index(name) for name, target in self.mapping.items() if target == "phone"]
            if len(phones) > 1 or len(at) > 1 or (at and folded(self.columns[at[0]]) not in _NOTES):
                return self._notes(at, phones)
            return None
        if len(at) < 2:
            return None
        if field == "first_name":
            return lambda cells: " ".join(filter(None, (cells[i].strip() for i in at)))
        if field == "tags":
            return lambda cells: (self.tag_separator or ";").join(filter(None, (cells[i] for i in at)))
        return lambda cells: next((cells[i] for i in at if cells[i].strip()), "")

    def _notes(self, at: list[int], phones: list[int]) -> Callable[[list[str]], str]:
        names = self.columns

        def notes(cells: list[str]) -> str:
            found = [
                cells[i] if folded(names[i]) in _NOTES else f"{names[i]}: {cells[i]}" for i in at if cells[i].strip()
            ]
            others = [i for i in phones if cells[i].strip()][1:]
            return "\n".join(found + [f"{names[i]}: {cells[i].strip()}" for i in others])

        return notes


def make_plan(
    kind: str, preset: Preset, columns: tuple[str, ...], mapping: Mapping[str, str] | None = None, own: Offered = _NONE
) -> Plan:
    """The plan for a header; a `mapping` given replaces the preset's. `own`: the fields of one's own there are.

    Raises: Invalid when a column is there twice, a name in the mapping is unknown, or a needed field has no column.
    """
    refuse_doubled(columns)
    own = own if kind == "contacts" else _NONE
    if mapping is None:
        mapping = mapping_of(preset, columns)
        mapping |= {name: key for name in columns if name not in mapping and (key := _own(columns, own, name))}
    for name, target in mapping.items():
        if name not in columns:
            raise Invalid(f"The file has no column “{name}”. {_listed(columns)}")
        if target not in FIELDS[kind] and target not in own:
            known = [*FIELDS[kind], *(each["name"] for each in own.values())]
            raise Invalid(f"“{target}” is nothing that {kind} have. Known are {', '.join(known)}.")
    given = set(mapping.values())
    if {"from_phone", "to_phone"} <= given:
        given.add("phone")
    for needed in NEEDED[kind]:
        if needed not in given:
            raise Invalid(f"No column can be the {needed}. {_listed(columns)}")
    return Plan(kind, preset, columns, dict(mapping), {key: own[key] for key in own if key in given})


def _own(columns: tuple[str, ...], own: Offered, name: str) -> str:
    """The field of one's own that a column is, by its key; blank for none."""
    if not is_export(columns):
        return called(own, name)
    return "" if name in TOLD else called(own, name) or called(own, name.removesuffix(OF_FIELD))


def refuse_doubled(columns: tuple[str, ...]) -> None:
    """Raises: Invalid naming a column that is there twice."""
    seen: dict[str, int] = {}
    for number, name in enumerate(columns, 1):
        key = folded(name)
        if key and key in seen:
            raise Invalid(
                f"The column “{name.strip()}” is there twice, as columns {seen[key]} and {number}. Rename one."
            )
        seen[key] = number


def _listed(columns: tuple[str, ...]) -> str:
    if not any(name.strip() for name in columns):
        return "The file has no header; its first line must name the columns."
    text = ", ".join(" ".join(name.split()) or "(no name)" for name in columns)
    return f"Its columns are: {text[:300]}{'…' if len(text) > 300 else ''}."
