"""The files we know: which header names each has, and what its columns are here."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from core.errors import Invalid
from core.transfer import fields

FIELDS: Mapping[str, tuple[str, ...]] = {
    "contacts": (
        *("phone", "first_name", "last_name", "name", "email", "date_of_birth", "zip_code", "city", "state", "source"),
        *("owner", "created_at", "tags", "notes", "external_id", "opportunities"),
    ),
    "messages": (
        *("phone", "direction", "body", "sent_at", "sender", "status", "external_id", "contact_name"),
        *("from_phone", "to_phone"),
    ),
    "deals": (
        *("phone", "pipeline", "stage", "quoted_amount", "entered_at", "closed_at", "outcome", "owner", "account"),
        "external_id",
    ),
    "templates": ("title", "shortcut", "body", "folder"),
    "optouts": ("phone", "date", "source", "text"),
    "workflows": ("workflow", "step", "from", "to"),
}
"""What can be imported, by kind; a mapping sends columns to these."""

NEEDED: Mapping[str, tuple[str, ...]] = {
    "contacts": ("phone",),
    "messages": ("phone", "direction", "body", "sent_at"),
    "deals": ("phone", "pipeline", "stage"),
    "templates": ("title", "body"),
    "optouts": ("phone",),
    "workflows": ("workflow", "step", "to"),
}

OURS = "talkdeck_"
"""Columns named so are written by us beside the data (why a record was refused), and are not read."""

FORMAT = f"{OURS}format"
"""The column that tells an export of ours: its other columns are called what they are, and nothing else."""

TOLD = (
    *("stage", "pipeline", "amount", "last_message", "last_direction", "last_message_at", "active_at", "messages"),
    *("unread", "hot", "archived", "opted_out", "follow_up_at", "time_zone", "id"),
)
"""What an export of ours tells of a conversation beside what can be imported."""

OF_FIELD = " (field)"
"""Stands behind the name of a field of one's own that is called like one of the other columns."""


@dataclass(frozen=True)
class Preset:
    """A known kind of file. `marks` are the header names that tell it.

    `columns` says what those names are, in order, that do not speak for themselves.
    """

    key: str
    title: str
    kind: str
    marks: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    tag_separator: str = ""
    date_order: str = ""
    directions: Mapping[str, str] = field(default_factory=lambda: fields.DIRECTIONS)


PRESETS = (
    Preset(
        "hubspot",
        "HubSpot contacts export",
        "contacts",
        ("record id", "phone number", "contact owner"),
        {
            **dict.fromkeys(("Phone Number", "Mobile Phone Number"), "phone"),
            "Lead Status": "tags",
            "Original Source": "source",
            "State/Region": "state",
        },
    ),
    Preset(
        "highlevel_export",
        "HighLevel contacts export",
        "contacts",
        ("contact id", "phone", "created", "last activity"),
        {"Created": "created_at", "Opportunities": "opportunities"},
        tag_separator=",",
        date_order="mdy",
    ),
    Preset(
        "highlevel_import",
        "HighLevel import form",
        "contacts",
        ("phone", "created date", "additional phone"),
        {"Additional Phone": "notes"},
        tag_separator=",",
        date_order="mdy",
    ),
    Preset("chatwoot", "Chatwoot contacts", "contacts", ("name", "identifier", "phone_number"), tag_separator="|"),
    Preset(
        "google",
        "Google Contacts export",
        "contacts",
        ("phone 1 - value", "e-mail 1 - value", "labels"),
        {
            **dict.fromkeys((f"Phone {n} - Value" for n in range(1, 5)), "phone"),
            **dict.fromkeys(("First Name", "Middle Name"), "first_name"),
            "E-mail 1 - Value": "email",
            "Address 1 - Postal Code": "zip_code",
            "Address 1 - City": "city",
            "Address 1 - Region": "state",
        },
        tag_separator=":::",
    ),
    Preset(
        "outlook",
        "Outlook contacts export",
        "contacts",
        ("e-mail address", "mobile phone", "home phone", "primary phone"),
        {
            **dict.fromkeys(("Mobile Phone", "Primary Phone", "Home Phone", "Business Phone", "Other Phone"), "phone"),
            **dict.fromkeys(("First Name", "Middle Name"), "first_name"),
            **dict.fromkeys(("Home Postal Code", "Business Postal Code", "Other Postal Code"), "zip_code"),
            **dict.fromkeys(("Home City", "Business City", "Other City"), "city"),
            **dict.fromkeys(("Home State", "Business State", "Other State"), "state"),
        },
    ),
    Preset(
        "salesforce",
        "Salesforce contact report",
        "contacts",
        ("mailing zip/postal code", "phone", "account owner"),
        {
            **dict.fromkeys(("Mobile", "Phone"), "phone"),
            "Account Owner": "owner",
            "Mailing Zip/Postal Code": "zip_code",
            "Mailing City": "city",
            "Mailing State/Province": "state",
        },
    ),
    Preset("spoke", "Spoke contacts", "contacts", ("firstname", "lastname", "cell")),
    Preset("vcard", "vCard address cards", "contacts", tag_separator=";"),
    Preset("twilio", "Twilio message log", "messages", ("from", "to", "body", "sentdate", "direction", "sid")),
    Preset(
        "sms_backup",
        "SMS Backup & Restore",
        "messages",
        ("address", "date", "type", "body", "contact_name"),
        {"address": "phone", "type": "direction"},
        directions={"1": "in", "2": "out"},
    ),
)

