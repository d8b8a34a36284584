"""Templates: found, made, changed, moved, retired and undone; each title and shortcut once in its folder."""

import pytest
from sqlalchemy import insert, select

from core import sms, templates, undo
from core.access import Actor
from core.database import Store, Work
from core.database.tables import contact, conversation, custom_field, custom_value, event_state
from core.errors import Conflict, Invalid, NotAllowed, NotFound
from core.templates import Draft, Shortcut, Template
from tests.conftest import ALICE, BOB, NOON, VERA, Clock

HELLO = Draft("Hello", "Hi {first_name|there}", shortcut=" Hello ", folder="Sales ")


def add(store: Store, draft: Draft, actor: Actor = ALICE) -> int:
    return store.write(actor, templates.add, draft)


def listed(store: Store, actor: Actor = ALICE, include_retired: bool = False) -> list[Template]:
    with store.read() as reader:
        return templates.find(reader, actor.id, include_retired)


def take_back(store: Store, event_id: int) -> str:
    """Undo it; the state it has then."""
    undo.start(store, ALICE, event_id)
    with store.read() as reader:
        state = event_state.c.state
        return str(reader.execute(select(state).where(event_state.c.event_id == event_id)).scalar_one())


def newest(store: Store) -> int:
    with store.read() as reader:
        return Store.revision(reader)


def test_a_template_is_made_tidily_and_listed_by_folder_and_title(store: Store) -> None:
    hello = add(store, HELLO)
    add(store, Draft("bye", "Bye"))
    add(store, Draft("again", "Me again", folder="sales", is_own=True))
    found = listed(store)
    assert [(each.folder, each.title) for each in found] == [("", "bye"), ("sales", "again"), ("Sales", "Hello")]
    assert found[2] == Template(hello, "Hello", "hello", "Hi {first_name|there}", "Sales", None, False, 0, None)


