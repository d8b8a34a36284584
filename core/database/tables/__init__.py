"""Every table and column, once, with its unit; `metadata` is the truth that the migrations must reach."""

from core.database.tables.base import metadata
from core.database.tables.cleanup import cleanup_rule
from core.database.tables.contacts import (
    consent_event,
    contact,
    contact_tag,
    conversation,
    message,
    note,
    note_version,
    phone_claim,
    tag,
)
from core.database.tables.custom import custom_field, custom_value, setting
from core.database.tables.exports import export_schedule
from core.database.tables.ledger import (
    change,
    event,
    event_state,
    id_counter,
    import_problem,
    import_run,
    job,
    selected,
)
from core.database.tables.outreach import (
    enrollment,
    step_run,
    template,
    workflow,
    workflow_step,
    workflow_version,
)
from core.database.tables.people import role_right, saved_view, user, user_preference, user_role
from core.database.tables.sales import deal, pipeline, stage, stage_event
from core.database.tables.sending import opt_out_review, rate_bucket, sender_number, sending_window
from core.database.tables.talk import attachment, call, draft, outbox

__all__ = [
    "attachment",
    "call",
    "change",
    "cleanup_rule",
    "consent_event",
    "contact",
    "contact_tag",
    "conversation",
    "custom_field",
    "custom_value",
    "deal",
    "draft",
    "enrollment",
    "event",
    "event_state",
    "export_schedule",
    "id_counter",
    "import_problem",
    "import_run",
    "job",
    "message",
    "metadata",
    "note",
    "note_version",
    "opt_out_review",
    "outbox",
    "phone_claim",
    "pipeline",
    "rate_bucket",
    "role_right",
    "saved_view",
    "selected",
    "sender_number",
    "sending_window",
    "setting",
    "stage",
    "stage_event",
    "step_run",
    "tag",
    "template",
    "user",
    "user_preference",
    "user_role",
    "workflow",
    "workflow_step",
    "workflow_version",
]
