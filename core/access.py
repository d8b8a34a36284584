"""Rights, roles, and the actor every verb asks first."""

from dataclasses import dataclass
from enum import StrEnum

from core.errors import NotAllowed


class Right(StrEnum):
    """What an actor may do; `noun:verb`."""

    ANALYTICS_VIEW = "analytics:view"
    AUDIT_VIEW = "audit:view"
    CONTACT_EDIT = "contact:edit"
    CONTACT_PERSONAL = "contact:personal"
    CONVERSATION_BULK = "conversation:bulk"
    CONVERSATION_VIEW = "conversation:view"
    EXPORT_FULL = "export:full"
    EXPORT_MASKED = "export:masked"
    IMPORT_RUN = "import:run"
    MESSAGE_SEND = "message:send"
    SETTINGS_EDIT = "settings:edit"
    TEMPLATE_EDIT = "template:edit"
    UNDO_OTHERS = "undo:others"
    UNDO_OWN = "undo:own"
    USER_EDIT = "user:edit"
    VIEW_SAVE = "view:save"
    VIEW_SHARE = "view:share"
    WORKFLOW_EDIT = "workflow:edit"


WORDS = {
    Right.ANALYTICS_VIEW: "see analytics",
    Right.AUDIT_VIEW: "see what others did",
    Right.CONTACT_EDIT: "change contacts and their conversations",
    Right.CONTACT_PERSONAL: "see full phones and e-mail addresses",
    Right.CONVERSATION_BULK: "act on many conversations at once, or on tags for everybody",
    Right.CONVERSATION_VIEW: "see conversations",
    Right.EXPORT_FULL: "export full phones and e-mail addresses",
    Right.EXPORT_MASKED: "export",
    Right.IMPORT_RUN: "import files",
    Right.MESSAGE_SEND: "send texts, or enroll anybody",
    Right.SETTINGS_EDIT: "change settings",
    Right.TEMPLATE_EDIT: "change the team's templates",
    Right.UNDO_OTHERS: "undo what others did",
    Right.UNDO_OWN: "undo",
    Right.USER_EDIT: "change users",
    Right.VIEW_SAVE: "save views",
    Right.VIEW_SHARE: "share views",
    Right.WORKFLOW_EDIT: "change workflows and cleanup rules",
}
"""What a right allows: “Bob may not …”."""

_READ = {Right.CONVERSATION_VIEW, Right.ANALYTICS_VIEW, Right.VIEW_SAVE}
_WORK = {Right.CONTACT_EDIT, Right.CONTACT_PERSONAL, Right.MESSAGE_SEND, Right.UNDO_OWN, Right.EXPORT_MASKED}

# The start of the role_right table; a person may change the table, so the table decides.
ROLES: dict[str, frozenset[Right]] = {
    "manager": frozenset(
        _READ
        | _WORK
        | {
            Right.UNDO_OTHERS,
            Right.EXPORT_FULL,
            Right.TEMPLATE_EDIT,
            Right.WORKFLOW_EDIT,
            Right.AUDIT_VIEW,
            Right.VIEW_SHARE,
        }
    ),
    "supervisor": frozenset(_READ | _WORK | {Right.CONVERSATION_BULK, Right.IMPORT_RUN, Right.VIEW_SHARE}),
    "analyst": frozenset(_READ | {Right.EXPORT_MASKED}),
    "admin": frozenset(
        {
            Right.USER_EDIT,
            Right.SETTINGS_EDIT,
            Right.AUDIT_VIEW,
            Right.IMPORT_RUN,
            Right.UNDO_OTHERS,
            Right.TEMPLATE_EDIT,
            Right.WORKFLOW_EDIT,
        }
    ),
}


@dataclass(frozen=True)
class Actor:
    """A user while acting. Rights are read from the database for each unit of work."""

    id: int
    name: str
    rights: frozenset[Right]

    def may(self, right: Right) -> bool:
        """Whether the actor holds the right."""
        return right in self.rights

    def require(self, right: Right) -> None:
        """The first line of every verb.

        Raises: NotAllowed.
        """
        if not self.may(right):
            raise NotAllowed(f"{self.name} may not {WORDS[right]}. Ask an administrator for the right “{right}”.")
