"""Fields of a contact: each by its rule, none over another's words, and taken back without a trace."""

from collections import Counter

import pytest
from sqlalchemy import select

from core import contacts, conversations, custom, undo
from core.contacts import Stale
from core.conversations import ConversationFilter
from core.database import Store
from core.database.tables import change, contact, conversation, custom_value
from core.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.conftest import ALICE, BOB, VERA, Clock

NAMES = ("first_name", "last_name", "city", "state", "source", "email")


@pytest.fixture
def someone(store: Store, fixed_clock: Clock) -> int:
    """A contact made by hand."""
    given = {"first_name": "Ann", "last_name": "Stone", "email": "a.stone@example.com"}
    return store.write(ALICE, contacts.add, "(312) 555-0132", "US", given).contact_id


def stored(store: Store, contact_id: int) -> dict[str, str]:
    with store.read() as reader:
        return contacts.values(reader, contact_id) | custom.values(reader, contact_id)


def found(store: Store, search: str) -> int:
    with store.read() as reader:
        return conversations.count(reader, ConversationFilter(search=search)).n


def edit(store: Store, contact_id: int, **wanted: str) -> int | None:
    """Change fields, having seen what stands there now."""
    changes = {name.replace("__", "."): text for name, text in wanted.items()}
    return store.write(ALICE, contacts.edit, contact_id, changes, stored(store, contact_id))


def test_a_field_is_saved_found_and_taken_back(store: Store, someone: int) -> None:
    before = stored(store, someone)
    event_id = edit(store, someone, first_name="Żaneta", city="Boston", owner="2", source="fair")
    assert event_id is not None
    assert stored(store, someone) == before | {
        "first_name": "Żaneta", "city": "Boston", "owner": "2", "source": "fair",
    }  # fmt: skip
    assert (found(store, "zaneta"), found(store, "Ann")) == (1, 0)
    with store.read() as reader:
        assert conversations.get(reader, someone).name == "Żaneta Stone"
        assert reader.execute(select(conversation.c.name_key)).scalar_one() == "zaneta stone"
    undo_id = undo.start(store, ALICE, event_id)
    assert stored(store, someone) == before
    assert (found(store, "zaneta"), found(store, "Ann")) == (0, 1)
    undo.start(store, ALICE, undo_id)
    assert stored(store, someone)["first_name"] == "Żaneta"


def test_what_stands_there_already_is_no_event(store: Store, someone: int) -> None:
    assert edit(store, someone, first_name="  Ann ") is None


def test_two_people_on_two_fields_do_not_meet(store: Store, someone: int) -> None:
    seen = stored(store, someone)
    store.write(ALICE, contacts.edit, someone, {"city": "Boston"}, seen)
    store.write(BOB, contacts.edit, someone, {"state": "MA"}, seen)
    assert [stored(store, someone)[name] for name in ("city", "state")] == ["Boston", "MA"]


def test_a_stale_field_stops_the_whole_save_and_says_both_values(store: Store, someone: int) -> None:
    seen = stored(store, someone)
    store.write(ALICE, contacts.edit, someone, {"city": "Boston"}, seen)
    with pytest.raises(Stale) as failure:
        store.write(BOB, contacts.edit, someone, {"city": "Salem", "state": "MA"}, seen)
    assert failure.value.fields == {"city": ("Boston", "Salem")}
    assert stored(store, someone)["state"] == ""
    store.write(BOB, contacts.edit, someone, {"city": "Boston", "state": "MA"}, seen)  # wants what is stored: no clash
    assert stored(store, someone)["state"] == "MA"


def test_ones_own_second_save_never_trips(store: Store, someone: int) -> None:
    seen = stored(store, someone)
    for n in range(50):
        store.write(ALICE, contacts.edit, someone, {"city": f"Town {n}"}, seen)
        seen["city"] = f"Town {n}"
    assert stored(store, someone)["city"] == "Town 49"


