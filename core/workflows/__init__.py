"""Workflows and redrips: steps in versions, the rules that hold for them, who is in one, and what became of it."""

from core.workflows.edit import Draft, add, save, set_state, set_usual
from core.workflows.find import Run, Workflow, find, get, live, steps_of, usual
from core.workflows.rules import REENROLL, Rules
from core.workflows.steps import KINDS, WEEKDAYS, Step, names_of, wait_words, words

__all__ = [
    "KINDS", "REENROLL", "WEEKDAYS", "Draft", "Rules", "Run", "Step", "Workflow", "add", "find", "get", "live",
    "names_of", "save", "set_state", "set_usual", "steps_of", "usual", "wait_words", "words",
]  # fmt: skip
