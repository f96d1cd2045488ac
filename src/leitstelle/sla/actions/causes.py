"""Correcting why a target was missed."""

from datetime import datetime

from leitstelle.kernel.errors import InvalidInput
from leitstelle.kernel.events import Subject, record, unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.sla.choices import Cause, Metric
from leitstelle.sla.errors import NotMissed
from leitstelle.sla.events import CauseCorrected
from leitstelle.sla.models import CorrectedCause
from leitstelle.sla.queries import compute_clocks
from leitstelle.tickets.actions.base import need_worker, state_of
from leitstelle.tickets.models import Ticket


@unit()
def correct_cause(
    ticket: Ticket,
    metric: Metric,
    cause: Cause,
    reason: str,
    *,
    level: int | None = None,
    by: Viewer,
    now: datetime,
) -> CorrectedCause:
    """Say another cause than the one that was computed, and why. Whoever may work on the ticket.

    Records `CauseCorrected`; the reason stays in its row. Raises `NotAllowed`, `NotMissed`, `InvalidInput` without a
    reason.
    """
    need_worker(by, ticket)
    if not reason.strip():
        raise InvalidInput(fields={"reason": InvalidInput.default_message})
    clock = compute_clocks(ticket, now).clock(metric, level)
    if clock is None or clock.breached_at is None:
        raise NotMissed
    known = CorrectedCause.objects.filter(ticket=ticket, metric=metric)
    known = known.filter(level=level) if level is not None else known.filter(level__isnull=True)
    row = known.first() or CorrectedCause(ticket=ticket, metric=metric, level_id=level)
    row.cause, row.reason, row.corrected_at = cause, reason.strip()[:300], now
    row.save()
    record(
        CauseCorrected(metric=metric, level_id=level, cause=cause),
        subject=Subject("ticket", ticket.pk),
        actor=by.actor,
        at=now,
        state=state_of(ticket),
    )
    return row
