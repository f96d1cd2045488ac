"""Nothing lies without a person unless somebody was told: what nobody has is looked at when its time is up."""

from datetime import datetime, timedelta

from leitstelle.calendars.errors import NoCalendar
from leitstelle.calendars.queries import default_calendar, hours_in_use
from leitstelle.calendars.rules import CalendarProblem
from leitstelle.kernel.events import unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.actions.base import record_on
from leitstelle.tickets.choices import ONGOING_TYPES
from leitstelle.triage.events import NobodyHasIt
from leitstelle.triage.models import Unassigned
from leitstelle.triage.queries.giving import ways_in_use

AT_ONCE = 200
# Where no service hours are known, wall time counts.
_AGAIN = timedelta(minutes=1)


def tell_of_unassigned(now: datetime) -> int:
    """Look at what is due; returns how many were looked at. Work is proportional to that, an indexed range."""
    due = Unassigned.objects.filter(check_at__lte=now).order_by("check_at")
    rows = list(due.select_related("ticket")[:AT_ONCE])
    for row in rows:
        _look(row, now)
    return len(rows)


@unit()
def _look(row: Unassigned, now: datetime) -> None:
    """Forget what somebody has; put off what has not waited long enough in service time; tell of the rest, once."""
    ticket = row.ticket
    mine = Unassigned.objects.filter(pk=row.pk, check_at=row.check_at)
    minutes = ways_in_use().of(ticket.team_id).watch_minutes
    if ticket.assignee_id is not None or ticket.status_type not in ONGOING_TYPES or not minutes:
        mine.delete()
        return
    due = _due_at(ticket.organisation_id, row.since, minutes)
    if due > now:
        mine.update(check_at=max(due, now + _AGAIN))
    elif mine.update(check_at=None, told_at=now):
        record_on(ticket, NobodyHasIt(minutes=minutes), by=Viewer.system(), at=now)


def _due_at(organisation_id: int | None, since: datetime, minutes: int) -> datetime:
    """When so many minutes of service time have passed; of wall time where there are no service hours."""
    try:
        calendar = default_calendar(organisation_id)
        return hours_in_use(calendar.pk).deadline(since, minutes * 60)
    except (NoCalendar, CalendarProblem):
        return since + timedelta(minutes=minutes)
