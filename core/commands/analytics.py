"""`analytics MEASURE`: the figures of the analytics page."""

from datetime import date, timedelta
from typing import Annotated, Any

import pandas as pd
import typer
from sqlalchemy import Connection

from core import clock, conversations
from core.access import Actor
from core.analytics import measures
from core.analytics.asked import BREAKDOWNS, STEPS, Asked, begin_of, between, day_of
from core.analytics.mirror import Mirror
from core.commands.app import Json, answer, app, console, open_store
from core.commands.conversations import tags_named, users_named
from core.database import Store
from core.errors import Invalid, Unavailable
from core.words import fold

PERIOD_DAYS = 90


@app.command("analytics")
def analytics(  # noqa: PLR0913 - each option is one filter of the page
    measure: Annotated[str, typer.Argument(help=f"{', '.join(each.name for each in measures.MEASURES)}; or check.")],
    first: Annotated[str, typer.Option("--from", help="First day, as 2026-01-31; usually 90 days ago.")] = "",
    last: Annotated[str, typer.Option("--to", help="Last day; usually today.")] = "",
    zone: Annotated[str, typer.Option(help="The time zone in which days begin.")] = "UTC",
    pipeline: Annotated[str, typer.Option(help="A pipeline by name.")] = "",
    owner: Annotated[str, typer.Option(help="A user by name, or nobody.")] = "",
    tag: Annotated[str, typer.Option(help="A tag by name.")] = "",
    source: Annotated[str | None, typer.Option(help="A source by name.")] = None,
    by: Annotated[str, typer.Option(help=f"A breakdown: {', '.join(BREAKDOWNS)}.")] = "",
    at: Annotated[str, typer.Option(help="As it was at the end of this day.")] = "",
    step: Annotated[str, typer.Option(help=f"Of what runs over time: {', '.join(STEPS)}.")] = "",
    rows: Annotated[bool, typer.Option("--rows", help="List what was counted instead.")] = False,
    as_json: Json = False,
) -> None:
    """Figures of the pipeline and the inbox, or with `check` all of them beside the rows they count."""
    store, actor = open_store(must_exist=True)
    days = _day(last, "--to") or day_of(clock.now(), zone)
    start, end = between(_day(first, "--from") or days - timedelta(days=PERIOD_DAYS - 1), days, zone)
    moment = _day(at, "--at")
    until = begin_of(moment + timedelta(days=1), zone) if moment else None
    with store.read() as reader:
        named = _named(reader, pipeline, owner, tag)
    asked = Asked(start, end, zone, *named, source=source, by=by, at=until, step=step)
    if measure == "check":
        _check(store, actor, asked, as_json)
    one = measures.find(measure)
    mirror = _mirrored(store)
    found = measures.figures(mirror, actor, measure, asked)
    frame = measures.rows(mirror, actor, measure, asked, {}) if rows else found.frame
    console.print(f"{one.title}. {one.definition}", markup=False, highlight=False)
    what = {"measure": measure, "definition": one.definition, "start": start, "end": end, "zone": zone}
    answer(as_json, {**what, "revision": found.revision, "rows": _plain(frame)}, frame.to_string(index=False))


def _check(store: Store, actor: Actor, asked: Asked, as_json: bool) -> None:
    """Every figure beside its rows; ends the command, as failed when there is a difference."""
    found = measures.check(_mirrored(store), actor, asked)
    plain = [{"measure": each.measure, **each.cell, "figure": each.figure, "rows": each.from_rows} for each in found]
    frame = pd.DataFrame(plain)
    said = frame.to_string(index=False) if found else "Every figure equals its rows."
    answer(as_json, {"differences": _plain(frame)}, said)
    raise typer.Exit(int(bool(found)))


def _mirrored(store: Store) -> Mirror:
    """A mirror of this command's own.

    Raises: Unavailable.
    """
    mirror = Mirror(store)
    mirror.step()
    if mirror.status.state != "ready":
        raise Unavailable(f"The figures could not be worked out: {mirror.status.reason}")
    return mirror


def _plain(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """For JSON: nothing where there is no value."""
    return [
        {
            str(name): None if pd.isna(value) else getattr(value, "item", lambda value=value: value)()
            for name, value in row.items()
        }
        for row in frame.to_dict("records")
    ]


def _day(text: str, option: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Invalid(f"{option} is a day like 2026-01-31.") from error


def _named(reader: Connection, pipeline: str, owner: str, tag: str) -> tuple[int | None, int | None, int | None]:
    """The ids of what was named.

    Raises: Invalid.
    """
    known = conversations.choices(reader)
    pipelines = {fold(name): id_ for id_, name in known.pipelines}
    if pipeline and fold(pipeline) not in pipelines:
        raise Invalid(f"There is no pipeline “{pipeline}”.")
    owner_id = (0 if owner == "nobody" else users_named(known, owner)[0]) if owner else None
    return pipelines.get(fold(pipeline)), owner_id, tags_named(known, [tag])[0] if tag else None
