"""Service hours over the API: reading them, and the sums of `leitstelle calendar`."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from leitstelle.calendars.forms.problems import problem_text
from leitstelle.calendars.models import ServiceCalendar
from leitstelle.calendars.policies import visible_calendars
from leitstelle.calendars.queries import hours_in_use, version_at, versions_at
from leitstelle.calendars.rules import CalendarProblem, NeverOpens, Step, explain
from leitstelle.calendars.schemas import (
    CalendarOut,
    DeadlineIn,
    DeadlineOut,
    IsOpenIn,
    IsOpenOut,
    PauseIn,
    StepOut,
    WorkedIn,
    WorkedOut,
)
from leitstelle.kernel.api import Scope, needs, viewer_of
from leitstelle.kernel.errors import InvalidInput, NotFound

router = Router(tags=["Calendars"])
_LONGEST = timedelta(days=3660)


@router.get(
    "/calendars",
    response=list[CalendarOut],
    operation_id="listCalendars",
    summary="List service hours",
    **needs(Scope.READ),
)
def list_calendars(request: HttpRequest) -> list[CalendarOut]:
    """The service hours of the house and of the customers this viewer sees; for the desk."""
    rows = list(visible_calendars(viewer_of(request)).select_related("organisation").order_by("name", "pk"))
    versions = versions_at(rows, timezone.now())
    return [CalendarOut.of(row, versions[row.pk]) for row in rows if row.pk in versions]


@router.get(
    "/calendars/{calendar_id}",
    response=CalendarOut,
    operation_id="getCalendar",
    summary="Get service hours",
    **needs(Scope.READ),
)
def get_calendar(request: HttpRequest, calendar_id: UUID) -> CalendarOut:
    """One calendar, with the version that holds now."""
    row = _found(request, calendar_id)
    return CalendarOut.of(row, version_at(row, timezone.now()))


@router.post(
    "/calendars/{calendar_id}/deadline",
    response=DeadlineOut,
    operation_id="calendarDeadline",
    summary="When service time has passed",
    **needs(Scope.READ),
)
def deadline(request: HttpRequest, calendar_id: UUID, data: DeadlineIn) -> DeadlineOut:
    """The first moment at which so much service time has passed, with the steps that lead there."""
    row = _found(request, calendar_id)
    with _told():
        found = explain(hours_in_use(row.pk), data.start, data.seconds, _pauses(data.pauses))
    return DeadlineOut(deadline=found.deadline, steps=[_step(step) for step in found.steps])


@router.post(
    "/calendars/{calendar_id}/worked",
    response=WorkedOut,
    operation_id="calendarWorked",
    summary="Service time between two moments",
    **needs(Scope.READ),
)
def worked(request: HttpRequest, calendar_id: UUID, data: WorkedIn) -> WorkedOut:
    """Seconds of service time between two moments outside the pauses; 0 where the end is earlier."""
    row = _found(request, calendar_id)
    if data.end - data.start > _LONGEST:
        raise InvalidInput(fields={"end": InvalidInput.default_message})
    with _told():
        return WorkedOut(seconds=hours_in_use(row.pk).worked(data.start, data.end, _pauses(data.pauses)))


@router.post(
    "/calendars/{calendar_id}/is-open",
    response=IsOpenOut,
    operation_id="calendarIsOpen",
    summary="Whether a moment is service time",
    **needs(Scope.READ),
)
def is_open(request: HttpRequest, calendar_id: UUID, data: IsOpenIn) -> IsOpenOut:
    """Whether the desk is open then, and when it is next; the closing moment itself is not service time."""
    hours = hours_in_use(_found(request, calendar_id).pk)
    try:
        following = hours.next_opening(data.at)
    except NeverOpens:
        following = None
    return IsOpenOut(is_open=hours.is_open(data.at), next_opening=following)


def _found(request: HttpRequest, calendar_id: UUID) -> ServiceCalendar:
    rows = visible_calendars(viewer_of(request)).select_related("organisation")
    row = rows.filter(public_id=calendar_id).first()
    if row is None:
        raise NotFound
    return row


def _pauses(pauses: list[PauseIn]) -> list[tuple[datetime, datetime]]:
    return [(pause.start, pause.end) for pause in pauses]


@contextmanager
def _told() -> Iterator[None]:
    """Sums that cannot be done are invalid input, in the person's words."""
    try:
        yield
    except CalendarProblem as problem:
        raise InvalidInput(message=problem_text(problem)) from problem
    except OverflowError as error:
        raise InvalidInput from error


def _step(step: Step) -> StepOut:
    values: dict[str, Any] = {field.name: getattr(step, field.name) for field in fields(step)}
    if "frames" in values:
        values["frames"] = [str(frame) for frame in values["frames"]]
    if "kind" in values:
        values["kind"] = str(values["kind"])
    return StepOut(step=type(step).__name__, **values)
