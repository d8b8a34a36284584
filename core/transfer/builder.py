"""What is common to the builders of rows: what cells mean where a file does not say, remarks and refusals."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from core import phone, times
from core.transfer.plan import Plan
from core.transfer.rows import Reject, Remark, Row

UNVERIFIED = "unverified: outside the allocated phone ranges"
A_DAY = 86_400

Build = Callable[[int, list[str]], Row | Reject]


@dataclass(frozen=True)
class Rules:
    """What cells mean where a file does not say, alike for the whole file. `now`: UTC epoch seconds."""

    region: str
    zone: ZoneInfo
    date_order: str
    currency: str
    now: int
    today: date


class Builder(ABC):
    """Makes rows of one kind of the records of one file."""

    def __init__(self, plan: Plan, rules: Rules) -> None:
        self.plan = plan
        self.rules = rules
        self.arrange = plan.arranger()
        self.region = rules.region
        self.order = plan.preset.date_order or rules.date_order

    @abstractmethod
    def build(self, line: int, cells: list[str]) -> Row | Reject: ...

    def reject(self, line: int, field: str, value: str, reason: object, cells: list[str]) -> Reject:
        name = self.plan.column(field)
        text = str(reason)
        if text == phone.MISSING:
            text = f"{name.strip()} is missing"
        elif text.startswith("is "):
            text = f"{name.strip()} {text}"
        return Reject(line, name, value, text, tuple(cells))

    def remark(self, field: str, value: str, reason: object) -> Remark:
        return Remark(self.plan.column(field), value, str(reason))

    def number(self, raw: str, remarks: list[Remark]) -> tuple[str, bool]:
        found = phone.parse(raw, self.region)
        if found.note:
            remarks.append(self.remark("phone", raw, found.note))
        if not found.is_valid:
            remarks.append(self.remark("phone", raw, UNVERIFIED))
        return found[:2]

    def moment(self, text: str) -> int:
        return times.moment(text, self.rules.zone, self.order)
