"""The clocks of a ticket over the API."""

from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from leitstelle.kernel.api import Scope, needs, viewer_of
from leitstelle.kernel.api.reading import desk_only
from leitstelle.kernel.errors import NotFound
from leitstelle.sla.queries import compute_clocks
from leitstelle.sla.schemas.clocks import ClocksOut
from leitstelle.tickets.policies import visible_tickets

router = Router(tags=["Tickets"])


@router.get(
    "/tickets/{ticket_id}/clocks",
    response=ClocksOut,
    operation_id="getTicketClocks",
    summary="Deadlines of a ticket, explained",
    **needs(Scope.READ),
)
def get_clocks(request: HttpRequest, ticket_id: UUID) -> ClocksOut:
    """The clocks computed from what happened to the ticket, each with the stretches that lead to its deadline. For
    the desk."""
    viewer = viewer_of(request)
    ticket = visible_tickets(viewer).filter(public_id=ticket_id).first()
    if ticket is None:
        raise NotFound
    desk_only(viewer)
    return ClocksOut.of(compute_clocks(ticket, timezone.now()))
