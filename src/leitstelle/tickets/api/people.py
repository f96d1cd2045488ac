"""Who takes part in a ticket, and which tickets hang together. For the desk."""

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Status

from leitstelle.kernel.api import Scope, needs, viewer_of
from leitstelle.kernel.api.reading import RowId, desk_only, unknown
from leitstelle.kernel.errors import NotFound
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets import actions
from leitstelle.tickets.api import doors
from leitstelle.tickets.choices import LinkKind, ParticipantRole
from leitstelle.tickets.models import Ticket, TicketLink
from leitstelle.tickets.policies import can_see, visible_tickets
from leitstelle.tickets.queries import by_number
from leitstelle.tickets.queries.workspace import links_of, participants_of
from leitstelle.tickets.schemas.steps import LinkIn, LinkOut, ParticipantIn, ParticipantOut

router = Router(tags=["Tickets"])


def _for_desk(request: HttpRequest, ticket_id: UUID) -> tuple[Viewer, Ticket]:
    viewer = viewer_of(request)
    ticket = doors.find(viewer, ticket_id)
    desk_only(viewer)
    return viewer, ticket


@router.get(
    "/tickets/{ticket_id}/participants",
    response=list[ParticipantOut],
    operation_id="listParticipants",
    summary="List participants",
    **needs(Scope.READ),
)
def list_participants(request: HttpRequest, ticket_id: UUID) -> list[ParticipantOut]:
    """Who takes part in the ticket, the requester first."""
    _viewer, ticket = _for_desk(request, ticket_id)
    return [ParticipantOut.of(row) for row in participants_of(ticket)]


@router.post(
    "/tickets/{ticket_id}/participants",
    response={201: ParticipantOut},
    operation_id="addParticipant",
    summary="Let somebody take part",
    **needs(Scope.WRITE),
)
def add_participant(request: HttpRequest, ticket_id: UUID, data: ParticipantIn) -> Status[Any]:
    """Let a person take part, as somebody affected or a watcher; once per role."""
    viewer, ticket = _for_desk(request, ticket_id)
    person = doors.person_named(viewer, data.person, "person")
    role = ParticipantRole(data.role)
    row = actions.add_participant(ticket, person, role, by=viewer, now=timezone.now())
    return Status(201, ParticipantOut.of(row))


@router.delete(
    "/tickets/{ticket_id}/participants/{participant_id}",
    response={204: None},
    operation_id="removeParticipant",
    summary="Take a participant off",
    **needs(Scope.WRITE),
)
def remove_participant(request: HttpRequest, ticket_id: UUID, participant_id: RowId) -> Status[Any]:
    """Take somebody off the ticket; the requester is changed, never removed."""
    viewer, ticket = _for_desk(request, ticket_id)
    row = ticket.participants.filter(pk=participant_id).first()
    if row is None:
        raise NotFound
    actions.remove_participant(ticket, row, by=viewer, now=timezone.now())
    return Status(204, None)


@router.get(
    "/tickets/{ticket_id}/links",
    response=list[LinkOut],
    operation_id="listLinks",
    summary="List linked tickets",
    **needs(Scope.READ),
)
def list_links(request: HttpRequest, ticket_id: UUID) -> list[LinkOut]:
    """The visible tickets this one is connected with."""
    viewer, ticket = _for_desk(request, ticket_id)
    return [LinkOut.of(link, other, outgoing) for link, other, outgoing in links_of(ticket, viewer)]


@router.post(
    "/tickets/{ticket_id}/links",
    response={201: LinkOut},
    operation_id="linkTicket",
    summary="Link another ticket",
    **needs(Scope.WRITE),
)
def add_link(request: HttpRequest, ticket_id: UUID, data: LinkIn) -> Status[Any]:
    """Connect this ticket with another one that the viewer sees; once per kind."""
    viewer, ticket = _for_desk(request, ticket_id)
    other = _other(viewer, data)
    link = actions.link_tickets(ticket, other, LinkKind(data.kind), by=viewer, now=timezone.now())
    return Status(201, LinkOut.of(link, other, outgoing=True))


@router.delete(
    "/tickets/{ticket_id}/links/{link_id}",
    response={204: None},
    operation_id="unlinkTicket",
    summary="Remove a link",
    **needs(Scope.WRITE),
)
def remove_link(request: HttpRequest, ticket_id: UUID, link_id: RowId) -> Status[Any]:
    """Remove a connection from either of its ends."""
    viewer, ticket = _for_desk(request, ticket_id)
    link = (
        TicketLink.objects.filter(Q(source=ticket) | Q(target=ticket), pk=link_id)
        .select_related("source")
        .first()
    )
    if link is None:
        raise NotFound
    actions.unlink_tickets(link, by=viewer, now=timezone.now())
    return Status(204, None)


def _other(viewer: Viewer, data: LinkIn) -> Ticket:
    """The ticket that is named. Raises `InvalidInput` for one that is not there or not seen: both the same."""
    if data.ticket is not None:
        other = visible_tickets(viewer).filter(public_id=data.ticket).first()
        field = "ticket"
    else:
        field = "number"
        found = by_number(data.number) if data.number is not None else None
        other = found if found is not None and can_see(viewer, found) else None
    if other is None:
        raise unknown(field)
    return other
