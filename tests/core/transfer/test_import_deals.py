"""Deals and templates into the database: each once, with pipelines, stages and their history."""

from core import templates
from core.database.tables import conversation, deal, pipeline, stage, stage_event, template, user
from core.templates import Draft
from core.transfer.outlook import Counts
from tests.conftest import NOON
from tests.core.transfer.world import Office

PEOPLE = "first_name,phone\nAva,7345550100\nBea,7345550101\n"
HEADER = "phone,pipeline,stage,quoted_amount,entered_at,closed_at,outcome,owner,account,external_id\n"
WON = "7345550100,Gold,Won,100.50,2020-05-01T00:00:00Z,2020-06-01T00:00:00Z,won,Zoe,Acme,d-1\n"
OPEN = "7345550100,Gold,Lead,,2020-07-01T00:00:00Z,,,,,d-2\n"
MAY, JUNE, JULY = 1588291200, 1590969600, 1593561600


def test_deals_come_with_their_pipeline_stages_owner_and_history(office: Office) -> None:
    office.take(PEOPLE)
    _, counts = office.take(HEADER + WON + OPEN, "deals")
    assert counts == Counts(inserted=2)
    assert office.rows(pipeline.c.name) == [("Gold",)]
    assert office.rows(stage.c.position, stage.c.name, stage.c.kind) == [(0, "Lead", "open"), (1, "Won", "won")]
    d = deal.c
    assert office.rows(d.external_id, d.outcome, d.amount_cents, d.account, d.opened_at, d.closed_at, d.changed_at) == [
        ("d-1", "won", 10050, "Acme", MAY, JUNE, JUNE),
        ("d-2", "open", None, "", JULY, None, JULY),
    ]
    assert office.rows(stage_event.c.happened_at, stage_event.c.cause, stage_event.c.amount_after) == [
        (JUNE, "import", 10050),
        (JULY, "import", None),
    ]
    lead = dict(office.rows(stage.c.name, stage.c.id))["Lead"]
    c = conversation.c
    assert (2, lead, -1) in office.rows(c.deal_count, c.stage_id, c.amount_key)
    assert ("Zoe", 0) in office.rows(user.c.name, user.c.may_sign_in)


def test_deals_make_no_contacts(office: Office) -> None:
    office.take(PEOPLE)
    event_id, counts = office.take(HEADER + WON.replace("0100", "0199"), "deals")
    assert counts == Counts(rejected=1)
    assert office.problems(event_id) == [(2, "phone", "no contact with this phone")]
    assert b'"7345550199","Gold","Won"' in office.rejects(event_id)
    assert office.rows(pipeline.c.name) == []


def test_the_same_file_twice_changes_nothing(office: Office) -> None:
    office.take(PEOPLE)
    text = HEADER + WON + OPEN + OPEN.replace("d-2", "") * 2
    assert office.take(text, "deals")[1] == Counts(inserted=4)
    before = office.dump()
    assert office.take(text, "deals")[1] == Counts(unchanged=4)
    assert office.dump() == before


def test_a_known_deal_takes_what_is_given_and_moves_on(office: Office) -> None:
    office.take(PEOPLE)
    office.take(HEADER + OPEN, "deals")
    closed = "7345550100,Gold,Closed Won,250,,2020-08-01T00:00:00Z,,,,d-2\n"
    event_id, counts = office.take(HEADER + closed, "deals")
    assert counts == Counts(updated=1)
    d = deal.c
    assert office.rows(d.outcome, d.amount_cents, d.opened_at, d.closed_at, d.changed_at, d.version) == [
        ("won", 25000, JULY, 1596240000, NOON, 2)
    ]
    happened = office.rows(stage_event.c.happened_at, stage_event.c.from_stage_id, stage_event.c.event_id)
    assert len(happened) == 2
    assert happened[1][0] == 1596240000
    assert happened[1][1] is not None
    assert happened[1][2] == event_id
    assert office.take(HEADER + closed, "deals")[1] == Counts(unchanged=1)


