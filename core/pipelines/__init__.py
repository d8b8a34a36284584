"""Pipelines and their stages: what there is, what files name, and what an administrator changes."""

from core.pipelines.delete import retire_empty, retired, users_of
from core.pipelines.edit import (
    CLOSED,
    KINDS,
    LONGEST_NAME,
    LONGEST_ROT,
    USUAL,
    StageDraft,
    add,
    add_stage,
    arrange,
    arrange_stages,
    edit_stage,
    rename,
    retire,
)
from core.pipelines.ensure import Place, ensure
from core.pipelines.find import Pipeline, Stage, find, held

__all__ = [
    "CLOSED", "KINDS", "LONGEST_NAME", "LONGEST_ROT", "USUAL", "Pipeline", "Place", "Stage", "StageDraft", "add",
    "add_stage", "arrange", "arrange_stages", "edit_stage", "ensure", "find", "held", "rename", "retire",
    "retire_empty", "retired", "users_of",
]  # fmt: skip
