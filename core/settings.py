"""Settings from the environment, read once; an unusable value stops the start with a sentence."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from core.errors import Invalid

PREFIX = "TALKDECK_"
ROOT = Path(__file__).resolve().parent.parent


def setting(default: str, help_text: str) -> str:
    return field(default=default, metadata={"help": help_text})


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
    public_origins: str = setting("", "Further origins the app is reached by, such as https://talk.example.org.")

    @property
    def url(self) -> str:
        """The database URL in force."""
        return self.database_url or f"sqlite:///{Path(self.data_dir) / 'talkdeck.db'}"


def load(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings in force.

    Raises: Invalid for an unknown or unusable variable.
    """
    known = {PREFIX + item.name.upper(): item.name for item in fields(Settings)}
    outside = {PREFIX + "TEST_DATA", PREFIX + "TEST_POSTGRESQL"}
    unknown = sorted(
        name for name in environment if name.startswith(PREFIX) and name not in known and name not in outside
    )
    if unknown:
        raise Invalid(f"Unknown setting {unknown[0]}. Known are {', '.join(sorted(known))}.")
    settings = Settings(**{known[name]: value for name, value in environment.items() if name in known})
    _check(settings)
    return settings


def _check(settings: Settings) -> None:
    try:
        ZoneInfo(settings.time_zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Invalid(f"TALKDECK_TIME_ZONE is “{settings.time_zone}”; give a zone such as America/New_York.") from error
    if settings.default_region not in phonenumbers.SUPPORTED_REGIONS:
        raise Invalid(f"TALKDECK_DEFAULT_REGION is “{settings.default_region}”; give a region such as US.")
    if settings.date_order not in {"mdy", "dmy"}:
        raise Invalid(f"TALKDECK_DATE_ORDER is “{settings.date_order}”; give mdy or dmy.")
    try:
        backend = make_url(settings.url).get_backend_name()
    except ArgumentError as error:
        raise Invalid(
            "TALKDECK_DATABASE_URL is no database URL; give sqlite:///FILE or postgresql+psycopg://..."
        ) from error
    if backend not in {"sqlite", "postgresql"}:
        raise Invalid(f"TALKDECK_DATABASE_URL names {backend}; Talkdeck runs on sqlite and postgresql.")
