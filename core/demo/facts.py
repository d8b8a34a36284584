"""One contact and the facts its conversation is about; a fact is made up when it is first mentioned, and stays."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from core import phone
from core.demo import library
from core.demo.library import Place
from core.words import fold

FICTIONAL_PER_CODE = 100
"""Area codes have the numbers 555-0100 to 555-0199 for fiction; larger demos take all of 555."""

PER_CODE = 10_000
FIRST_BIRTH, BIRTH_DAYS = date(1941, 3, 1), 24_600
MAIL_HOSTS = ("example.com", "example.com", "example.com", "example.org", "example.net")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
LINES = ("auto", "auto", "auto", "auto", "home", "home", "life")


@dataclass(frozen=True)
class Person:
    """A contact as drawn."""

    phone: str
    is_valid: bool
    first_name: str
    last_name: str
    email: str
    born: str | None
    place: Place
    source: str

    @property
    def name_key(self) -> str:
        return fold(f"{self.first_name} {self.last_name}".strip()) or self.phone


class Facts(dict[str, Any]):
    """Slot → what stands in it; for the % operator."""

    def __init__(self, rnd: Random, person: Person, owner: str, year: int) -> None:
        place = person.place
        super().__init__(
            first_name=person.first_name or "there", last_name=person.last_name, owner_name=owner.split(" ")[0],
            city=place.city, state=place.state, zip_code=place.zip_code, source=person.source.lower(),
            email=person.email or "my work mail", year_now=year,
        )  # fmt: skip
        self.rnd = rnd
        self.offset = place.offset

    def __missing__(self, slot: str) -> Any:
        value = self[slot] = MAKERS[slot](self)
        return value


def person(rnd: Random, number: int, count: int, seed: int) -> Person:
    """The contact in place `number` of `count`."""
    e164, place = _number(rnd, number, count, seed)
    shares, groups = library.names()
    at = rnd.random()
    first_names, last_names = groups[next(i for i, share in enumerate(shares) if at <= share)]
    first, last = skewed(rnd, first_names), skewed(rnd, last_names)
    at = rnd.random()
    if at < 0.04:
        last = ""
    elif at < 0.05:
        first = last = ""
    born = None if rnd.random() < 0.12 else (FIRST_BIRTH + timedelta(days=int(rnd.random() * BIRTH_DAYS))).isoformat()
    is_valid = phone.parse(e164, "US").is_valid
    source = skewed(rnd, library.things()["sources"])
    return Person(e164, is_valid, first, last, _email(rnd, first, last), born, place, source)


def capacity() -> int:
    """How many different phones there are."""
    return len(library.places()) * PER_CODE


def skewed(rnd: Random, listed: list[Any]) -> Any:
    """One of the list, the first ones much more often than the last."""
    at = rnd.random()
    return listed[int(len(listed) * at * at * at)] if at > 0.25 else listed[int(len(listed) * rnd.random())]


def _number(rnd: Random, number: int, count: int, seed: int) -> tuple[str, Place]:
    codes = list(library.places())
    per_code = FICTIONAL_PER_CODE if count <= len(codes) * FICTIONAL_PER_CODE else PER_CODE
    total = len(codes) * per_code
    # A stride without a common divisor visits every number once, in no visible order.
    slot = (number * 1_000_003 + seed * 7_919) % total
    code = codes[slot % len(codes)]
    line = slot // len(codes) + (100 if per_code == FICTIONAL_PER_CODE else 0)
    return f"+1{code}555{line:04d}", rnd.choice(library.places()[code])


def _email(rnd: Random, first: str, last: str) -> str:
    if rnd.random() < 0.24 or not first:
        return ""
    name = ".".join("".join(c for c in fold(part) if c.isascii() and c.isalnum()) for part in (first, last) if part)
    digits = str(rnd.randrange(1, 100)) if rnd.random() < 0.6 else ""
    return f"{name}{digits}@{rnd.choice(MAIL_HOSTS)}"


def _thing(name: str) -> Callable[[Facts], Any]:
    return lambda facts: skewed(facts.rnd, library.things()[name])


def _between(low: int, high: int, step: int = 1) -> Callable[[Facts], Any]:
    return lambda facts: low + step * int(facts.rnd.random() * ((high - low) // step + 1))


def _money(low: int, high: int) -> Callable[[Facts], Any]:
    def make(facts: Facts) -> str:
        dollars = low + int(facts.rnd.random() * (high - low))
        return f"{dollars}.{int(facts.rnd.random() * 100):02d}" if facts.rnd.random() < 0.4 else str(dollars)

    return make


def _one_of(*values: Any) -> Callable[[Facts], Any]:
    return lambda facts: facts.rnd.choice(values)


def _street(facts: Facts) -> str:
    things = library.things()
    return str(skewed(facts.rnd, things["streets first"]) + skewed(facts.rnd, things["streets second"]))


def _address(facts: Facts) -> str:
    kind = facts.rnd.choice(library.things()["streets kind"])
    return f"{1 + int(9_900 * facts.rnd.random() ** 3)} {_street(facts)} {kind}"


def _code(letters: str, low: int, high: int) -> Callable[[Facts], Any]:
    return lambda facts: f"{facts.rnd.choice(letters)}{facts.rnd.choice(letters)}{facts.rnd.randrange(low, high)}"


def _date(facts: Facts) -> str:
    return f"{facts.rnd.choice(MONTHS)} {1 + int(facts.rnd.random() * 28)}"


def _friend(facts: Facts) -> str:
    _, groups = library.names()
    return str(facts.rnd.choice(facts.rnd.choice(groups)[0]))


_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"

MAKERS: dict[str, Callable[[Facts], Any]] = {
    "line": _one_of(*LINES),
    "car": _thing("cars"),
    "car2": _thing("cars"),
    "carrier": _thing("carriers"),
    "ours": _thing("carriers"),
    "ours2": _thing("carriers"),
    "job": _thing("jobs"),
    "workplace": _thing("workplaces"),
    "family": _thing("family"),
    "family_you": lambda facts: facts["family"].replace("my ", "your "),
    "aside": _thing("asides"),
    "damage": _thing("damage"),
    "pet": _thing("pets"),
    "friend": _friend,
    "street": _street,
    "street2": _street,
    "address": _address,
    "address2": _address,
    "year": _between(2004, 2026),
    "year2": _between(1994, 2024),
    "miles": _between(2_000, 29_500, 500),
    "price": _money(38, 310),
    "price2": _money(30, 290),
    "old": _money(45, 420),
    "old2": _money(45, 460),
    "total": _money(220, 4_900),
    "saved": _money(90, 1_400),
    "small": _between(8, 60),
    "fee": _between(3, 35),
    "deductible": _one_of(250, 500, 500, 1000, 1000, 2500),
    "deductible2": _one_of(1000, 1500, 2000, 5000),
    "count": _between(4, 14),
    "day": _between(4, 28),
    "date": _date,
    "birthday": lambda facts: (
        f"{facts.rnd.randrange(1, 13)}/{facts.rnd.randrange(1, 29)}/{facts.rnd.randrange(1941, 2008)}"
    ),
    "weekday": _one_of(*WEEKDAYS),
    "time": lambda facts: (
        f"{facts.rnd.choice((9, 10, 11, 12, 1, 2, 3, 4, 5, 6))}:{facts.rnd.choice(('00', '15', '30', '45'))}"
    ),
    "vin": _code(_LETTERS, 1_000, 9_999),
    "vin4": _between(1_000, 9_999),
    "plate": _code(_LETTERS, 10_000, 99_999),
    "policy_number": _code(_LETTERS, 100_000, 9_999_999),
    "claim_number": _code(_LETTERS, 1_000_000, 9_999_999),
    "phone2": lambda facts: f"({facts.rnd.choice(list(library.places()))}) 555-01{facts.rnd.randrange(100):02d}",
}
