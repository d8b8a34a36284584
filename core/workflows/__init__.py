"""Workflows and redrips: steps in versions, the rules that hold for them, who is in one, and what became of it."""

from core.workflows.edit import Draft, add, save, set_state, set_usual
from core.workflows.find import Run, Workflow, find, get, live, steps_of, usual, versions, with_rule
from core.workflows.members import STATES, Ending, Member, counts, endings, members, next_sends, whereabouts
from core.workflows.overview import Standing, standings
from core.workflows.performance import StepResult, performance
from core.workflows.qualify import qualifying
from core.workflows.rules import REENROLL, Rules
from core.workflows.schedule import Planned, simulate
from core.workflows.steps import KINDS, WEEKDAYS, Step, names_of, problems, wait_words, words

__all__ = [
    "KINDS", "REENROLL", "STATES", "WEEKDAYS", "Draft", "Ending", "Member", "Planned", "Rules", "Run", "Standing",
    "Step", "StepResult", "Workflow", "add", "counts", "endings", "find", "get", "live", "members", "names_of",
    "next_sends", "performance", "problems", "qualifying", "save", "set_state", "set_usual", "simulate", "standings",
    "steps_of", "usual", "versions", "wait_words", "whereabouts", "with_rule", "words",
]  # fmt: skip
