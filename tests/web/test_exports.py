"""The account of an event as a file, sent in pieces while it is made."""

import httpx

from tests.server import AppServer


def test_the_account_of_an_event_is_a_file_with_every_row(app: AppServer) -> None:
    answer = httpx.get(f"{app.url}/export/event/1.csv")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="event-1.csv"'
    assert answer.headers["cache-control"] == "no-store"
    assert "content-length" not in answer.headers
    assert answer.text.splitlines()[0] == "conversation,name,phone,outcome,reason,before,after"


def test_an_event_that_is_not_there_is_said(app: AppServer) -> None:
    answer = httpx.get(f"{app.url}/export/event/999999.csv")
    assert (answer.status_code, answer.text) == (404, "There is no such event.")
    assert httpx.get(f"{app.url}/export/event/x.csv").headers["content-type"] != "text/csv; charset=utf-8"
