"""Lists and shows service hours: the week as a picture, the next holidays, a box to try deadlines."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from leitstelle.calendars import labels
from leitstelle.calendars.forms import TrialForm
from leitstelle.calendars.forms.places import place_label
from leitstelle.calendars.forms.problems import problem_text
from leitstelle.calendars.models import ServiceCalendar
from leitstelle.calendars.policies import can_create_calendar, can_edit_calendar, visible_calendars
from leitstelle.calendars.queries import (
    holiday_set,
    hours_of,
    users_of,
    version_at,
    version_value,
    versions_at,
)
from leitstelle.calendars.rules import CalendarProblem, VersionedCalendar, explain
from leitstelle.calendars.rules.zones import zone
from leitstelle.calendars.views.presenting import coming_days, step_lines, week_rows, week_text
from leitstelle.kernel.errors import NotAllowed, NotFound
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import page, viewer_of


def visible_or_404(viewer: Viewer, public_id: UUID) -> ServiceCalendar:
    """The calendar, where the viewer sees it; raises `NotFound`."""
    calendar = visible_calendars(viewer).select_related("organisation").filter(public_id=public_id).first()
    if calendar is None:
        raise NotFound
    return calendar


@require_GET
def calendar_list(request: HttpRequest) -> HttpResponse:
    """All service hours that the viewer sees, those of the house first."""
    viewer, now = viewer_of(request), timezone.now()
    if not viewer.is_agent:
        raise NotAllowed
    calendars = list(visible_calendars(viewer).select_related("organisation"))
    current = versions_at(calendars, now)
    rows = []
    for calendar in sorted(calendars, key=lambda row: (row.organisation_id is not None, row.name)):
        version = current[calendar.pk]
        hours = version_value(version)
        place = place_label(holiday_set(version))
        rows.append((calendar, {"week": week_text(hours), "place": place, "open": hours.is_open(now)}))
    context = {"rows": rows, "can": {"create": can_create_calendar(viewer)}}
    return page(request, "calendars/list.html", context)


@require_GET
def calendar_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One calendar; `start` and `duration` in the address fill the box to try it."""
    viewer, now = viewer_of(request), timezone.now()
    calendar = visible_or_404(viewer, public_id)
    hours, version = hours_of(calendar.pk), version_at(calendar, now)
    current = version_value(version)
    # Everything on this page is in the time of the service hours, whatever the reader's own zone is.
    with timezone.override(zone(current.tz)):
        context = {
            "calendar": calendar,
            "version": version,
            "place": place_label(holiday_set(version)),
            "categories": [labels.CATEGORIES[name] for name in version.categories if name != "catholic"],
            "week": week_rows(current),
            "days": coming_days(hours, now),
            "open": current.is_open(now),
            "planned": [row for row in calendar.versions.all() if row.valid_from > now],
            "versions": list(calendar.versions.order_by("-valid_from", "-number")),
            "trial": _trial(request, hours, current.tz, now),
            "users": users_of(calendar) if can_edit_calendar(viewer, calendar) else [],
            "can": {"edit": can_edit_calendar(viewer, calendar)},
        }
        return page(request, "calendars/detail.html", context, fragment="calendars/_trial.html")


def _trial(request: HttpRequest, hours: VersionedCalendar, tz: str, now: datetime) -> dict[str, Any]:
    """The form of the box, and the deadline with its steps where something was typed."""
    if "start" not in request.GET:
        here = timezone.localtime(now, zone(tz))
        return {"form": TrialForm(tz=tz, initial={"start": here.strftime("%Y-%m-%dT%H:%M")})}
    form = TrialForm(request.GET, tz=tz)
    if not form.is_valid():
        return {"form": form}
    try:
        explanation = explain(hours, form.cleaned_data["start"], form.cleaned_data["duration"])
    except CalendarProblem as problem:
        form.add_error("duration", problem_text(problem))
        return {"form": form}
    return {"form": form, "deadline": explanation.deadline, "steps": step_lines(explanation)}
