"""The given conversations, imported as a user would, for tests in a browser."""

import json
import re
from collections import Counter
from collections.abc import Collection
from contextlib import closing
from pathlib import Path

from playwright.sync_api import Page, expect
from sqlalchemy import update

from core import money, people, pipelines, tags, workflows
from core.database import Store, Work
from core.database.tables import deal
from core.workflows import Draft, Step
from tests.browser.hands import go
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


def see_sums(page: Page, store: Store, given_data: Path) -> None:
    """The columns of all pipelines say what the file of deals adds up to, to the cent. Leads back to the list."""
    expected = json.loads((given_data / "real" / "EXPECTED.json").read_text())["star"]["deals"]
    counts, cents, home = Counter[str](), Counter[str](), page.url
    with store.read() as reader:
        offered = pipelines.find(reader)
    for each in offered:
        page.goto(f"{home}board?pipeline={each.id}")
        expect(page.get_by_text(f"in open stages of {each.name}")).to_be_visible()
        for column in page.get_by_role("region", name=re.compile(r", [\d,]+ deals?\b")).all():
            name, count, *total = column.locator("h3, .count, .sum").all_inner_texts()
            counts[name] += int(count.split()[0].replace(",", ""))
            cents[name] += money.cents(total[0], "USD") or 0 if total else 0
    assert counts == expected["by_stage"]
    assert cents == {name: round(total * 100) for name, total in expected["amount_sum_by_stage"].items()}
    page.goto(home)


def see_card(page: Page, pipeline: str, stage: str, amount: str) -> None:
    """The open contact has a card with this amount in this stage of the board, which leads back to the contact."""
    title = page.locator(".st-key-reader-name").inner_text()
    go(page, "Pipeline", "Board")
    page.get_by_role("combobox", name="Pipeline").click()
    page.get_by_role("option", name=pipeline, exact=True).click()
    column = page.get_by_role("region", name=re.compile(f"^{stage}, "))
    card = column.locator(".card").filter(has_text=title).filter(has_text=amount)
    expect(card).to_contain_text("less than an hour here")
    card.get_by_role("link", name=title, exact=True).click()
    expect(page.locator(".st-key-reader-name")).to_have_text(title)
    expect(page.locator(".card").get_by_text(f"{pipeline}: {stage}").first).to_be_visible()


def lose(work: Work, ids: Collection[int]) -> None:
    """Nobody of these has won, for a redrip takes only such."""
    work.conn.execute(update(deal).where(deal.c.contact_id.in_(ids)).values(outcome="lost"))
