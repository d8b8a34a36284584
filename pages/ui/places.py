"""How times, phones and amounts are written here: by the zone, region and currency of the settings."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from zoneinfo import ZoneInfo

import pandas as pd
import phonenumbers
import streamlit as st

from core import settings
from core.settings import Settings
from pages.ui import session

HERE = "places.here"
SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "CAD": "CA$", "AUD": "A$"}


@dataclass(frozen=True)
class Here:
    """The display zone, the region of short phones, and the currency."""

    zone: ZoneInfo
    region: str
    currency: str

    def local(self, at: int) -> datetime:
        """A UTC second on the clocks of the display zone."""
        return datetime.fromtimestamp(at, UTC).astimezone(self.zone)

    def moment(self, day: date, at: time) -> int:
        """The UTC second of a day and time of the display zone."""
        return int(datetime.combine(day, at, self.zone).timestamp())

    def start_of(self, day: date) -> int:
        """The UTC second at which a day of the display zone begins."""
        return self.moment(day, time())

    def national(self, phone: str) -> str:
        """A phone (E.164) as people of the region write it; foreign ones with their country code."""
        try:
            number = phonenumbers.parse(phone)
        except phonenumbers.NumberParseException:
            return phone
        own = number.country_code == phonenumbers.country_code_for_region(self.region)
        form = phonenumbers.PhoneNumberFormat.NATIONAL if own else phonenumbers.PhoneNumberFormat.INTERNATIONAL
        return phonenumbers.format_number(number, form)

    def money(self, cents: float | None) -> str:
        """Cents as an amount; not quoted is nothing at all, never zero."""
        if cents is None or pd.isna(cents):
            return ""
        return SYMBOLS.get(self.currency, f"{self.currency} ") + self.amount(cents)

    def amount(self, cents: float | None) -> str:
        """The same without the currency, as it may be typed."""
        if cents is None or pd.isna(cents):
            return ""
        return f"{cents / 100:,.2f}" if cents % 100 else f"{int(cents) // 100:,}"


def here() -> Here:
    """As the settings said when this run began; outside of a run, as the environment says."""
    found: Here | None = st.session_state.get(HERE)
    return found or _here(settings.load())


def arrive() -> None:
    """Look what the settings are now. Once per run, by the shell."""
    st.session_state[HERE] = _here(session.in_force())


@cache
def _here(chosen: Settings) -> Here:
    return Here(ZoneInfo(chosen.time_zone), chosen.default_region, chosen.currency)
