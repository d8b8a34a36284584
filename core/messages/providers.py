"""Who sends our texts: Twilio when the settings name an account, else the simulator of this data folder."""

from pathlib import Path

from core.messages.provider import Provider
from core.messages.simulator import Client
from core.messages.twilio import Twilio
from core.settings import Settings


def chosen(settings: Settings) -> Provider:
    """The provider of the settings."""
    return Twilio(settings) if settings.twilio_account_sid else Client(Path(settings.data_dir))