@pytest.mark.parametrize(
    ("name", "text", "kept"),
    [
        ("email", " Ann@Example.com ", "Ann@Example.com"),
        ("date_of_birth", "04/23/1985", "1985-04-23"),
        ("date_of_birth", "23 April 1985", "1985-04-23"),
        ("zip_code", "02139", "02139"),
        ("zip_code", "SW1A 1AA", "SW1A 1AA"),
        ("time_zone", "Europe/Berlin", "Europe/Berlin"),
        ("first_name", "a\x00b\ud800 \r\n c", "ab c"),
        ("last_name", "", ""),
        ("owner", "", ""),
    ],
)
def test_values_are_kept_in_one_spelling(store: Store, someone: int, name: str, text: str, kept: str) -> None:
    edit(store, someone, **{name: text})
    assert stored(store, someone)[name] == kept


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("email", "ann(at)example.com", "no e-mail address"),
        ("date_of_birth", "04/23/85", "four digits"),
        ("date_of_birth", "02/30/1985", "no such day"),
        ("date_of_birth", "2999-01-01", "future"),
        ("date_of_birth", "soon", "no date"),
        ("zip_code", "0213_9", "zip code"),
        ("time_zone", "Mars/Base", "no such time zone"),
        ("time_zone", "../etc/passwd", "no such time zone"),
        ("first_name", "x" * 201, "at most 200"),
        ("owner", "99", "owner"),
        ("owner", "²", "owner"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_words(store: Store, someone: int, name: str, text: str, why: str) -> None:
    before = stored(store, someone)
    with pytest.raises(Invalid, match=why):
        edit(store, someone, **{name: text})
    assert stored(store, someone) == before


def test_who_may_not_edit_changes_nothing(store: Store, someone: int) -> None:
    with pytest.raises(NotAllowed):
        store.write(VERA, contacts.edit, someone, {"city": "Boston"}, {})
    with pytest.raises(NotAllowed):
        store.write(VERA, contacts.add, "7345550199", "US", {})
    with pytest.raises(NotFound):
        store.write(ALICE, contacts.edit, 999_999, {"city": "Boston"}, {})
    with pytest.raises(NotFound):
        store.write(ALICE, contacts.edit, someone, {"custom.77": "x"}, {})


def test_a_field_of_ones_own_is_edited_like_any_other(store: Store, someone: int) -> None:
    policy = store.write(ALICE, custom.add, "Policy", "number")
    color = store.write(ALICE, custom.add, "Colour", "choice", ["Red", "Blue"])
    event_id = edit(store, someone, **{f"custom__{policy}": "1,250.50", f"custom__{color}": "red", "city": "Salem"})
    assert event_id is not None
    assert stored(store, someone)[custom.key(policy)] == "1250.5"
    assert stored(store, someone)[custom.key(color)] == "Red"
    edit(store, someone, **{f"custom__{policy}": ""})
    assert custom.key(policy) not in stored(store, someone)
    with pytest.raises(Stale) as failure:
        store.write(BOB, contacts.edit, someone, {custom.key(color): "Blue"}, {})
    assert failure.value.fields == {custom.key(color): ("Red", "Blue")}
    undo.start(store, ALICE, event_id)  # the cleared number was changed since; the others return
    assert stored(store, someone)["city"] == ""
    with store.read() as reader:
        assert reader.execute(select(custom_value)).all() == []


def test_a_new_contact_is_there_and_vanishes_while_nobody_has_used_it(store: Store, fixed_clock: Clock) -> None:
    given = {"first_name": "Noah", "zip_code": "02139", "source": "web"}
    made = store.write(ALICE, contacts.add, "734 555 0132", "US", given)
    assert made.event_id is not None
    assert found(store, "noah") == found(store, "5550132") == 1
    assert store.write(BOB, contacts.add, "+1-734-555-0132", "US", {}) == contacts.Added(made.contact_id, None)
    undo_id = undo.start(store, ALICE, made.event_id)
    assert found(store, "noah") == found(store, "5550132") == 0
    with pytest.raises(NotFound):
        stored(store, made.contact_id)
    with pytest.raises(Conflict):
        undo.start(store, ALICE, undo_id)
    again = store.write(ALICE, contacts.add, "734 555 0132", "US", given)
    edit(store, again.contact_id, city="Boston")
    assert again.event_id is not None
    undo.start(store, ALICE, again.event_id)
    assert stored(store, again.contact_id)["city"] == "Boston"


def test_a_phone_that_is_none_is_refused_in_words(store: Store) -> None:
    for number, why in (("", "Give the phone"), ("734-555-CALL", "letters"), ("12", "no phone number")):
        with pytest.raises(Invalid, match=why):
            store.write(ALICE, contacts.add, number, "US", {})


def test_one_person_with_several_contacts(store: Store, fixed_clock: Clock) -> None:
    one, two, three = (
        store.write(ALICE, contacts.add, f"73455501{n}", "US", {"first_name": f"N{n}"}).contact_id for n in (10, 11, 12)
    )

    def linked(contact_id: int) -> list[int]:
        with store.read() as reader:
            return [each.id for each in contacts.same_person(reader, contact_id)]

    store.write(ALICE, contacts.link, two, three)
    event_id = store.write(ALICE, contacts.link, one, three)
    assert (linked(one), linked(two), linked(three)) == ([two, three], [one, three], [one, two])
    with pytest.raises(Conflict):
        store.write(ALICE, contacts.link, two, one)
    with pytest.raises(Invalid):
        store.write(ALICE, contacts.link, two, two)
    undo.start(store, ALICE, event_id)
    assert (linked(one), linked(two)) == ([], [three])
    store.write(ALICE, contacts.unlink, two)
    assert (linked(two), linked(three)) == ([], [])
    with pytest.raises(Conflict):
        store.write(ALICE, contacts.unlink, two)


def test_a_time_zone_is_derived_while_it_is_certain_and_a_persons_choice_wins(store: Store, someone: int) -> None:
    assert stored(store, someone)["time_zone"] == "America/Chicago"
    edit(store, someone, zip_code="02139")
    assert stored(store, someone)["time_zone"] == ""  # phone and zip code say different things
    with store.read() as reader:
        assert [(zone.name, zone.why) for zone in contacts.candidates("+13125550132", "02139", "Massachusetts")] == [
            ("America/Chicago", "by the phone"),
            ("America/New_York", "by the zip code and state"),
        ]
        assert reader.execute(select(contact.c.time_zone_source)).scalar_one() is None
    edit(store, someone, time_zone="America/Denver")
    edit(store, someone, zip_code="94103")
    assert stored(store, someone)["time_zone"] == "America/Denver"
    edit(store, someone, time_zone="", zip_code="")
    assert stored(store, someone)["time_zone"] == "America/Chicago"


def test_changes_of_a_contact_are_counted_once(store: Store, someone: int) -> None:
    event_id = edit(store, someone, city="Boston", source="web")
    with store.read() as reader:
        rows = reader.execute(select(change.c.table_name).where(change.c.event_id == event_id)).scalars()
        assert Counter(rows) == {"contact": 1, "conversation": 1}


def test_an_unseen_change_is_not_overwritten_by_an_undo(store: Store, someone: int) -> None:
    event_id = edit(store, someone, city="Boston")
    edit(store, someone, city="Salem")
    assert event_id is not None
    undo.start(store, ALICE, event_id)
    assert stored(store, someone)["city"] == "Salem"


def test_a_phone_finds_the_other_contacts_of_its_person(store: Store, someone: int) -> None:
    numbers = ("(312) 555-0133", "(312) 555-0134")
    other, stranger = (store.write(ALICE, contacts.add, each, "US", {}).contact_id for each in numbers)
    store.write(ALICE, contacts.link, someone, other)

    def listed(search: str) -> list[tuple[int, str, str]]:
        with store.read() as reader:
            rows = conversations.find(reader, ConversationFilter(search=search)).rows
        return sorted(zip(rows["id"], rows["matched"], rows["sentence"], strict=True))

    own = sorted([(someone, "phone", "+13125550132"), (other, "same person", "(312) 555-0132")])
    assert listed("312-555-0132") == listed("+1 (312) 555 0132") == own
    assert found(store, "555-0132") == 2
    assert listed("5550134") == [(stranger, "phone", "+13125550134")]
    store.write(ALICE, contacts.unlink, other)
    assert listed("312-555-0132") == [(someone, "phone", "+13125550132")]
