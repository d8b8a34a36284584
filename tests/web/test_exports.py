"""The account of an event as a file, sent in pieces while it is made."""

import httpx

from core.access import Actor
from core.exports import Wish
from core.web import exports
from tests.server import AppServer

USER = Actor(1, "Local user", frozenset())


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


def test_conversations_are_sent_while_the_file_is_made(app: AppServer) -> None:
    wish = Wish(columns=("phone", "active_at"), zone="Europe/Berlin")
    answer = httpx.get(app.url + exports.link(app.data_dir, USER, wish))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith('attachment; filename="conversations-20')
    assert answer.headers["cache-control"] == "no-store"
    assert "content-length" not in answer.headers
    assert answer.content.decode("utf-8-sig").splitlines()[0] == '"phone","active_at","talkdeck_format"'


def test_an_export_that_no_page_of_ours_offered_is_refused(app: AppServer) -> None:
    link = exports.link(app.data_dir, USER, Wish(columns=("phone",)))
    for other in (exports.CONVERSATIONS, link.replace("phone", "email"), link.replace("sign=", "sign=0")):
        answer = httpx.get(app.url + other)
        assert (answer.status_code, answer.text) == (403, "This address is no longer good. Export from the list.")
    foreign = exports.link(app.data_dir, Actor(7, "Somebody", frozenset()), Wish(columns=("phone",)))
    assert httpx.get(app.url + foreign).status_code == 403


def test_columns_that_are_gone_are_said(app: AppServer) -> None:
    answer = httpx.get(app.url + exports.link(app.data_dir, USER, Wish(columns=("custom.99",))))
    assert answer.status_code == 422
    assert answer.text.startswith("There is no column “custom.99”.")


def test_what_is_known_of_a_file_is_one_as_well(app: AppServer) -> None:
    assert httpx.get(f"{app.url}/export/event/999999.about.json").text == "There is no such export."
