"""One conversation's messages: its story told in its own facts, with what workflows sent in between."""

from dataclasses import dataclass
from operator import itemgetter
from random import Random

from core.demo import library, outreach, stories
from core.demo.facts import Facts
from core.demo.outreach import FOLLOW_UP, NURTURE, RENEWAL, WIN_BACK, Run
from core.demo.plan import Plan
from core.demo.stories import DAY, Story

Said = tuple[int, str, str, int, str]
"""When, who spoke (in, out or auto), the text, the run it belongs to (-1: none), the template's title (empty: none)."""

UNPLANTED = 0.1
"""About this share of the messages takes no planted word (what workflows send, stop words); the others take more."""

TYPOS = 0.015
FULL_STOP = (".", "!", "?", ")")


@dataclass
class Thread:
    """A conversation as told: `said` in time order."""

    story: Story
    line: str
    said: list[Said]
    runs: list[Run]
    consents: list[tuple[int, str, str]]  # when, in or out, the word that was texted


def tell(plan: Plan, number: int, facts: Facts, begun_at: int) -> Thread:
    """The conversation in place `number`, cut off at the plan's end."""
    rnd, line = facts.rnd, facts["line"]
    story = stories.choose(rnd)
    said = _talk(plan, stories.script(rnd, story, line, number), facts, begun_at)
    keywords = [(at, KEYWORDS[text], text) for at, who, text, _, _ in said if who == "in" and text in KEYWORDS]
    thread = Thread(story, line, said, [], keywords)
    _plant_rare(rnd, thread, number, facts)
    for run in _runs(rnd, plan, thread, begun_at):
        _send(thread, run, facts)
    thread.said.sort(key=itemgetter(0))
    return thread


def _talk(plan: Plan, script: tuple[tuple[str, library.Turn], ...], facts: Facts, at: int) -> list[Said]:
    rnd, offset = facts.rnd, facts.offset
    said = []
    for mark, turn in script:
        at = stories.awake(rnd, at + stories.gap(rnd, mark), offset)
        if at > plan.end_at:
            break
        lines = turn.lines
        text = lines[int(rnd.random() * len(lines))] % facts
        speaker = turn.speaker
        if speaker != "auto" and turn.name not in ("stop", "start"):
            text = _plant(rnd, text, facts)
            if speaker == "in" and rnd.random() < TYPOS:
                text = _typo(rnd, text)
        said.append((at, speaker, text, -1, ""))
    return said


KEYWORDS = {text: kind for turn, kind in (("stop", "out"), ("start", "in")) for text in library.turns()[turn].lines}
_planted = library.planted()
_SCALE = 1 - UNPLANTED
_COMMON = [
    (below / _SCALE, lines)
    for below, share, lines in zip(_planted.below, _planted.shares, _planted.lines, strict=True)
    if share > 0.001
]
_RARE = [
    (round(0.1 / share), lines) for share, lines in zip(_planted.shares, _planted.lines, strict=True) if share <= 0.001
]
"""Planted in one of so many conversations (ten messages each on average) instead of by chance."""


def _plant(rnd: Random, text: str, facts: Facts) -> str:
    at = rnd.random()
    for below, lines in _COMMON:
        if at < below:
            line = lines[int(rnd.random() * len(lines))] % facts
            return (
                f"{text} {line}"
                if text.endswith(FULL_STOP)
                else f"{text}, {line}"
                if line[0].islower()
                else f"{text}. {line}"
            )
    return text


def _plant_rare(rnd: Random, thread: Thread, number: int, facts: Facts) -> None:
    for every, lines in _RARE:
        if number % every == every // 3 and thread.said:
            place = rnd.randrange(len(thread.said))
            at, who, text, run, title = thread.said[place]
            thread.said[place] = (at, who, f"{text} {rnd.choice(lines) % facts}", run, title)


def _typo(rnd: Random, text: str) -> str:
    at = int(rnd.random() * len(text))
    if at + 1 < len(text) and text[at].isalpha() and text[at + 1].isalpha():
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text


def _runs(rnd: Random, plan: Plan, thread: Thread, begun_at: int) -> list[Run]:
    wanted: list[tuple[str, int, tuple[int, str] | None]] = []
    replied = next(((at, "reply") for at, who, _, _, _ in thread.said if who == "in"), None)
    left = next(((at, "opt-out") for at, kind, _ in thread.consents if kind == "out"), None)
    last_at = thread.said[-1][0] if thread.said else begun_at
    name = thread.story.name
    if name == "silent" or (rnd.random() < 0.3 and thread.said):
        wanted.append((NURTURE, begun_at + 60, left if name == "stop" else replied))
    if name == "silent" and rnd.random() < 0.3:
        wanted.append((WIN_BACK, begun_at + 13 * DAY, None))
    elif name == "lost" and rnd.random() < 0.5:
        wanted.append((WIN_BACK, last_at + DAY, None))
    elif name == "open" and rnd.random() < 0.4:
        wanted.append((FOLLOW_UP, last_at + 3_600, None))
    elif name == "sold" and rnd.random() < 0.6:
        wanted.append((RENEWAL, last_at, None))
    made = [outreach.run(rnd, plan, flow, started_at, stop) for flow, started_at, stop in wanted]
    return [run for run in made if run is not None]


def _send(thread: Thread, run: Run, facts: Facts) -> None:
    number = len(thread.runs)
    thread.runs.append(run)
    for at, title in run.sends:
        thread.said.append((at, "auto", outreach.templates()[title].line % facts, number, title))
