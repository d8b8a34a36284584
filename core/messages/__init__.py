"""Texts going out and coming in: the outbox, what became of it, answers, opt-outs, drafts, pictures."""

from core.messages.allowed import ASKED, refusal, warnings
from core.messages.consent import record_opt_in, record_opt_out
from core.messages.inbound import Incoming, Media, accept, came_since
from core.messages.outbox import UNDO_SECONDS, Text, Waiting, again, cancel, failed, send, send_now, waiting
from core.messages.status import Report, report

__all__ = [
    "ASKED", "UNDO_SECONDS", "Incoming", "Media", "Report", "Text", "Waiting", "accept", "again", "came_since",
    "cancel", "failed", "record_opt_in", "record_opt_out", "refusal", "report", "send", "send_now",
    "waiting", "warnings",
]  # fmt: skip
