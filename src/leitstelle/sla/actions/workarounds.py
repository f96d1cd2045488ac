"""Noting that the requester can work again, in another way."""

from datetime import datetime

from leitstelle.kernel.events import Subject, record, unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.sla.choices import ClockState, Metric
from leitstelle.sla.errors import AlreadyGiven
from leitstelle.sla.events import WorkaroundGiven
from leitstelle.sla.models import TicketClock
from leitstelle.tickets.actions.base import need_worker, state_of
from leitstelle.tickets.models import Ticket

_WAITING = (ClockState.RUNNING, ClockState.PAUSED)


@unit()
def give_workaround(ticket: Ticket, *, by: Viewer, now: datetime) -> Ticket:
    """Stop the clock of the workaround for good; the resolution runs on. Whoever may work on the ticket.

    Records `WorkaroundGiven`. Raises `NotAllowed`, and `AlreadyGiven` where no such clock is under way.
    """
    need_worker(by, ticket)
    clock = TicketClock.objects.filter(ticket=ticket, metric=Metric.WORKAROUND, state__in=_WAITING)
    if not clock.exists():
        raise AlreadyGiven
    record(
        WorkaroundGiven(),
        subject=Subject("ticket", ticket.pk),
        actor=by.actor,
        at=now,
        state=state_of(ticket),
    )
    return ticket
