"""The one family of expected failures; each text is a sentence for the person who sees it."""


class AppError(Exception):
    """An expected failure. `str(error)` says what happened and what to do about it."""


class NotAllowed(AppError):
    """The actor lacks the right."""


class NotFound(AppError):
    """What was asked for does not exist (any more)."""


class Invalid(AppError):
    """The input cannot be used as it is."""


class Conflict(AppError):
    """Somebody else changed it meanwhile, or it was done already."""


class Unavailable(AppError):
    """The database or the disk cannot serve now; nothing acknowledged is lost."""
