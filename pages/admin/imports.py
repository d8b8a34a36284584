"""Bring files in: upload, check, import, see what came of it, and take it back."""

import streamlit as st

from core.access import Actor, Right
from core.errors import NotFound
from core.transfer.outlook import Counts
from pages.ui import dry_run, import_list, import_result, look, mapping, notices, session, uploads
from pages.ui.plain import many
from pages.ui.trial import Trial


def page() -> None:
    """One import when the address names it; else a new one, and those before."""
    look.apply()
    actor = session.actor()
    if not actor.may(Right.IMPORT_RUN):
        notices.not_for_you("import files")
        return
    event_id = import_result.named()
    with st.container(key="imports.page", width=1000):
        if event_id is None:
            st.header("Import", anchor=False)
            new_import(actor)
            import_list.show()
        else:
            one_import(event_id, actor)


def new_import(actor: Actor) -> None:
    """Upload, then say what is what, then look what it would do, then do it."""
    uploads.kind()
    draft = uploads.draft()
    if draft is None:
        uploads.drop_zone()
        return
    uploads.file_line(draft)
    seen = uploads.look_at(draft)
    uploads.encoding(draft)
    if seen is None:
        return
    mapping.recognised(draft, seen)
    mapping.editor(draft)
    uploads.choices(draft)
    trial = dry_run.show(draft)
    if trial and trial.preview:
        import_button(trial, trial.preview.counts, actor)
        dry_run.details(trial.preview)


def import_button(trial: Trial, counts: Counts, actor: Actor) -> None:
    """The one step that writes."""
    changed = counts.inserted + counts.updated
    label = f"Import {many(changed, 'row')}" if changed else "Import anyway: nothing would change"
    if st.button(label, key="imports.run", type="primary", icon=":material/upload:", disabled=not counts.rows):
        with trial.source() as source:
            event_id = uploads.start(actor, source, trial.request_id)
        uploads.forget()
        import_result.go(event_id)


def one_import(event_id: int, actor: Actor) -> None:
    """How far it is, or what came of it."""
    if st.button("All imports", key="imports.back", icon=":material/arrow_back:", type="tertiary"):
        import_result.go(None)
    try:
        status = import_result.load(event_id)
    except NotFound as gone:
        notices.gone(gone)
        return
    import_result.title(status)
    if status.is_running:
        import_result.progress(event_id)
        return
    import_result.outcome(status)
    import_result.what_was_kept(status)
    import_result.undo(status, actor)
    import_result.problems(status)


page()
