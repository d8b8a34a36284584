"""In which time zones and states a contact may be, and why: by the phone, by zip code and state; what a person chose
wins.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

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
STATES = {code: name for name, _, code in (entry.strip().rpartition(" ") for entry in _NAMES.split(","))}
"""Two letters of each state of the US, its districts and territories -> its name."""

_BY_NAME = {fold(name): code for code, name in STATES.items()}

_FIRST_ZIPS = """
005 NY 006 PR 008 VI 009 PR 010 MA 028 RI 030 NH 039 ME 050 VT 055 MA 056 VT 060 CT 070 NJ 090 - 100 NY 150 PA 197 DE
200 DC 201 VA 202 DC 206 MD 220 VA 247 WV 269 - 270 NC 290 SC 300 GA 320 FL 340 - 341 FL 350 AL 370 TN 386 MS 398 GA
400 KY 428 - 430 OH 460 IN 480 MI 500 IA 530 WI 550 MN 569 DC 570 SD 580 ND 590 MT 600 IL 630 MO 660 KS 680 NE 694 -
700 LA 715 - 716 AR 730 OK 733 TX 734 OK 750 TX 800 CO 817 - 820 WY 832 ID 839 - 840 UT 848 - 850 AZ 866 - 870 NM
885 TX 886 - 889 NV 900 CA 962 - 967 HI 969 GU 970 OR 980 WA 995 AK"""
"""Of the first three digits, where each state's part begins; -: none, or the forces abroad."""

_AREA_CODES = """
AK 907, AL 205 251 256 334 659 938, AR 327 479 501 870, AZ 480 520 602 623 928, CA 209 213 279 310 323 341 350 369 408
415 424 442 510 530 559 562 619 626 628 650 657 661 669 707 714 738 747 760 805 818 820 831 840 858 909 916 925 949
951, CO 303 719 720 748 970 983, CT 203 475 860 959, DC 202 771, DE 302, FL 239 305 321 324 352 386 407 448 561 645
656 689 727 728 754 772 786 813 850 863 904 941 954, GA 229 404 470 478 678 706 762 770 912 943, GU 671, HI 808, IA
319 515 563 641 712, ID 208 986, IL 217 224 309 312 331 447 464 618 630 708 730 773 779 815 847 872, IN 219 260 317
463 574 765 812 930, KS 316 620 785 913, KY 270 364 502 606 859, LA 225 318 337 504 985, MA 339 351 413 508 617 774
781 857 978, MD 227 240 301 410 443 667, ME 207, MI 231 248 269 313 517 586 616 734 810 906 947 989, MN 218 320 507
612 651 763 952, MO 235 314 417 557 573 636 660 816 975, MS 228 601 662 769, MT 406, NC 252 336 472 704 743 828 910
919 980 984, ND 701, NE 308 402 531, NH 603, NJ 201 551 609 640 732 848 856 862 908 973, NM 505 575, NV 702 725 775,
NY 212 315 329 332 347 363 516 518 585 607 631 646 680 716 718 838 845 914 917 929 934, OH 216 220 234 283 326 330 380
419 440 513 567 614 740 937, OK 405 539 572 580 918, OR 458 503 541 971, PA 215 223 267 272 412 445 484 570 582 610
717 724 814 835 878, PR 787 939, RI 401, SC 803 821 839 843 854 864, SD 605, TN 423 615 629 731 865 901 931, TX 210
214 254 281 325 346 361 409 430 432 469 512 682 713 726 737 806 817 830 832 903 915 936 940 945 956 972 979, UT 385
435 801, VA 276 434 540 571 686 703 757 804 826 948, VI 340, VT 802, WA 206 253 360 425 509 564, WI 262 274 353 414
534 608 715 920, WV 304 681, WY 307"""
"""Of each state. Source: libphonenumber's places of +1; none lies in two states."""

_STATE_OF = {code: entry.split()[0] for entry in _AREA_CODES.split(",") for code in entry.split()[1:]}

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
        ("phone", _of_phone(number)),
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


def states(number: str, zip_code: str, state: str) -> tuple[str, ...]:
    """Whose hours bind: the states of zip code and state field, both where they differ; else that of the area code.

    None: nothing says a state, or it is no state of the US.
    """
    written = dict.fromkeys((_state(state), _state_of_zip(zip_code)))
    known = tuple(code for code in written if code in STATES)
    if known or len(number) != 12 or not number.startswith("+1"):
        return known
    of_phone = _STATE_OF.get(number[2:5])
    return (of_phone,) if of_phone else ()


@lru_cache(maxsize=1 << 16)
def _of_phone(number: str) -> tuple[str, ...]:
    """Nothing for numbers bound to no place whose country has several zones: toll-free ones, most of all."""
    found = phone.zones(number)
    return found if len(found) < 2 or phone.is_geographical(number) else ()


def _state_of_zip(zip_code: str) -> str:
    digits = zip_code.strip()[:5]
    if len(digits) < 5 or not (digits.isascii() and digits.isdecimal()) or digits[:3] < _STARTS[0]:
        return ""
    return str(_OWNERS[bisect_right(_STARTS, digits[:3]) - 1])


def _state(text: str) -> str:
    word = text.strip()
    return word.upper() if len(word) == 2 else _BY_NAME.get(fold(word), "")
