"""Who may see and change service hours: agents see those of the house and of customers in their scope, administrators
change them."""

from django.db.models import Q, QuerySet

from leitstelle.accounts.policies import can_administer, visible_organisations
from leitstelle.calendars.models import ServiceCalendar
from leitstelle.kernel.viewer import Viewer


def visible_calendars(viewer: Viewer) -> QuerySet[ServiceCalendar]:
    """Agents: the house's and those of organisations they see. Requesters: none, they read deadlines only."""
    if not viewer.is_agent:
        return ServiceCalendar.objects.none()
    return ServiceCalendar.objects.filter(
        Q(organisation=None) | Q(organisation__in=visible_organisations(viewer))
    )


def can_create_calendar(viewer: Viewer) -> bool:
    return viewer.is_system or can_administer(viewer)


def can_edit_calendar(viewer: Viewer, calendar: ServiceCalendar) -> bool:
    """Administrators, for calendars they see."""
    return can_create_calendar(viewer) and visible_calendars(viewer).filter(pk=calendar.pk).exists()
