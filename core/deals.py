"""What became of a contact's deals: the stages each was in, and for how long."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, or_, select

from core.database.tables import deal, pipeline, stage, stage_event, user

s = stage_event.c
LOOKED_AT = 2_000


@dataclass(frozen=True)
class Stay:
    """A time a deal spent in a stage; UTC seconds. `left_at`: None while it is there; `amount_cents`: on entering, None
    when not quoted; `user`: who moved it, blank where nobody is known, as of what a file brought.
    """

    deal_id: int
    pipeline: str
    stage: str
    kind: str
    entered_at: int
    left_at: int | None
    amount_cents: int | None
    user: str

    def seconds(self, now: int) -> int:
        """How long it was there, or is by now."""
        return max(0, (now if self.left_at is None else self.left_at) - self.entered_at)


def stays(reader: Connection, contact_id: int) -> list[Stay]:
    """Deal by deal, the newest deal first, and each from its first stage on. A closed deal's last stay has no end."""
    joined = (
        stage_event.join(stage, stage.c.id == s.to_stage_id)
        .join(pipeline, pipeline.c.id == stage.c.pipeline_id)
        .join(deal, (deal.c.contact_id == s.contact_id) & (deal.c.id == s.deal_id))
        .outerjoin(user, user.c.id == s.user_id)
    )
    columns = (s.deal_id, pipeline.c.name.label("pipeline"), stage.c.name.label("stage"), stage.c.kind)
    wanted = select(*columns, s.happened_at, s.amount_after, s.cause, user.c.name.label("user")).select_from(joined)
    is_entry = or_(s.from_stage_id.is_(None), s.from_stage_id != s.to_stage_id)  # else a new amount in the same stage
    ordered = wanted.where(s.contact_id == contact_id, is_entry).order_by(s.deal_id.desc(), s.happened_at, s.id)
    rows = reader.execute(ordered).all()
    found = []
    for row, following in zip(rows, [*rows[1:], None], strict=False):
        left_at = following.happened_at if following is not None and following.deal_id == row.deal_id else None
        own = row.deal_id, row.pipeline, row.stage, row.kind, row.happened_at, left_at
        mover = "" if row.cause == "import" else row.user or ""
        found.append(Stay(*own, row.amount_after, mover))
    return found


def lost_reasons(reader: Connection, stage_id: int) -> list[str]:
    """The reasons given for the newest deals in a stage of lost ones, the most frequent first."""
    d = deal.c
    newest = select(d.lost_reason).where(d.stage_id == stage_id, d.stage_entered_at.is_not(None))
    found = newest.order_by(d.stage_entered_at.desc(), d.id.desc()).limit(LOOKED_AT).subquery()
    counted = select(found.c.lost_reason).where(found.c.lost_reason != "").group_by(found.c.lost_reason)
    return list(reader.execute(counted.order_by(func.count().desc(), found.c.lost_reason)).scalars())