def test_one_id_counts_once_in_a_file_and_an_early_closing_is_told(office: Office) -> None:
    office.take(PEOPLE)
    early = OPEN.replace(",,,,,d-2", ",2020-06-30T00:00:00Z,lost,,,d-2")
    event_id, counts = office.take(HEADER + early + OPEN, "deals")
    assert counts == Counts(inserted=1, unchanged=1)
    assert office.problems(event_id) == [
        (2, "closed_at", "closed before it was entered"),
        (3, "external_id", "line 2 has the same id: only that one counts"),
    ]


def test_templates_are_known_by_folder_and_title(office: Office) -> None:
    text = "title,shortcut,body,folder\nHello,hi,Hello {name},a\nHello,hi,Good day,b\nHello,x,Again,a\n"
    event_id, counts = office.take(text, "templates")
    assert counts == Counts(inserted=2, unchanged=1)
    assert office.problems(event_id) == [(4, "title", "line 2 has the same folder and title: only that one counts")]
    assert office.take(text, "templates")[1] == Counts(unchanged=3)
    assert office.take(text.replace("Good day", "Good night"), "templates")[1] == Counts(updated=1, unchanged=2)
    t = template.c
    assert office.rows(t.folder, t.title, t.shortcut, t.body) == [
        ("a", "Hello", "hi", "Hello {name}"),
        ("b", "Hello", "hi", "Good night"),
    ]


def test_a_shortcut_that_is_taken_in_the_folder_stays_where_it_is_and_no_template_is_lost(office: Office) -> None:
    header = "title,shortcut,body,folder\n"
    office.take(header + "Hello,Hi,Hello,a\n", "templates")
    text = header + "Hey,hi,Hey,a\nHo,ho,Ho,a\nHoho,HO,Hoho,a\nHi,hi,Hi,b\nTwo,two words,2,b\nHo,,Ho ho,a\n"
    event_id, counts = office.take(text, "templates")
    assert counts == Counts(inserted=5, unchanged=1)
    assert [line for line, column, _ in office.problems(event_id) if column == "shortcut"] == [2, 4, 6]
    said = {line: reason for line, _, reason in office.problems(event_id)}
    assert said[2] == "stands for “Hello” in this folder: this one goes without it"
    assert said[4] == "stands for “Ho” in this folder: this one goes without it"
    assert said[6].endswith("without blanks. Imported without one.")
    t = template.c
    found = [("a", "Hello", "hi"), ("a", "Hey", ""), ("a", "Ho", "ho"), ("a", "Hoho", ""), ("b", "Hi", "hi")]
    assert office.rows(t.folder, t.title, t.shortcut) == [*found, ("b", "Two", "")]
    assert office.take(text, "templates")[1] == Counts(unchanged=6)


def test_retired_templates_and_ones_own_are_no_hindrance(office: Office) -> None:
    text = "title,shortcut,body,folder\nHello,hi,Hello,a\nBye,bye,Bye,a\n"
    for draft in (Draft("Hello", "old", "hi", "a"), Draft("Bye", "mine", "bye", "a", is_own=True)):
        office.store.write(office.actor, templates.add, draft)
    hello = office.rows(template.c.id)[0][0]
    office.store.write(office.actor, templates.retire, hello)
    assert office.take(text, "templates")[1] == Counts(inserted=2)
    assert office.take(text, "templates")[1] == Counts(unchanged=2)
    assert sorted(office.rows(template.c.body)) == [("Bye",), ("Hello",), ("mine",), ("old",)]


def test_undoing_leaves_a_shortcut_that_was_given_away(office: Office) -> None:
    header = "title,shortcut,body,folder\n"
    office.take(header + "Hello,hi,Hello,a\n", "templates")
    event_id, _ = office.take(header + "Hello,hello,Hello,a\n", "templates")
    office.store.write(office.actor, templates.add, Draft("Hi", "Hi", "hi", "a"))
    assert office.undo(event_id) == 1
    t = template.c
    assert office.rows(t.title, t.shortcut) == [("Hello", "hello"), ("Hi", "hi")]
