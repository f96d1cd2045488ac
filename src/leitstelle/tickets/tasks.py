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


@schedule("tickets.wake_scheduled", every=timedelta(minutes=1))
def wake_scheduled(now: datetime) -> None:
    """Continue tickets whose date has come."""
    due = Ticket.objects.filter(status_type=StatusType.SCHEDULED, wait_until__lte=now)
    for ticket in due.select_related("status").order_by("wait_until", "pk")[:BATCH]:
        continue_work(ticket, by=Viewer.system(), now=now)
