"""Settings from the environment, read once; an unusable value stops the start with a sentence."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from core.errors import Invalid

PREFIX = "TALKDECK_"
ROOT = Path(__file__).resolve().parent.parent

EARLIEST, LATEST = 8 * 60, 21 * 60
"""Minutes of the day between which the hours of sending lie."""

LONGEST_ANSWER = 320
_SPAN = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\s*[-–]\s*([01]?\d|2[0-3]):([0-5]\d)", re.ASCII)


def setting(default: str, help_text: str, *, is_secret: bool = False) -> str:
    return field(default=default, repr=not is_secret, metadata={"help": help_text})


@dataclass(frozen=True)
class Settings:
    """One field a setting; its variable is `TALKDECK_` + the name in capitals."""

    data_dir: str = setting(str(ROOT / "data"), "Folder of the database, the mirror and uploaded files.")
    database_url: str = setting(
        "", "sqlite:///FILE or postgresql+psycopg://...; empty: talkdeck.db in the data folder."
    )
    default_region: str = setting("US", "Two-letter region of phones written without a country code.")
    time_zone: str = setting("America/New_York", "Zone of times and days written without one, and of the screens.")
    date_order: str = setting("mdy", "Order of dates like 02/10/1927: mdy or dmy; one rule for every file.")
    currency: str = setting("USD", "Currency of all amounts.")
    sender_number: str = setting("", "Phone (E.164) that texts come from.")
    sending_hours: str = setting(
        "9:00-20:00", "Hours of the day, at the contact's place, at which texts go by themselves; within 8:00-21:00."
    )
    help_answer: str = setting(
        "You get these texts because you asked us for information. Reply STOP to get no more, or ask us here.",
        "What a contact is answered who texts HELP or INFO.",
    )
    segments_per_day: str = setting("", "Segments of all texts of a day, at most; empty: any number.")
    public_origins: str = setting("", "Further origins the app is reached by, such as https://talk.example.org.")

    twilio_account_sid: str = setting("", "Account of Twilio that texts go out from; empty: the simulator takes them.")
    twilio_auth_token: str = setting("", "Its secret.", is_secret=True)
    twilio_public_url: str = setting("", "Where Twilio reaches this app, such as https://talk.example.org.")
    twilio_api: str = setting("", "Where Twilio is asked, other than https://api.twilio.com; for tests.")

    @property
    def url(self) -> str:
        """The database URL in force."""
        return self.database_url or f"sqlite:///{Path(self.data_dir) / 'talkdeck.db'}"

    @property
    def sending_minutes(self) -> tuple[int, int]:
        """The hours of sending in minutes of the day: the first, and the first after them."""
        return _minutes(self.sending_hours)


def load(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of the environment; what it does not give is as usual.

    Raises: Invalid for an unknown or unusable variable.
    """
    known = {PREFIX + item.name.upper(): item.name for item in fields(Settings)}
    outside = {PREFIX + "TEST_DATA", PREFIX + "TEST_POSTGRESQL"}
    unknown = sorted(
        name for name in environment if name.startswith(PREFIX) and name not in known and name not in outside
    )
    if unknown:
        raise Invalid(f"Unknown setting {unknown[0]}. Known are {', '.join(sorted(known))}.")
    chosen = {known[name]: value for name, value in environment.items() if name in known}
    for name, value in chosen.items():
        check(name, value, PREFIX + name.upper())
    settings = Settings(**chosen)
    _check_address(settings)
    _check_twilio(settings)
    return settings


def given(environment: Mapping[str, str] = os.environ) -> set[str]:
    """The settings that the environment gives, and nothing else can change."""
    return {item.name for item in fields(Settings) if PREFIX + item.name.upper() in environment}


def check(name: str, value: str, label: str) -> None:
    """Whether a setting can have this value; `label` is what it is called to the person.

    Raises: Invalid.
    """
    if name in _RULES and not _RULES[name][0](value):
        raise Invalid(f"{label} is “{value}”; give {_RULES[name][1]}.")


def _is_zone(value: str) -> bool:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError):
        return False
    return True


def _is_within_bound(value: str) -> bool:
    """Source of the bound: 47 CFR 64.1200(c)(1)."""
    if not _SPAN.fullmatch(value):
        return False
    opens, closes = _minutes(value)
    return EARLIEST <= opens < closes <= LATEST


def _minutes(span: str) -> tuple[int, int]:
    found = _SPAN.fullmatch(span)
    if found is None:
        raise Invalid(f"“{span}” are no hours; give hours such as 9:00-20:00.")
    hour, minute, last_hour, last_minute = map(int, found.groups())
    return hour * 60 + minute, last_hour * 60 + last_minute


def _check_twilio(settings: Settings) -> None:
    for name in ("twilio_auth_token", "twilio_public_url"):
        if settings.twilio_account_sid and not getattr(settings, name):
            raise Invalid(f"Set {PREFIX}{name.upper()} as well: {PREFIX}TWILIO_ACCOUNT_SID names an account.")


_RULES: dict[str, tuple[Callable[[str], object], str]] = {
    "time_zone": (_is_zone, "a zone such as America/New_York"),
    "default_region": (phonenumbers.SUPPORTED_REGIONS.__contains__, "a region such as US"),
    "date_order": ({"mdy", "dmy"}.__contains__, "mdy or dmy"),
    "sending_hours": (_is_within_bound, "hours within 8:00-21:00, such as 9:00-20:00"),
    "help_answer": (lambda value: 0 < len(value) <= LONGEST_ANSWER, f"a text of at most {LONGEST_ANSWER} letters"),
    "currency": (re.compile(r"[A-Z]{3}").fullmatch, "three letters such as USD"),
    "sender_number": (re.compile(r"(\+[1-9]\d{6,14})?", re.ASCII).fullmatch, "a phone such as +12125550100"),
    "twilio_account_sid": (re.compile(r"(AC[0-9a-f]{32})?").fullmatch, "AC and 32 digits and letters a to f"),
    "segments_per_day": (re.compile(r"([1-9]\d{0,8})?", re.ASCII).fullmatch, "a number such as 2000, or nothing"),
}


def _check_address(settings: Settings) -> None:
    try:
        backend = make_url(settings.url).get_backend_name()
    except ArgumentError as error:
        raise Invalid(
            "TALKDECK_DATABASE_URL is no database URL; give sqlite:///FILE or postgresql+psycopg://..."
        ) from error
    if backend not in {"sqlite", "postgresql"}:
        raise Invalid(f"TALKDECK_DATABASE_URL names {backend}; Talkdeck runs on sqlite and postgresql.")
