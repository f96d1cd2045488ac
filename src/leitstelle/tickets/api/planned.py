"""Answers that are sent later: planning, moving, withdrawing."""

from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Status

from leitstelle.kernel.api import Scope, needs, viewer_of
from leitstelle.kernel.api.reading import desk_only
from leitstelle.kernel.errors import NotFound
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.actions.planned import move_planned, plan_answer, withdraw_planned
from leitstelle.tickets.api import doors
from leitstelle.tickets.api.messages import new_answer
from leitstelle.tickets.models import PlannedReply
from leitstelle.tickets.policies import visible_planned
from leitstelle.tickets.queries.composing import planned_of
from leitstelle.tickets.schemas.messages import PlannedIn, PlannedOut, PlannedTimeIn

router = Router(tags=["Messages"])


@router.get(
    "/tickets/{ticket_id}/planned-answers",
    response=list[PlannedOut],
    operation_id="listPlannedAnswers",
    summary="List answers not sent yet",
    **needs(Scope.READ),
)
def list_planned(request: HttpRequest, ticket_id: UUID) -> list[PlannedOut]:
    """The answers that wait on a ticket, the next one first; for the desk."""
    viewer = viewer_of(request)
    ticket = doors.find(viewer, ticket_id)
    desk_only(viewer)
    return [PlannedOut.of(row) for row in planned_of(ticket, viewer)]


@router.post(
    "/tickets/{ticket_id}/planned-answers",
    response={201: PlannedOut},
    operation_id="planAnswer",
    summary="Write an answer that is sent later",
    **needs(Scope.WRITE),
)
def plan(request: HttpRequest, ticket_id: UUID, data: PlannedIn) -> Status[PlannedOut]:
    """It is checked anew when its time comes; where the requester has written since, it is held."""
    viewer = viewer_of(request)
    ticket = doors.find(viewer, ticket_id)
    desk_only(viewer)
    new = new_answer(viewer, ticket, data)
    planned = plan_answer(ticket, new, by=viewer, now=timezone.now(), send_at=data.send_at)
    return Status(201, PlannedOut.of(planned))


@router.put(
    "/planned-answers/{planned_id}/time",
    response=PlannedOut,
    operation_id="moveAnswer",
    summary="Send a planned answer at another time",
    **needs(Scope.WRITE),
)
def move(request: HttpRequest, planned_id: UUID, data: PlannedTimeIn) -> PlannedOut:
    """Also releases one that was held."""
    viewer = viewer_of(request)
    return PlannedOut.of(move_planned(_find(viewer, planned_id), data.send_at, by=viewer, now=timezone.now()))


@router.delete(
    "/planned-answers/{planned_id}",
    response={204: None},
    operation_id="withdrawAnswer",
    summary="Do not send a planned answer",
    **needs(Scope.WRITE),
)
def withdraw(request: HttpRequest, planned_id: UUID) -> Status[None]:
    """Its words are kept for a day."""
    viewer = viewer_of(request)
    withdraw_planned(_find(viewer, planned_id), by=viewer, now=timezone.now())
    return Status(204, None)


def _find(viewer: Viewer, planned_id: UUID) -> PlannedReply:
    found = visible_planned(viewer).select_related("ticket__status", "author").filter(public_id=planned_id)
    planned = found.first()
    if planned is None:
        raise NotFound
    return planned
