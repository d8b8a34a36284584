"""What fills the fields of a text for a contact."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from core.access import Actor
from core.database import engines
from core.database.tables import contact, conversation, custom_field, custom_value, user
from core.errors import NotFound

PLAIN = ("first_name", "last_name", "email", "phone", "city", "state", "zip_code")


def values(reader: Connection, actor: Actor, contact_id: int) -> dict[str, str]:
    """By the names that `sms.fields` gives; blank where the contact has none. `my_name` is the actor's.

    Raises: NotFound.
    """
    found = values_of(reader, [contact_id]).get(contact_id)
    if found is None:
        raise NotFound("This contact does not exist (any more).")
    return {**found, "my_name": actor.name}


def values_of(reader: Connection, contact_ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """As `values`, for many contacts at once, without `my_name`; who does not exist is left out."""
    ids = engines.id_set(reader, contact_ids)
    rows = reader.execute(
        select(contact.c.id, *(contact.c[name] for name in PLAIN), user.c.name.label("owner"))
        .outerjoin(conversation, conversation.c.id == contact.c.id)
        .outerjoin(user, user.c.id == conversation.c.owner_id)
        .where(contact.c.id.in_(ids))
    )
    plain = {row.id: {key: value or "" for key, value in row._mapping.items() if key != "id"} for row in rows}
    f, v = custom_field.c, custom_value.c
    own = select(v.contact_id, f.name_key, v.value).join(custom_value, v.field_id == f.id)
    custom: dict[int, dict[str, str]] = {id_: {} for id_ in plain}
    for id_, key, value in reader.execute(own.where(v.contact_id.in_(ids), f.is_retired == 0)):
        custom[id_]["_".join(key.split())] = value
    return {
        id_: {**custom[id_], **found, "name": f"{found['first_name']} {found['last_name']}".strip()}
        for id_, found in plain.items()
    }
