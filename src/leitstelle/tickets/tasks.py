"""What the clock process runs for this domain."""

from datetime import datetime, timedelta

from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.work import schedule
from leitstelle.tickets.actions import close_ticket, continue_work
from leitstelle.tickets.choices import StatusType
from leitstelle.tickets.models import Ticket

# A solution nobody objected to for this long counts as confirmed.
CLOSE_AFTER = timedelta(days=7)
BATCH = 500


@schedule("tickets.close_resolved", every=timedelta(minutes=30))
def close_resolved(now: datetime) -> None:
    """Close tickets that were resolved a week ago and not reopened."""
    due = Ticket.objects.filter(status_type=StatusType.RESOLVED, resolved_at__lte=now - CLOSE_AFTER)
    for ticket in due.select_related("status").order_by("resolved_at", "pk")[:BATCH]:
        close_ticket(ticket, by=Viewer.system(), now=now)


@schedule("tickets.wake", every=timedelta(minutes=1))
def wake(now: datetime) -> None:
    """Continue tickets whose date has come: scheduled work, and waiting that was to be looked at again."""
    due = Ticket.objects.filter(
        wait_until__lte=now, status_type__in=[StatusType.SCHEDULED, StatusType.WAITING]
    )
    for ticket in due.select_related("status").order_by("wait_until", "pk")[:BATCH]:
        continue_work(ticket, by=Viewer.system(), now=now)