@pytest.mark.parametrize(
    ("draft", "words"),
    [
        (Draft(" ", "text"), "title"),
        (Draft("a" * 121, "text"), "at most 120"),
        (Draft("a", " \n "), "Write a text"),
        (Draft("a", "b" * 1601), "at most 1,600"),
        (Draft("a", "b", shortcut="two words"), "one word"),
        (Draft("a", "b", shortcut="two\u00a0words"), "one word"),
        (Draft("a", "b", folder="f" * 61), "at most 60"),
    ],
)
def test_what_cannot_be_used_is_refused_in_words(store: Store, draft: Draft, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        add(store, draft)
    assert listed(store) == []


def test_title_and_shortcut_are_free_again_elsewhere_alone(store: Store) -> None:
    first = add(store, HELLO)
    with pytest.raises(Conflict, match="already a template “Hello” in the folder “Sales”"):
        add(store, Draft("Hello", "x", folder="Sales"))
    with pytest.raises(Conflict, match="“hello” stands for “Hello” in the folder “Sales”"):
        add(store, Draft("Other", "x", shortcut="HELLO", folder="Sales"))
    add(store, Draft("Hello", "x", shortcut="hello"))
    own = add(store, Draft("Hello", "x", shortcut="hello", folder="Sales", is_own=True))
    add(store, Draft("Hello", "x", shortcut="hello", folder="Sales", is_own=True), BOB)
    with pytest.raises(Conflict):
        store.write(ALICE, templates.edit, own, HELLO)  # to the team
    store.write(ALICE, templates.edit, first, HELLO)  # as it is
    store.write(ALICE, templates.retire, first)
    store.write(ALICE, templates.edit, own, HELLO)
    with pytest.raises(Conflict):
        store.write(ALICE, templates.revive, first)


def test_the_teams_need_a_right_and_ones_own_are_nobody_elses(store: Store) -> None:
    team = add(store, HELLO)
    own = add(store, Draft("Mine", "x", is_own=True), BOB)
    for verb, args in ((templates.add, (HELLO,)), (templates.edit, (team, HELLO)), (templates.retire, (team,))):
        with pytest.raises(NotAllowed, match="change the team's templates"):
            store.write(BOB, verb, *args)  # type: ignore[arg-type]
    with pytest.raises(NotAllowed):  # nor may one's own be given to the team
        store.write(BOB, templates.edit, own, Draft("Mine", "x"))
    with pytest.raises(NotAllowed, match="send texts"):
        add(store, Draft("Mine", "x", is_own=True), VERA)
    for verb in (templates.retire, templates.revive):
        with pytest.raises(NotFound):
            store.write(ALICE, verb, own)
    with store.read() as reader, pytest.raises(NotFound):
        templates.get(reader, ALICE.id, own)
    assert [each.title for each in listed(store, BOB)] == ["Mine", "Hello"]
    assert [each.title for each in listed(store)] == ["Hello"]


def test_each_change_can_be_undone(store: Store) -> None:
    hello = add(store, HELLO)
    added, before = newest(store), listed(store)
    edited = store.write(ALICE, templates.edit, hello, Draft("Hi", "Hi!", "hi", "New", is_own=True))
    retired = store.write(ALICE, templates.retire, hello)
    assert listed(store) == []
    revived = store.write(ALICE, templates.revive, hello)
    assert [take_back(store, each) for each in (revived, retired, edited)] == ["undone"] * 3
    assert listed(store) == before
    assert take_back(store, added) == "undone"
    assert [each.is_retired for each in listed(store, include_retired=True)] == [True]


@pytest.mark.parametrize("taking", [Draft("Hello", "x", folder="Sales"), Draft("x", "x", "hello", "Sales")])
def test_a_title_or_shortcut_that_was_given_away_stays_away(store: Store, taking: Draft) -> None:
    hello = add(store, HELLO)
    edited = store.write(ALICE, templates.edit, hello, Draft("Hi", "Hi!", "hi", "Sales"))
    taken = add(store, taking)
    assert take_back(store, edited) == "undone_in_part"
    store.write(ALICE, templates.retire, taken)
    revived = store.write(ALICE, templates.edit, hello, HELLO)
    assert take_back(store, revived) == "undone"
    store.write(ALICE, templates.edit, hello, HELLO)
    retired = store.write(ALICE, templates.retire, hello)
    store.write(ALICE, templates.revive, taken)
    assert take_back(store, retired) == "undone_in_part"


def test_ones_own_shortcut_goes_before_the_teams_and_several_are_asked_about(store: Store) -> None:
    for folder in ("a", "b"):
        add(store, Draft("Hello", folder, "hello", folder))
    add(store, Draft("Bye", "x", "bye"))
    add(store, Draft("No shortcut", "x"))
    team = {word: found.choices for word, found in templates.by_shortcut(listed(store)).items()}
    assert {word: [each.folder for each in found] for word, found in team.items()} == {"hello": ["a", "b"], "bye": [""]}
    add(store, Draft("Own", "x", "hello", is_own=True))
    own = next(each for each in listed(store) if each.title == "Own")
    assert templates.by_shortcut(listed(store))["hello"] == Shortcut((own,), team["hello"])
    store.write(ALICE, templates.retire, own.id)
    assert templates.by_shortcut(listed(store, include_retired=True))["hello"] == Shortcut(team["hello"])


def test_uses_are_counted_and_stay_out_of_undo(store: Store, fixed_clock: Clock) -> None:
    hello = add(store, HELLO)
    edited = store.write(ALICE, templates.edit, hello, Draft("Hi", "Hi!"))
    store.write(BOB, templates.used, hello)
    fixed_clock.advance(5)
    store.write(BOB, templates.used, hello)
    store.write(BOB, templates.used, 999)
    assert take_back(store, edited) == "undone"
    assert [(each.title, each.use_count, each.used_at) for each in listed(store)] == [("Hello", 2, NOON + 5)]
    with pytest.raises(NotAllowed):
        store.write(VERA, templates.used, hello)


def _contact(work: Work) -> None:
    plain = {"phone": "+12125550101", "created_at": 0, "event_id": 0}
    work.conn.execute(insert(contact).values(id=1, first_name="Ann", city="", **plain))
    work.conn.execute(insert(conversation).values(id=1, activity_key=1, name_key="ann", owner_id=2))
    field = {"id": 1, "name": "Car brand", "name_key": "car brand", "kind": "text", "created_at": 0, "event_id": 0}
    work.conn.execute(insert(custom_field).values(**field))
    work.conn.execute(insert(custom_value).values(contact_id=1, field_id=1, value="Fiat", sort_key="fiat", event_id=0))


def test_the_fields_of_a_text_are_filled_from_the_contact_its_custom_fields_and_the_user(store: Store) -> None:
    store.write(ALICE, _contact)
    with store.read() as reader:
        values = templates.values(reader, ALICE, 1)
        with pytest.raises(NotFound):
            templates.values(reader, ALICE, 2)
    assert set(sms.FIELDS) <= set(values)
    text = "{First name|there} {name} {last_name|-} {city|?} {phone} {owner} {my_name} {car brand}"
    assert sms.render(text, values) == "Ann Ann - ? +12125550101 Bob Alice Fiat"


def test_what_no_database_keeps_and_nobody_sees_is_left_out(store: Store) -> None:
    add(store, Draft("Pri\0ce\u202e", "Hi\0 there\r\nyou", "p\0r", "Sal\0es"))
    (made,) = listed(store)
    assert (made.title, made.body, made.shortcut, made.folder) == ("Price", "Hi there\nyou", "pr", "Sales")
