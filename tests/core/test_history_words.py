"""What history calls the outcomes of an event."""

from core.history import Entry


def entry(verb: str) -> Entry:
    return Entry(1, 0, 1, "Anna", verb, "", "done", "done", 14, 5, 2, 3, 4, None, None)


def test_an_import_speaks_of_rejected_rows_as_its_own_page_does() -> None:
    assert entry("import.contacts").counts() == "5 imported, 2 unchanged, 3 skipped, 4 rejected"


def test_other_events_speak_of_failed_rows() -> None:
    assert entry("conversation.archive").counts() == "5 changed, 2 already so, 3 skipped, 4 failed"


def test_undoing_an_import_imports_nothing() -> None:
    assert entry("import.undo").counts("changed", "left") == "5 changed"
