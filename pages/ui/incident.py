"""The last net under every page: what a person is told when something fails."""

import logging
import secrets

import streamlit as st

from core.errors import AppError
from pages.ui.plain import plain

logger = logging.getLogger("talkdeck")


def report(error: Exception) -> bool:
    """Show an expected failure as its sentence, anything else as a number under which the log has the details.

    Streamlit calls it for whatever a page, a fragment or a callback lets through; True: it need not show more.
    """
    if isinstance(error, AppError):
        st.error(plain(str(error)), icon=":material/error:")
        return True
    number = secrets.token_hex(4).upper()
    logger.error("Incident %s", number, exc_info=error)
    st.error(
        f"Something went wrong, and nothing more was changed. Reload the page; if it stays, report incident {number}.",
        icon=":material/error:",
    )
    return True
