"""What fills the fields of a text for one contact."""

from sqlalchemy import Connection, select

from core.access import Actor
from core.database.tables import contact, conversation, custom_field, custom_value, user
from core.errors import NotFound

PLAIN = ("first_name", "last_name", "email", "phone", "city", "state", "zip_code")


def values(reader: Connection, actor: Actor, contact_id: int) -> dict[str, str]:
    """By the names that `sms.fields` gives; blank where the contact has none. `my_name` is the actor's.

    Raises: NotFound.
    """
    row = reader.execute(
        select(*(contact.c[name] for name in PLAIN), user.c.name.label("owner"))
        .outerjoin(conversation, conversation.c.id == contact.c.id)
        .outerjoin(user, user.c.id == conversation.c.owner_id)
        .where(contact.c.id == contact_id)
    ).first()
    if row is None:
        raise NotFound("This contact does not exist (any more).")
    f, v = custom_field.c, custom_value.c
    own = select(f.name_key, v.value).join(custom_value, v.field_id == f.id)
    own = own.where(v.contact_id == contact_id, f.is_retired == 0)
    found = {"_".join(key.split()): value for key, value in reader.execute(own)}
    name = f"{row.first_name} {row.last_name}".strip()
    return {**found, **{key: value or "" for key, value in row._mapping.items()}, "name": name, "my_name": actor.name}
