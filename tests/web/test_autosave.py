"""A note that comes in while the database cannot serve: the page is told that it may send it again."""

from contextlib import closing
from pathlib import Path

from core.access import Actor
from core.database import Store
from core.web import autosave


def test_a_note_may_be_sent_again_after_the_database_was_away(sqlite_url: str, tmp_path: Path, alice: Actor) -> None:
    with closing(Store.open(sqlite_url)) as store:
        store.engine.dispose()
        tmp_path.rename(tmp_path.with_name("elsewhere"))
        status, said = autosave.save(store, alice, 1, b'{"text": "kept", "base": 0}')
        tmp_path.with_name("elsewhere").rename(tmp_path)
    assert status == 503
    assert said["is_lost"]
    assert "cannot be reached" in said["refused"]


def test_what_is_refused_is_not_to_be_sent_again(store: Store, vera: Actor) -> None:
    status, said = autosave.save(store, vera, 1, b'{"text": "kept", "base": 0}')
    assert status == 422
    assert "is_lost" not in said
