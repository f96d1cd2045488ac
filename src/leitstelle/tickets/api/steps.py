"""What is done with a ticket, one POST per intent; each takes `If-Match` and answers with the ticket."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router, Status

from leitstelle.kernel.api import Scope, needs, viewer_of
from leitstelle.kernel.api.reading import RowId, desk_only
from leitstelle.kernel.errors import NotFound
from leitstelle.kernel.events import unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets import actions
from leitstelle.tickets.api import doors
from leitstelle.tickets.models import Handover, Ticket
from leitstelle.tickets.policies import visible_handovers
from leitstelle.tickets.queries.people import reply_recipients
from leitstelle.tickets.queries.workspace import handovers_of
from leitstelle.tickets.schemas.steps import (
    AssignIn,
    HandOverIn,
    HandoverOut,
    MajorIn,
    ReasonIn,
    ResolveIn,
    ScheduleIn,
    WaitIn,
)
from leitstelle.tickets.schemas.tickets import TicketOut

router = Router(tags=["Tickets"])
STEP = {"response": TicketOut, **needs(Scope.WRITE, if_match="optional")}
Act = Callable[[Ticket, Viewer, datetime], object]


def _step(request: HttpRequest, ticket_id: UUID, response: HttpResponse, act: Act) -> TicketOut:
    """Find the ticket as `If-Match` says, act, and answer with what it is then."""
    viewer = viewer_of(request)
    ticket = doors.find_unchanged(request, viewer, ticket_id)
    act(ticket, viewer, timezone.now())
    return doors.answer_done(viewer, ticket, response)


@router.post("/tickets/{ticket_id}/take", operation_id="takeTicket", summary="Take it oneself", **STEP)
def take(request: HttpRequest, ticket_id: UUID, response: HttpResponse) -> TicketOut:
    """Work on the ticket oneself; its team stays."""
    return _step(
        request, ticket_id, response, lambda ticket, by, now: actions.take_ticket(ticket, by=by, now=now)
    )


@router.post("/tickets/{ticket_id}/release", operation_id="releaseTicket", summary="Put it back", **STEP)
def release(request: HttpRequest, ticket_id: UUID, response: HttpResponse) -> TicketOut:
    """Put the ticket back to its team."""
    return _step(
        request, ticket_id, response, lambda ticket, by, now: actions.release_ticket(ticket, by=by, now=now)
    )


@router.post("/tickets/{ticket_id}/assign", operation_id="assignTicket", summary="Assign it", **STEP)
def assign(request: HttpRequest, ticket_id: UUID, data: AssignIn, response: HttpResponse) -> TicketOut:
    """Give the ticket to a team and perhaps somebody in it; the level follows the team."""

    def act(ticket: Ticket, by: Viewer, now: datetime) -> None:
        desk_only(by)
        team = doors.team_named(by, data.team)
        to = doors.person_named(by, data.assignee, "assignee") if data.assignee else None
        actions.assign_ticket(ticket, team=team, to=to, by=by, now=now)

    return _step(request, ticket_id, response, act)


@router.post("/tickets/{ticket_id}/major", operation_id="markTicketMajor", summary="Mark it as major", **STEP)
def major(request: HttpRequest, ticket_id: UUID, data: MajorIn, response: HttpResponse) -> TicketOut:
    """Mark the ticket as major beside its priority, or take the mark off. For leads and administrators."""
    act = actions.declare_major if data.is_major else actions.lift_major
    return _step(request, ticket_id, response, lambda ticket, by, now: act(ticket, by=by, now=now))


@router.post("/tickets/{ticket_id}/wait", operation_id="letTicketWait", summary="Let it wait", **STEP)
def wait(request: HttpRequest, ticket_id: UUID, data: WaitIn, response: HttpResponse) -> TicketOut:
    """Wait for somebody; whether clocks pause is said by the status and the agreement."""

    def act(ticket: Ticket, by: Viewer, now: datetime) -> None:
        actions.wait_for(ticket, data.status, reason=data.reason, until=data.until, by=by, now=now)

    return _step(request, ticket_id, response, act)


@router.post(
    "/tickets/{ticket_id}/schedule", operation_id="scheduleTicket", summary="Put it on a date", **STEP
)
def schedule(request: HttpRequest, ticket_id: UUID, data: ScheduleIn, response: HttpResponse) -> TicketOut:
    """Work on it later; clocks pause until then."""

    def act(ticket: Ticket, by: Viewer, now: datetime) -> None:
        actions.schedule_work(ticket, until=data.until, reason=data.reason, by=by, now=now)

    return _step(request, ticket_id, response, act)


@router.post("/tickets/{ticket_id}/resume", operation_id="resumeTicket", summary="Go on working", **STEP)
def resume(request: HttpRequest, ticket_id: UUID, response: HttpResponse) -> TicketOut:
    """Go on after waiting."""
    return _step(
        request, ticket_id, response, lambda ticket, by, now: actions.continue_work(ticket, by=by, now=now)
    )


@router.post("/tickets/{ticket_id}/resolve", operation_id="resolveTicket", summary="Resolve it", **STEP)
def resolve(request: HttpRequest, ticket_id: UUID, data: ResolveIn, response: HttpResponse) -> TicketOut:
    """Say how it ended; the text, if any, is sent to the requester."""

    @unit()
    def act(ticket: Ticket, by: Viewer, now: datetime) -> None:
        desk_only(by)
        solution = None
        if data.text.strip():
            to = reply_recipients(ticket)
            solution = actions.reply(ticket, data.text, recipients=to, by=by, now=now)
        actions.resolve_ticket(ticket, code=data.code, by=by, now=now, solution=solution)

    return _step(request, ticket_id, response, act)


@router.post(
    "/tickets/{ticket_id}/confirm", operation_id="confirmSolution", summary="Confirm the solution", **STEP
)
def confirm(request: HttpRequest, ticket_id: UUID, response: HttpResponse) -> TicketOut:
    """The requester says that it works: the ticket closes."""
    return _step(
        request, ticket_id, response, lambda ticket, by, now: actions.confirm_solution(ticket, by=by, now=now)
    )


@router.post("/tickets/{ticket_id}/close", operation_id="closeTicket", summary="Close it", **STEP)
def close(request: HttpRequest, ticket_id: UUID, response: HttpResponse) -> TicketOut:
    """Close a resolved ticket."""
    return _step(
        request, ticket_id, response, lambda ticket, by, now: actions.close_ticket(ticket, by=by, now=now)
    )


@router.post("/tickets/{ticket_id}/reject", operation_id="rejectTicket", summary="Reject it", **STEP)
def reject(request: HttpRequest, ticket_id: UUID, data: ReasonIn, response: HttpResponse) -> TicketOut:
    """End a ticket that is none."""

    def act(ticket: Ticket, by: Viewer, now: datetime) -> None:
        actions.reject_ticket(ticket, reason=data.reason, by=by, now=now)

    return _step(request, ticket_id, response, act)


@router.post("/tickets/{ticket_id}/reopen", operation_id="reopenTicket", summary="Take it up again", **STEP)
def reopen(request: HttpRequest, ticket_id: UUID, data: ReasonIn, response: HttpResponse) -> TicketOut:
    """Take a resolved or closed ticket up again. What a requester writes becomes a message of the conversation."""

    @unit()
    def act(ticket: Ticket, by: Viewer, now: datetime) -> None:
        if by.is_agent:
            actions.reopen_ticket(ticket, reason=data.reason, by=by, now=now)
            return
        words = actions.reply(ticket, data.reason, recipients=(), by=by, now=now)
        if ticket.resolved_at is not None:  # closed too long ago for words alone to reopen it
            actions.reopen_ticket(ticket, by=by, now=now, message=words)

    return _step(request, ticket_id, response, act)


@router.get(
    "/tickets/{ticket_id}/handovers",
    response=list[HandoverOut],
    operation_id="listHandovers",
    summary="List handovers",
    **needs(Scope.READ),
)
def list_handovers(request: HttpRequest, ticket_id: UUID) -> list[HandoverOut]:
    """The ticket's handovers, oldest first. For the desk."""
    viewer = viewer_of(request)
    ticket = doors.find(viewer, ticket_id)
    desk_only(viewer)
    return [HandoverOut.of(row) for row in handovers_of(ticket, viewer)]


