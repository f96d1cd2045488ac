"""Timed work of webhooks."""

from datetime import datetime, timedelta

from django.utils import timezone

from leitstelle.automation.actions import take_report
from leitstelle.automation.actions.calls import tell
from leitstelle.automation.choices import ReportState
from leitstelle.automation.models import HookReport, OutgoingCall
from leitstelle.kernel.events import Event
from leitstelle.kernel.work import projection, schedule

KEPT_FOR = timedelta(days=30)
SETTLES_WITHIN = timedelta(minutes=1)
AT_ONCE = 200


@schedule("automation.stranded_reports", every=timedelta(minutes=2))
def find_stranded(now: datetime) -> int:
    """Understand reports whose process died between keeping and understanding them. Returns how many."""
    rows = HookReport.objects.filter(state=ReportState.KEPT, received_at__lt=now - SETTLES_WITHIN)
    waiting = list(rows.select_related("hook").order_by("received_at", "pk")[:AT_ONCE])
    for report in waiting:
        take_report(report, report.hook, now=now)
    return len(waiting)


@schedule("automation.old_reports", daily_at="03:50")
def forget_reports(now: datetime) -> int:
    """Delete what webhooks sent after 30 days; the tickets stay. Returns how many reports."""
    return (
        HookReport.objects.filter(received_at__lt=now - KEPT_FOR).exclude(state=ReportState.KEPT).delete()[0]
    )


@projection("automation.outgoing", batch=200)
def follow_tickets(events: list[Event]) -> None:
    """Make the calls that what happened to tickets asks for."""
    tell(events, now=timezone.now())


@schedule("automation.old_calls", daily_at="03:51")
def forget_calls(now: datetime) -> int:
    """Delete what was told to other programs after 30 days. Returns how many calls."""
    return OutgoingCall.objects.filter(made_at__lt=now - KEPT_FOR).delete()[0]
