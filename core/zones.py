"""In which time zones a contact may be, and why: by the phone, by zip code and state; what a person chose wins."""

import re
from bisect import bisect_right
from dataclasses import dataclass

from core import phone
from core.words import fold

CHOSEN = "person"
"""`time_zone_source` of a zone that somebody has set."""

EASTERN, CENTRAL, MOUNTAIN, PACIFIC = (f"America/{name}" for name in ("New_York", "Chicago", "Denver", "Los_Angeles"))
_ALASKA, _HAWAII, _ARIZONA, _PUERTO_RICO, _GUAM = (
    "America/Anchorage", "Pacific/Honolulu", "America/Phoenix", "America/Puerto_Rico", "Pacific/Guam",
)  # fmt: skip

_BY_ZONES = {
    (EASTERN,): "CT DC DE GA MA MD ME NC NH NJ NY OH PA RI SC VA VT WV",
    (EASTERN, CENTRAL): "FL IN KY MI TN",
    (CENTRAL,): "AL AR IA IL LA MN MO MS OK WI",
    (CENTRAL, MOUNTAIN): "KS ND NE SD TX",
    (MOUNTAIN,): "CO MT NM UT WY",
    (MOUNTAIN, PACIFIC): "ID OR",
    (PACIFIC,): "CA NV WA",
    (_ARIZONA,): "AZ", (_ALASKA,): "AK", (_HAWAII,): "HI", (_PUERTO_RICO,): "PR VI", (_GUAM,): "GU",
}  # fmt: skip
_ZONES = {state: zones for zones, states in _BY_ZONES.items() for state in states.split()}

_NAMES = """
Alabama AL, Alaska AK, Arizona AZ, Arkansas AR, California CA, Colorado CO, Connecticut CT, Delaware DE,
District of Columbia DC, Florida FL, Georgia GA, Guam GU, Hawaii HI, Idaho ID, Illinois IL, Indiana IN, Iowa IA,
Kansas KS, Kentucky KY, Louisiana LA, Maine ME, Maryland MD, Massachusetts MA, Michigan MI, Minnesota MN,
Mississippi MS, Missouri MO, Montana MT, Nebraska NE, Nevada NV, New Hampshire NH, New Jersey NJ, New Mexico NM,
New York NY, North Carolina NC, North Dakota ND, Ohio OH, Oklahoma OK, Oregon OR, Pennsylvania PA, Puerto Rico PR,
Rhode Island RI, South Carolina SC, South Dakota SD, Tennessee TN, Texas TX, Utah UT, Vermont VT, Virgin Islands VI,
Virginia VA, Washington WA, West Virginia WV, Wisconsin WI, Wyoming WY"""
_STATES = {fold(name): code for name, _, code in (entry.strip().rpartition(" ") for entry in _NAMES.split(","))}

_FIRST_ZIPS = """
005 NY 006 PR 008 VI 009 PR 010 MA 028 RI 030 NH 039 ME 050 VT 055 MA 056 VT 060 CT 070 NJ 090 - 100 NY 150 PA 197 DE
200 DC 201 VA 202 DC 206 MD 220 VA 247 WV 269 - 270 NC 290 SC 300 GA 320 FL 340 - 341 FL 350 AL 370 TN 386 MS 398 GA
400 KY 428 - 430 OH 460 IN 480 MI 500 IA 530 WI 550 MN 569 DC 570 SD 580 ND 590 MT 600 IL 630 MO 660 KS 680 NE 694 -
700 LA 715 - 716 AR 730 OK 733 TX 734 OK 750 TX 800 CO 817 - 820 WY 832 ID 839 - 840 UT 848 - 850 AZ 866 - 870 NM
885 TX 886 - 889 NV 900 CA 962 - 967 HI 969 GU 970 OR 980 WA 995 AK"""
"""Of the first three digits, where each state's part begins; -: none, or the forces abroad."""

_STARTS, _OWNERS = zip(*re.findall(r"(\d{3}) (\S+)", _FIRST_ZIPS), strict=True)


@dataclass(frozen=True)
class Zone:
    """A time zone a contact may be in. `why`: what says so, in words."""

    name: str
    why: str


def candidates(number: str, zip_code: str, state: str) -> tuple[Zone, ...]:
    """The zones of the phone (E.164) and those of zip code and state, each once with its reasons.

    Phones move with people, so a zip code adds zones and takes none away. None: nothing is known.
    """
    reasons: dict[str, list[str]] = {}
    for source, found in (
        ("phone", phone.zones(number)),
        ("zip code", _ZONES.get(_state_of_zip(zip_code), ())),
        ("state", _ZONES.get(_state(state), ())),
    ):
        for zone in found:
            reasons.setdefault(zone, []).append(source)
    return tuple(Zone(zone, "by the " + " and ".join(sources)) for zone, sources in reasons.items())


def derived(number: str, zip_code: str, state: str) -> tuple[str | None, str | None]:
    """`time_zone` and `time_zone_source` of a contact for whom nobody chose one: none while it is not certain."""
    found = candidates(number, zip_code, state)
    if len(found) != 1:
        return None, None
    return found[0].name, found[0].why.removeprefix("by the ").split(" and ", maxsplit=1)[0]


def _state_of_zip(zip_code: str) -> str:
    digits = zip_code.strip()[:5]
    if len(digits) < 5 or not (digits.isascii() and digits.isdecimal()) or digits[:3] < _STARTS[0]:
        return ""
    return str(_OWNERS[bisect_right(_STARTS, digits[:3]) - 1])


def _state(text: str) -> str:
    word = text.strip()
    return word.upper() if len(word) == 2 else _STATES.get(fold(word), "")
