"""Where a contact may be: what a person chose, else everything that phone, zip code and state allow."""

import re
from collections import Counter, defaultdict

import pytest
from phonenumbers.geodata import GEOCODE_DATA
from sqlalchemy import update

from core import hours, zones
from core.database import Store, Work
from core.database.tables import contact
from core.hours import Place
from tests.conftest import ALICE, Clock
from tests.core.messages import world

EAST, CENTRAL, WEST = "America/New_York", "America/Chicago", "America/Los_Angeles"
DETROIT, TAMPA, PENSACOLA, TOLL_FREE, LONDON = (
    "+17345550132",
    "+18132290000",
    "+18504320000",
    "+18005550132",
    "+442079460018",
)


def placed(store: Store, number: str, **columns: str | None) -> Place:
    """Of one contact with this phone, to be found among others."""

    def make(work: Work) -> int:
        _, id_ = world.contacts(work, 2)
        work.conn.execute(update(contact).where(contact.c.id == id_).values(phone=number, **columns))
        return id_

    id_ = store.write(ALICE, make)
    with store.read() as reader:
        return hours.places(reader, [id_, 999_999])[id_]


@pytest.mark.parametrize(
    ("number", "columns", "expected"),
    [
        (DETROIT, {}, Place((EAST,), "MI")),
        (DETROIT, {"zip_code": "90012-1234"}, Place((EAST, WEST), "CA")),
        (DETROIT, {"state": "florida", "zip_code": "77001"}, Place((EAST, CENTRAL, "America/Denver"), "FL TX")),
        (PENSACOLA, {"state": "Ontario"}, Place((CENTRAL,), "FL")),
        (DETROIT, {"time_zone": WEST, "time_zone_source": zones.CHOSEN}, Place((WEST,), "MI")),
        (DETROIT, {"time_zone": EAST, "time_zone_source": "phone", "zip_code": "60601"}, Place((EAST, CENTRAL), "IL")),
        (TOLL_FREE, {}, Place((), "")),
        (TOLL_FREE, {"zip_code": "33601"}, Place((EAST, CENTRAL), "FL")),
        ("+19995550132", {}, Place((), "")),
        (LONDON, {}, Place(("Europe/London",), "")),
    ],
)
def test_where_contacts_are(
    store: Store, fixed_clock: Clock, number: str, columns: dict[str, str | None], expected: Place
) -> None:
    assert placed(store, number, **columns) == expected


def state_of(description: str) -> str:
    """The state in a description of libphonenumber's: “Florida”, “Chicago, IL”, “Washington State”."""
    named = {"Washington State": "Washington", "Washington D.C.": "District of Columbia"}.get(description, description)
    found = zones.states("", "", named) or zones.states("", "", named.rpartition(", ")[2])
    return found[0] if found else ""


def test_area_codes_have_the_state_that_libphonenumber_says() -> None:
    said: dict[str, Counter[str]] = defaultdict(Counter)
    for prefix, names in GEOCODE_DATA.items():
        if re.fullmatch(r"1\d{3,}", prefix) and (state := state_of(names.get("en", ""))):
            said[prefix[1:4]][state] += 1
    said["201"].pop("NY")  # one exchange, against ninety-nine of New Jersey
    islands = {"787": Counter(PR=1), "939": Counter(PR=1), "671": Counter(GU=1)}
    expected = {code: tuple(found) for code, found in (said | islands).items()}
    every = (str(n) for n in range(200, 1_000))
    assert {code: found for code in every if (found := zones.states(f"+1{code}5552000", "", ""))} == expected