@router.post(
    "/tickets/{ticket_id}/handovers",
    response={201: HandoverOut},
    operation_id="handOverTicket",
    summary="Hand it over",
    **needs(Scope.WRITE, if_match="optional"),
)
def hand_over(request: HttpRequest, ticket_id: UUID, data: HandOverIn) -> Status[Any]:
    """Pass the ticket to another team with what was tried; the receivers accept or return it."""
    viewer = viewer_of(request)
    ticket = doors.find_unchanged(request, viewer, ticket_id)
    desk_only(viewer)
    offer = actions.HandoverOffer(
        to_team=doors.team_named(viewer, data.team),
        to_person=doors.person_named(viewer, data.person, "person") if data.person else None,
        reason=data.reason,
        tried=data.tried,
        findings=data.findings,
        steps=tuple(data.steps),
    )
    return Status(201, HandoverOut.of(actions.hand_over(ticket, offer, by=viewer, now=timezone.now())))


@router.post(
    "/tickets/{ticket_id}/handovers/{handover_id}/accept",
    operation_id="acceptHandover",
    summary="Accept a handover",
    **STEP,
)
def accept(request: HttpRequest, ticket_id: UUID, handover_id: RowId, response: HttpResponse) -> TicketOut:
    """Take over: the receiver works on the ticket. The receiving team, and leads."""

    def act(ticket: Ticket, by: Viewer, now: datetime) -> None:
        actions.accept_handover(_handover(by, ticket, handover_id), by=by, now=now)

    return _step(request, ticket_id, response, act)


@router.post(
    "/tickets/{ticket_id}/handovers/{handover_id}/return",
    operation_id="returnHandover",
    summary="Return a handover",
    **STEP,
)
def give_back(
    request: HttpRequest, ticket_id: UUID, handover_id: RowId, data: ReasonIn, response: HttpResponse
) -> TicketOut:
    """Send the ticket back to where it came from. The receiving team, and leads."""

    def act(ticket: Ticket, by: Viewer, now: datetime) -> None:
        actions.return_handover(_handover(by, ticket, handover_id), reason=data.reason, by=by, now=now)

    return _step(request, ticket_id, response, act)


def _handover(viewer: Viewer, ticket: Ticket, handover_id: int) -> Handover:
    desk_only(viewer)
    rows = visible_handovers(viewer).select_related("ticket__status", "to_team__level", "from_team__level")
    row = rows.filter(pk=handover_id, ticket=ticket).first()
    if row is None:
        raise NotFound
    return row
