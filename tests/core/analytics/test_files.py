"""Figures as files: nothing in them runs in a spreadsheet, and each is an event of who may export."""

import csv
import io

import pandas as pd
import pytest

from core import history
from core.access import ROLES, Actor
from core.analytics import files
from core.database import Store
from core.errors import NotAllowed

FRAME = pd.DataFrame({"reason": ["=1+1", "-2", "", "plain, “text”"], "deals": [1, 2, None, 4]})


def test_cells_are_safe_and_what_is_not_known_is_blank(store: Store, alice: Actor) -> None:
    read = list(csv.reader(io.StringIO(files.csv(store, alice, FRAME, "reasons").decode())))
    assert read == [["reason", "deals"], ["'=1+1", "1"], ["'-2", "2"], ["", ""], ["plain, “text”", "4"]]


def test_each_file_is_an_event_of_who_may_export(store: Store, vera: Actor) -> None:
    files.csv(store, vera, FRAME, "“Why deals were lost”")
    with store.read() as reader:
        newest = history.events(reader, vera, history.Wanted(), 1)[0]
    assert newest.words.endswith("exported 4 lines of “Why deals were lost”")
    admin = Actor(1, "Ada", ROLES["admin"])
    with pytest.raises(NotAllowed):
        files.csv(store, admin, FRAME, "reasons")
