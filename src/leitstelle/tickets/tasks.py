"""What the clock process runs for this domain."""

from datetime import datetime, timedelta

from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.work import schedule
from leitstelle.tickets.actions import close_ticket, continue_work
from leitstelle.tickets.actions.planned import send_planned
from leitstelle.tickets.choices import PlannedState, StatusType
from leitstelle.tickets.models import BulkRun, PlannedReply, Ticket

# A solution nobody objected to for this long counts as confirmed.
CLOSE_AFTER = timedelta(days=7)
BATCH = 500
# What was typed for a selection stands in its tickets by then.
KEEP_BULK = timedelta(days=7)
# So long can what was withdrawn be changed and sent after all.
KEEP_WITHDRAWN = timedelta(days=1)


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


@schedule("tickets.prune_bulk_runs", daily_at="03:50")
def prune_bulk_runs(now: datetime) -> None:
    """Forget selections of many tickets a week after they were made; what was done to each ticket stays with it."""
    BulkRun.objects.filter(created_at__lt=now - KEEP_BULK).delete()


@schedule("tickets.planned", every=timedelta(seconds=20))
def send_planned_replies(now: datetime) -> None:
    """Send answers whose chosen time has come, and those whose time to undo is over."""
    due = PlannedReply.objects.filter(state=PlannedState.WAITING, due_at__lte=now)
    for planned in due.select_related("ticket__status", "forwarded__body").order_by("due_at", "pk")[:BATCH]:
        send_planned(planned, now=now)


@schedule("tickets.prune_planned", daily_at="03:52")
def prune_planned(now: datetime) -> None:
    """Forget planned answers a day after they were sent or withdrawn; what was sent stands in the conversation."""
    settled = [PlannedState.SENT, PlannedState.WITHDRAWN]
    PlannedReply.objects.filter(state__in=settled, decided_at__lt=now - KEEP_WITHDRAWN).delete()