_WORDS: Mapping[str, Mapping[str, str]] = {
    "contacts": {
        "phone": "phonenumber mobile mobilephone mobilenumber cell cellphone telephone tel primaryphone contactphone",
        "first_name": "first givenname given forename fname",
        "last_name": "last surname familyname lname",
        "name": "fullname contactname",
        "email": "emailaddress mail primaryemail",
        "date_of_birth": "dob birthday birthdate born",
        "zip_code": "zip zipcode postalcode postcode",
        "city": "town",
        "state": "region province",
        "source": "leadsource",
        "owner": "assignedto agent contactowner",
        "created_at": "createdate createddate creationdate dateadded",
        "tags": "tag labels label",
        "notes": "note comment comments description",
        "external_id": "identifier contactid recordid",
    },
    "messages": {
        "phone": "phonenumber contactphone",
        "direction": "",
        "body": "text message content messagebody",
        "sent_at": "sent date datetime timestamp time sentdate",
        "sender": "agent",
        "status": "",
        "external_id": "messageid sid",
        "contact_name": "",
        "from_phone": "from",
        "to_phone": "to",
    },
    "deals": {
        "phone": "phonenumber contactphone",
        "pipeline": "",
        "stage": "dealstage",
        "quoted_amount": "amount value closevalue",
        "entered_at": "engagedate createdat opened openedat",
        "closed_at": "closedate closed",
        "outcome": "",
        "owner": "salesagent dealowner",
        "account": "company",
        "external_id": "opportunityid dealid",
    },
    "templates": {"title": "name", "shortcut": "shortcode", "body": "text content message", "folder": "category"},
    "optouts": {
        "phone": "phonenumber mobile mobilephone number contactphone address",
        "date": "optedoutat optoutdate unsubscribedat when datetime timestamp",
        "source": "method channel how",
        "text": "body message reason words keyword note",
    },
    "workflows": {"workflow": "flow task", "step": "order number", "from": "after", "to": "text next"},
}
"""What a field is called elsewhere, without capitals, blanks and signs; its own name goes without saying."""


def folded(name: str) -> str:
    """A header name without its capitals and outer blanks: what presets compare."""
    return name.strip().casefold()


def _bare(name: str) -> str:
    return "".join(c for c in name.casefold() if c.isalnum())


_BY_WORD = {
    kind: {word: name for name, words in listed.items() for word in (_bare(name), *words.split())}
    for kind, listed in _WORDS.items()
}
_KNOWN = {word for words in _BY_WORD.values() for word in words} | {_bare(name) for p in PRESETS for name in p.columns}


def recognise(columns: tuple[str, ...], kind: str, wanted: str = "auto") -> Preset:
    """The preset of a header: of those whose marks are all there the one with most marks, else plain column names.

    Raises: Invalid when `wanted` names one that does not fit, or when the file plainly holds something else.
    """
    names = {folded(name) for name in columns}
    fitting = [preset for preset in PRESETS if preset.marks and names.issuperset(preset.marks)]
    own = Preset("own", "column names", kind)
    if wanted == "own" or (wanted == "auto" and FORMAT in names):
        return own
    if wanted != "auto":
        preset = named(wanted, kind)
        missing = [mark for mark in preset.marks if mark not in names]
        if missing:
            raise Invalid(f"This is no {preset.title}: it has no column “{missing[0]}”.")
        return preset
    best = max((preset for preset in fitting if preset.kind == kind), key=lambda preset: len(preset.marks), default=own)
    if best is own and fitting and not set(NEEDED[kind]) <= set(mapping_of(own, columns).values()):
        raise Invalid(f"The file looks like: {fitting[0].title}. Import it as {fitting[0].kind}.")
    return best


def named(key: str, kind: str) -> Preset:
    """Raises: Invalid when there is no such preset, or it holds another kind."""
    preset = next((preset for preset in PRESETS if preset.key == key), None)
    if preset is None:
        raise Invalid(
            f"There is no preset “{key}”. Known are auto, own, {', '.join(preset.key for preset in PRESETS)}."
        )
    if preset.kind != kind:
        raise Invalid(f"{preset.title} holds {preset.kind}; import it as {preset.kind}.")
    return preset


def is_export(columns: Collection[str]) -> bool:
    """Whether a file of these columns is an export of ours."""
    return FORMAT in columns


def known_names(columns: list[str]) -> int:
    """How many of the names mean something in any kind of file: what tells the delimiter."""
    return len({_bare(name) for name in columns} & _KNOWN)


def mapping_of(preset: Preset, columns: tuple[str, ...]) -> dict[str, str]:
    """Column -> field: what the preset says, then what names say by themselves of fields still open.

    Of two names for one field its own name wins, else the first, and the other is not imported.
    Raises: Invalid when two names could be a needed field: nobody picks one of two phones.
    """
    if is_export(columns):
        return {name: name for name in columns if name in FIELDS[preset.kind]}
    by_name = {folded(name): name for name in columns}
    said = {by_name[folded(name)]: target for name, target in preset.columns.items() if folded(name) in by_name}
    found: dict[str, str] = {}
    for name in columns:
        target = _BY_WORD[preset.kind].get(_bare(name))
        if target is None or target in said.values() or name in said or folded(name).startswith(OURS):
            continue
        rival = found.get(target)
        if rival is None or (_bare(name) == _bare(target) != _bare(rival)):
            found[target] = name
        elif target in NEEDED[preset.kind] and _bare(rival) != _bare(target):
            raise Invalid(f"Both “{rival}” and “{name}” could be the {target}. Say which by a mapping.")
    return said | {name: target for target, name in found.items()}
