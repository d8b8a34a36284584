"""At which hours texts may go by themselves: windows of places as dated data, and the next lawful second."""

from core.hours.edit import Rule, add, change, retire, revive
from core.hours.find import Place, Window, load, places, windows
from core.hours.lawful import Hours

__all__ = ["Hours", "Place", "Rule", "Window", "add", "change", "load", "places", "retire", "revive", "windows"]
