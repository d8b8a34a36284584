"""At which hours texts may go by themselves: windows of places as dated data, and the next lawful second."""

from core.hours.edit import DAYS, END_OF_DAY, LONGEST_SOURCE, Rule, add, change, days_words, hours_words, retire, revive
from core.hours.find import Place, Window, gathered, load, places, warnings, windows
from core.hours.lawful import Hours

__all__ = [
    "DAYS", "END_OF_DAY", "LONGEST_SOURCE", "Hours", "Place", "Rule", "Window", "add", "change", "days_words",
    "gathered", "hours_words", "load", "places", "retire", "revive", "warnings", "windows",
]  # fmt: skip
