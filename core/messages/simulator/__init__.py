"""A provider of our own: it takes texts, reports what became of them and, in the demo, answers; all on this machine."""

from core.messages.simulator.client import Client
from core.messages.simulator.ledger import Ledger
from core.messages.simulator.server import Faults, Simulator

__all__ = ["Client", "Faults", "Ledger", "Simulator"]
