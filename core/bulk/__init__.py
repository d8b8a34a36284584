"""Actions on one conversation or a million: chosen, previewed, carried out and accounted for."""

from core.bulk.actions import KINDS, OFFERED, Action, action
from core.bulk.kind import REASONS, Kind
from core.bulk.preview import Group, Preview, preview, preview_ids, sentence
from core.bulk.run import at_once, carry_out, merge_tags, retire_stage, retry, start
from core.bulk.selection import AT_ONCE, CONFIRM_ABOVE, Selection, carriers, choose, choose_all, tags_among

__all__ = [
    "AT_ONCE", "CONFIRM_ABOVE", "KINDS", "OFFERED", "REASONS", "Action", "Group", "Kind", "Preview", "Selection",
    "action", "at_once", "carriers", "carry_out", "choose", "choose_all", "merge_tags", "preview", "preview_ids",
    "retire_stage", "retry", "sentence", "start", "tags_among",
]  # fmt: skip
