"""The given conversations, imported as a user would, for tests in a browser."""

from collections.abc import Collection
from contextlib import closing
from pathlib import Path

from sqlalchemy import update

from core import people, tags, workflows
from core.database import Store, Work
from core.database.tables import deal
from core.workflows import Draft, Step
from tests.core.transfer.world import Office

FILES = ("contacts", "messages", "deals", "templates")
AMBER = 3, "rgb(138, 90, 0)"
"""A place in the palette, and its colour."""


def furnish(folder: Path, given_data: Path) -> None:
    """All of them into an empty data folder, and a tag, and a workflow and a redrip that bring a tag each."""
    with closing(Store.open(f"sqlite:///{folder / 'talkdeck.db'}")) as opened:
        actor = people.local_actor(opened)
        office = Office(opened, actor, folder)
        for kind in FILES:
            office.take(given_data / "real" / "star" / f"{kind}.csv", kind)
        for kind in ("workflow", "redrip"):
            tag_id = opened.write(actor, tags.add, f"in the {kind}", AMBER[0], 100)
            steps = Step("wait", wait_seconds=86_400), Step("send", "Are you still looking?")
            opened.write(actor, workflows.add, Draft(f"My {kind}", kind, steps, tag_id))  # type: ignore[arg-type]
        opened.write(actor, tags.add, "call back", AMBER[0], 90)


def lose(work: Work, ids: Collection[int]) -> None:
    """Nobody of these has won, for a redrip takes only such."""
    work.conn.execute(update(deal).where(deal.c.contact_id.in_(ids)).values(outcome="lost"))
