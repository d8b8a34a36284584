"""What a person typed into the search box, taken apart; only the quotes around a phrase are syntax."""

import re
from dataclasses import dataclass
from functools import cached_property

from core.words import WORD_LENGTH, fold, words

PREFIX_FROM = 2
"""The last word also matches as a prefix from this many characters on."""

DIGITS_FROM = 3
"""So many digits also match phones that contain them."""

TRUNK = "(0)"
"""What some write behind a country's code for those who call from within: +44 (0)20 …"""

_QUOTED = re.compile(r'"([^"]*[^"\s][^"]*)"')
_PHONE_LIKE = re.compile(r"^[\d\s().+\-/\u2010-\u2015\u200e\u200f]+$")
_JOINERS = 0x2000  # from here on what cannot be printed may hold an emoji together
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class Term:
    """One word asked for; `is_prefix`: words that begin with it match too."""

    word: str
    is_prefix: bool = False

    def matches(self, word: str) -> bool:
        """Whether a word of a text is this term."""
        return word.startswith(self.word) if self.is_prefix else word == self.word

    def place(self, folded: str) -> int:
        """Where in a folded text a word begins that is this term; -1: nowhere."""
        return _place(folded, self.word, self.is_prefix or len(self.word) == WORD_LENGTH)

    @property
    def digits(self) -> str:
        """The digits a phone may contain instead, or an empty text."""
        return self.word if len(self.word) >= DIGITS_FROM and self.word.isascii() and self.word.isdigit() else ""


@dataclass(frozen=True)
class Query:
    """All `terms` and all `phrases` must match; or else the phone contains `digits`, where there are any."""

    terms: tuple[Term, ...] = ()
    phrases: tuple[str, ...] = ()
    digits: str = ""

    @cached_property
    def numbers(self) -> tuple[str, ...]:
        """Digits that a phone may contain instead: of all that is asked for, without what only some ways of writing put
        in front; else of one of the words.
        """
        if not self.digits:
            return tuple(term.digits for term in self.terms if term.digits)
        spelled = {self.digits, self.digits.removeprefix("00"), self.digits.removeprefix("011")}
        return tuple(digits for digits in sorted(spelled) if len(digits) >= DIGITS_FROM)

    @property
    def is_blank(self) -> bool:
        """Whether nothing is asked for."""
        return not (self.terms or self.phrases)


def parse(text: str) -> Query:
    """The query a person typed. Blank input, or nothing but control characters, is a blank query.

    Input without any letter or digit outside quotes is a phrase as it stands: searching for % finds texts with a %.
    """
    text = _visible(text).strip()
    phrases = tuple(dict.fromkeys(clean(match) for match in _QUOTED.findall(text)))
    rest = _QUOTED.sub(" ", text).strip()
    listed = words(rest)
    if not listed:
        return Query((), (*phrases, clean(rest)) if rest else phrases)
    last = listed[-1]
    ends_with_word = not text.endswith('"') or not phrases
    terms = [Term(word) for word in dict.fromkeys(listed) if word != last]
    terms.append(Term(last, is_prefix=ends_with_word and len(last) >= PREFIX_FROM))
    digits = re.sub(r"\D", "", rest.replace(TRUNK, "")) if not phrases and _PHONE_LIKE.match(rest) else ""
    return Query(tuple(terms), phrases, digits if len(digits) >= DIGITS_FROM else "")


def clean(text: str) -> str:
    """A phrase, or the text it is looked for in: folded, runs of blanks as one."""
    return _SPACE.sub(" ", fold(_visible(text))).strip()


def _visible(text: str) -> str:
    """The text with blanks for controls and soft hyphens, at which words end as well."""
    return text if text.isprintable() else "".join(c if c.isprintable() or ord(c) > _JOINERS else " " for c in text)


def contains(text: str, phrase: str) -> bool:
    """Whether the text holds the cleaned phrase; one that begins with a letter or digit begins where a word does."""
    return _place(clean(text), phrase, may_go_on=True) >= 0


def _place(folded: str, wanted: str, may_go_on: bool) -> int:
    """The first place that holds what is wanted and cuts no word in two; the last one may go on if so said."""
    at = folded.find(wanted)
    while at >= 0:
        end = at + len(wanted)
        begins = at == 0 or not wanted[0].isalnum() or not folded[at - 1].isalnum()
        if begins and (may_go_on or end == len(folded) or not folded[end].isalnum()):
            return at
        at = folded.find(wanted, at + 1)
    return -1


def phrase_terms(phrase: str) -> tuple[Term, ...]:
    """Terms that every text holding the phrase has: what the index can be asked for before the text itself is read."""
    listed = words(phrase)
    if not listed:
        return ()
    last = len(listed) - 1 if phrase[-1].isalnum() else len(listed)
    terms = tuple(Term(word, is_prefix=at == last) for at, word in enumerate(listed))
    # A single letter is in almost every text, and may begin almost any word: the index would gather them all.
    return tuple(term for term in terms if len(term.word) >= PREFIX_FROM) or tuple(t for t in terms if not t.is_prefix)
