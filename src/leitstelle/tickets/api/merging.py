"""Two tickets become one, and two again. For the desk."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router, Status

from leitstelle.kernel.api import Scope, needs, viewer_of
from leitstelle.kernel.api.reading import desk_only, unknown
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.actions.merging import MergePlan, merge_tickets, undo_merge
from leitstelle.tickets.api import doors
from leitstelle.tickets.errors import AlreadyUndone
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.policies import visible_tickets
from leitstelle.tickets.queries import by_number
from leitstelle.tickets.queries.merging import merges_of
from leitstelle.tickets.schemas.merging import MergeIn, MergeOut
from leitstelle.tickets.schemas.tickets import TicketOut

router = Router(tags=["Tickets"])


@router.get(
    "/tickets/{ticket_id}/merges",
    response=list[MergeOut],
    operation_id="listMerges",
    summary="List merges",
    **needs(Scope.READ),
)
def list_merges(request: HttpRequest, ticket_id: UUID) -> list[MergeOut]:
    """Merges of this ticket into others and of others into it, newest first, undone ones too; of tickets you see."""
    viewer = viewer_of(request)
    ticket = doors.find(viewer, ticket_id)
    desk_only(viewer)
    return [MergeOut.of(row) for row in merges_of(ticket, viewer)]


@router.post(
    "/tickets/{ticket_id}/merge",
    response={201: MergeOut},
    operation_id="mergeTicket",
    summary="Merge it into another one",
    **needs(Scope.WRITE, if_match="optional"),
)
def merge(request: HttpRequest, ticket_id: UUID, data: MergeIn) -> Status[Any]:
    """Everything of this ticket moves to the other one; it becomes an alias and leaves all clocks, without mail."""
    viewer = viewer_of(request)
    source = doors.find_unchanged(request, viewer, ticket_id)
    desk_only(viewer)
    target = _target(viewer, data)
    plan = MergePlan(apart=data.apart, reason=data.reason)
    row = merge_tickets(source, target, plan, by=viewer, now=timezone.now())
    return Status(201, MergeOut.of(row))


@router.post(
    "/tickets/{ticket_id}/merge/undo",
    response=TicketOut,
    operation_id="undoMerge",
    summary="Take its merge back",
    **needs(Scope.WRITE, if_match="optional"),
)
def undo(request: HttpRequest, ticket_id: UUID, response: HttpResponse) -> TicketOut:
    """Make a merged ticket one of its own again, at any time, with what was written to it since."""
    viewer = viewer_of(request)
    ticket = doors.find_unchanged(request, viewer, ticket_id)
    desk_only(viewer)
    standing = ticket.merges.filter(undone_at=None).first()
    if standing is None:
        raise AlreadyUndone
    undo_merge(standing, by=viewer, now=timezone.now())
    return doors.answer_done(viewer, ticket, response)


def _target(viewer: Viewer, data: MergeIn) -> Ticket:
    """The ticket as named; a number leads to the one that lives on. Raises `InvalidInput` for none that is visible."""
    if (data.ticket is None) == (data.number is None):
        raise unknown("ticket")
    rows = visible_tickets(viewer)
    if data.number is not None:
        found = by_number(data.number)
        target = rows.filter(pk=found.pk).first() if found is not None else None
    else:
        target = rows.filter(public_id=str(data.ticket)).first()
    if target is None:
        raise unknown("ticket" if data.ticket is not None else "number")
    return target
