"""Listing, searching, reading, opening and correcting tickets."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Path, Query, Router, Status

from leitstelle.accounts.actions import ensure_person_for_address
from leitstelle.catalog.queries import priorities
from leitstelle.kernel.api import CursorPage, Scope, check_if_match, needs, viewer_of
from leitstelle.kernel.api.reading import RowId, desk_only, unknown
from leitstelle.kernel.errors import InvalidInput, NotFound
from leitstelle.kernel.events import unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets import actions
from leitstelle.tickets.api import doors
from leitstelle.tickets.api.listing import found_tickets, listed_tickets
from leitstelle.tickets.choices import Audience, Channel, Direction, Kind, StatusType
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.policies import can_see
from leitstelle.tickets.queries import by_number, statuses
from leitstelle.tickets.rules.inputs import NewMessage
from leitstelle.tickets.schemas.tickets import (
    ReasonOut,
    StatusOut,
    TicketFilters,
    TicketIn,
    TicketOut,
    TicketPatch,
    versions_of,
)

router = Router(tags=["Tickets"])
FOR_DESK = ("service", "requester", "requester_email", "channel", "team", "take", "opened_at")


@router.get(
    "/tickets",
    response=CursorPage[TicketOut],
    operation_id="listTickets",
    summary="List and search tickets",
    **needs(Scope.READ),
)
def list_tickets(request: HttpRequest, filters: Query[TicketFilters]) -> dict[str, Any]:
    """The tickets this viewer may see. A search may bring fewer than `limit` on a page; `next` counts."""
    viewer = viewer_of(request)
    return (found_tickets if filters.q.strip() else listed_tickets)(viewer, filters)


@router.post(
    "/tickets",
    response={201: TicketOut},
    operation_id="createTicket",
    summary="Open a ticket",
    **needs(Scope.WRITE, if_match="optional"),
)
def create_ticket(request: HttpRequest, data: TicketIn, response: HttpResponse) -> Status[Any]:
    """Open a ticket with its first message: for oneself, or for somebody by the desk."""
    viewer = viewer_of(request)
    ticket = _open(viewer, data)
    response["Location"] = f"/api/v1/tickets/{ticket.public_id}"
    return Status(201, doors.answer_done(viewer, ticket, response))


@router.get(
    "/tickets/by-number/{number}",
    response=TicketOut,
    operation_id="getTicketByNumber",
    summary="Get a ticket by its number",
    **needs(Scope.READ, if_match="optional"),
)
def get_by_number(request: HttpRequest, number: Path[RowId], response: HttpResponse) -> TicketOut:
    """The ticket people call by this number; numbers of merged tickets lead to the one that lives on."""
    viewer = viewer_of(request)
    ticket = by_number(number)
    if ticket is None or not can_see(viewer, ticket):
        raise NotFound
    return doors.answer(viewer, ticket.public_id, response)


@router.get(
    "/tickets/{ticket_id}",
    response=TicketOut,
    operation_id="getTicket",
    summary="Get a ticket",
    **needs(Scope.READ, if_match="optional"),
)
def get_ticket(request: HttpRequest, ticket_id: UUID, response: HttpResponse) -> TicketOut:
    """One ticket; the `ETag` is what `If-Match` of a change names."""
    return doors.answer(viewer_of(request), ticket_id, response)


@router.patch(
    "/tickets/{ticket_id}",
    response=TicketOut,
    operation_id="changeTicket",
    summary="Correct what a ticket is about",
    **needs(Scope.WRITE, if_match="required"),
)
def change_ticket(
    request: HttpRequest, ticket_id: UUID, data: TicketPatch, response: HttpResponse
) -> TicketOut:
    """Subject, kind, category, service, impact, urgency, priority, device, requester. For the desk."""
    viewer = viewer_of(request)
    ticket = doors.find(viewer, ticket_id)
    desk_only(viewer)
    check_if_match(request, *versions_of(ticket, viewer), required=True)
    _change(ticket, data, viewer)
    return doors.answer_done(viewer, ticket, response)


@router.get(
    "/tickets/{ticket_id}/priority",
    response=ReasonOut,
    operation_id="getTicketPriority",
    summary="Priority of a ticket, explained",
    **needs(Scope.READ),
)
def get_priority(request: HttpRequest, ticket_id: UUID) -> ReasonOut:
    """What the matrix gave, which rules raised it, and the whole as a sentence. For the desk."""
    viewer = viewer_of(request)
    ticket = doors.find(viewer, ticket_id)
    desk_only(viewer)
    return ReasonOut.of(ticket)


@router.get(
    "/statuses",
    response=list[StatusOut],
    operation_id="listStatuses",
    summary="List statuses",
    tags=["Desk"],
    **needs(Scope.READ),
)
def list_statuses(request: HttpRequest) -> list[StatusOut]:
    """All statuses in their order, with the types the product knows them by."""
    names = ("key", "name_de", "name_en", "needs_reason", "needs_until", "order", "is_active")
    return [
        StatusOut(type=StatusType(row.type), **{name: getattr(row, name) for name in names})
        for row in statuses()
    ]


@unit()
def _open(viewer: Viewer, data: TicketIn) -> Ticket:
    now = timezone.now()
    doors.check_scales(data.impact, data.urgency)
    if data.opened_at is not None and data.opened_at > now:
        raise unknown("opened_at")
    requester_id = _requester(viewer, data)
    new = actions.NewTicket(
        subject=data.subject,
        channel=Channel(data.channel),
        requester_id=requester_id,
        kind=Kind(data.kind),
        category_id=doors.category_named(viewer, data.category).pk if data.category else None,
        service_id=doors.service_named(viewer, data.service).pk if data.service else None,
        impact=data.impact,
        urgency=data.urgency,
        team_id=doors.team_named(viewer, data.team).pk if data.team else None,
        device_label=data.device,
        opened_at=data.opened_at,
    )
    first = NewMessage(
        text=data.text,
        direction=Direction.INBOUND,
        channel=Channel(data.channel),
        audience=Audience.PUBLIC,
        author_id=requester_id,
        at=data.opened_at,
    )
    ticket = actions.open_ticket(new, first, by=viewer, now=now)
    if data.take:
        actions.take_ticket(ticket, by=viewer, now=now)
    return ticket


def _requester(viewer: Viewer, data: TicketIn) -> int | None:
    """Whose ticket it is. Raises `InvalidInput` for nobody, and for what a requester may not say."""
    if not viewer.is_agent:
        said = [name for name in FOR_DESK if name in data.model_fields_set]
        if said:
            raise InvalidInput(fields=dict.fromkeys(said, InvalidInput.default_message))
        return viewer.person_id
    if data.requester is not None:
        return doors.person_named(viewer, data.requester, "requester").pk
    if not data.requester_email.strip():
        raise unknown("requester")
    try:
        person, _created = ensure_person_for_address(data.requester_email, by=viewer, now=timezone.now())
    except InvalidInput as error:
        raise unknown("requester_email") from error
    return person.pk


_CLASSES = frozenset(
    {"kind", "category", "service", "impact", "urgency", "priority", "priority_reason", "device"}
)


@unit()
def _change(ticket: Ticket, data: TicketPatch, viewer: Viewer) -> None:
    now, wanted = timezone.now(), data.dict(exclude_unset=True)
    if data.subject is not None:
        actions.change_subject(ticket, data.subject, by=viewer, now=now)
    if _CLASSES & wanted.keys():
        actions.classify(ticket, _classification(ticket, data, viewer), by=viewer, now=now)
    if data.requester is not None:
        person = doors.person_named(viewer, data.requester, "requester")
        actions.change_requester(ticket, person, by=viewer, now=now)


def _classification(ticket: Ticket, data: TicketPatch, viewer: Viewer) -> actions.Classification:
    """The whole classification: what is there, with what the patch says over it."""
    said = data.model_fields_set
    impact, urgency = data.impact or ticket.impact_id, data.urgency or ticket.urgency_id
    doors.check_scales(impact, urgency)
    category_id, priority = ticket.category_id, ticket.priority_id if ticket.priority_is_manual else None
    if "category" in said:
        category_id = doors.category_named(viewer, data.category).pk if data.category else None
    service_id: int | None = actions.FOLLOWS
    if "service" in said:
        service_id = doors.service_named(viewer, data.service).pk if data.service else None
    if "priority" in said:
        if data.priority is not None and data.priority not in {row.rank for row in priorities()}:
            raise unknown("priority")
        priority = data.priority
    return actions.Classification(
        kind=str(data.kind or ticket.kind),
        category_id=category_id,
        service_id=service_id,
        impact=impact,
        urgency=urgency,
        device_label=ticket.device_label if data.device is None else data.device,
        priority=priority,
        reason=ticket.priority_reason if data.priority_reason is None else data.priority_reason,
    )
