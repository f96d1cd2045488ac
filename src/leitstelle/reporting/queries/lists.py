"""The lists behind the numbers of the overview: conditions on open tickets, as views of the inbox."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from leitstelle.calendars.errors import NoCalendar
from leitstelle.calendars.queries import default_calendar, hours_in_use
from leitstelle.kernel.kept import kept
from leitstelle.kernel.viewer import Viewer
from leitstelle.reporting.choices import Risk
from leitstelle.reporting.labels import ICON, OPEN_TICKETS, RISK
from leitstelle.reporting.models import OverviewSettings
from leitstelle.reporting.policies import can_lead
from leitstelle.reporting.rules import service_time_ago
from leitstelle.tickets.choices import HandoverState, StatusType
from leitstelle.tickets.models import NO_DEADLINE, ONGOING, WAITING, Handover
from leitstelle.tickets.queries.inbox import InboxView

PREFIX = "lead-"
OPEN = f"{PREFIX}open"
_HOUR = 3600


@dataclass(frozen=True)
class Moments:
    """The moments (aware) that the settings mean now."""

    now: datetime
    soon: datetime
    quiet_since: datetime
    returned_since: datetime


@kept("overview_settings")
def settings_in_use() -> OverviewSettings:
    """Return the settings, those of the start where nobody changed any."""
    return OverviewSettings.objects.first() or OverviewSettings()


def moments(settings: OverviewSettings, now: datetime) -> Moments:
    """Return what the settings mean at `now` (aware), counted by the service hours of the house.

    A house without service hours counts around the clock.
    """
    soon, quiet = settings.soon_hours * _HOUR, settings.quiet_hours * _HOUR
    returned_since = now - timedelta(days=settings.returned_days)
    try:
        hours = hours_in_use(_house_calendar())
    except NoCalendar:
        return Moments(now, now + timedelta(seconds=soon), now - timedelta(seconds=quiet), returned_since)
    return Moments(now, hours.deadline(now, soon), service_time_ago(hours, now, quiet), returned_since)


@kept("calendar")
def _house_calendar() -> int:
    return default_calendar().pk


def scope_of(viewer: Viewer) -> Q:
    """Return the tickets of the teams a viewer leads; without such teams all they see."""
    return Q(team_id__in=sorted(viewer.lead_team_ids)) if viewer.lead_team_ids else Q()


def conditions(found: Moments) -> Mapping[Risk, Q]:
    """Return what each number of the overview counts."""
    returned = Handover.objects.filter(state=HandoverState.RETURNED, decided_at__gte=found.returned_since)
    in_work = Q(status_type__in=[StatusType.NEW, StatusType.OPEN])
    return {
        Risk.OVERDUE: ONGOING & Q(due_order__lt=found.now),
        Risk.SOON: ONGOING & Q(due_order__gte=found.now, due_order__lt=min(found.soon, NO_DEADLINE)),
        Risk.MAJOR: Q(is_ongoing=True, is_major=True),
        Risk.UNASSIGNED: ONGOING & Q(assignee__isnull=True),
        Risk.QUIET: ONGOING & in_work & Q(updated_at__lt=found.quiet_since),
        Risk.WAITING: WAITING & Q(wait_until__isnull=True),
        Risk.RETURNED: ONGOING & Q(pk__in=returned.values("ticket_id")),
        Risk.PING_PONG: ONGOING & Q(is_ping_pong=True),
    }


def lists_of_leads(viewer: Viewer, now: datetime) -> Sequence[InboxView]:
    """Return the lists behind the numbers; for those who lead."""
    if not can_lead(viewer):
        return ()
    scope = scope_of(viewer)
    views = [
        InboxView(
            f"{PREFIX}{risk}",
            RISK[risk],
            ICON[risk],
            # What the settings mean now is worked out for the list that is asked for alone.
            lambda _viewer, risk=risk: conditions(moments(settings_in_use(), now))[risk] & scope,  # type: ignore[misc]
            is_hidden=True,
        )
        for risk in Risk
    ]
    whole = InboxView(OPEN, OPEN_TICKETS, "list-check", lambda _viewer: ONGOING & scope, is_hidden=True)
    return [*views, whole]
