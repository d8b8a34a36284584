"""How many contacts begin a workflow in an hour: starts are spread out behind those that were spread out before."""

from sqlalchemy import select, update

from core.database import Work
from core.database.tables import enrollment, workflow
from core.workflows import rules as rules_
from core.workflows.find import current_steps
from core.workflows.rules import Rules
from core.workflows.steps import leading_wait

HOUR = 3_600

w, e = workflow.c, enrollment.c


def taken(work: Work, workflow_id: int, rules: Rules, starts: int) -> None:
    """So many have just been spread out."""
    if rules.starts_per_hour and starts:
        mine = w.id == workflow_id
        until = work.conn.execute(select(w.paced_until).where(mine)).scalar() or 0
        later = max(until, work.now) + -(-starts * HOUR // rules.starts_per_hour)
        work.conn.execute(update(workflow).where(mine).values(paced_until=later))


def settle(work: Work) -> None:
    """Starts were stopped or taken back: later ones close up to what is left."""
    paced = work.conn.execute(select(w.id, w.rules).where(w.paced_until > work.now)).all()
    for row in paced:
        begins = select(e.next_due_at).where(
            e.workflow_id == row.id, e.state == "scheduled", e.next_due_at.is_not(None)
        )
        last = work.conn.execute(begins.order_by(e.next_due_at.desc()).limit(1)).scalar()
        rate = rules_.read(row.rules).starts_per_hour
        until = None
        if last is not None and rate:
            wait = leading_wait(current_steps(work.conn, [row.id]).get(row.id, ()))
            until = last - wait + -(-HOUR // rate)
        work.conn.execute(update(workflow).where(w.id == row.id).values(paced_until=until))
