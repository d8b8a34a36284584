"""Taking events back: one door for single actions, bulk actions, imports, and undos themselves."""

from core.undo.offer import Offer, newest, offer
from core.undo.run import carry_out, start

__all__ = ["Offer", "carry_out", "newest", "offer", "start"]
