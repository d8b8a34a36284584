"""Texts going out and coming in: the outbox, what became of it, answers, opt-outs, drafts, pictures."""

from core.messages.allowed import refusal
from core.messages.inbound import Incoming, Media, accept
from core.messages.outbox import UNDO_SECONDS, Text, Waiting, again, cancel, send, send_now, waiting
from core.messages.status import Report, report

__all__ = [
    "UNDO_SECONDS", "Incoming", "Media", "Report", "Text", "Waiting", "accept", "again", "cancel", "refusal", "report",
    "send", "send_now", "waiting",
]  # fmt: skip
