"""Missed targets of a ticket and their causes over the API."""

from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from leitstelle.kernel.api import Scope, needs, viewer_of
from leitstelle.kernel.api.reading import desk_only
from leitstelle.kernel.errors import NotFound
from leitstelle.kernel.viewer import Viewer
from leitstelle.sla import actions
from leitstelle.sla.queries.breaches import breaches_of
from leitstelle.sla.schemas.breaches import BreachOut, CauseIn
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.policies import visible_tickets

router = Router(tags=["Tickets"])


def _ticket(viewer: Viewer, ticket_id: UUID) -> Ticket:
    ticket = visible_tickets(viewer).filter(public_id=ticket_id).first()
    if ticket is None:
        raise NotFound
    desk_only(viewer)
    return ticket


@router.get(
    "/tickets/{ticket_id}/breaches",
    response=list[BreachOut],
    operation_id="listTicketBreaches",
    summary="Missed targets of a ticket with their causes",
    **needs(Scope.READ),
)
def list_breaches(request: HttpRequest, ticket_id: UUID) -> list[BreachOut]:
    """What was missed, what the time was used for, and the cause that counts. For the desk."""
    ticket = _ticket(viewer_of(request), ticket_id)
    return [BreachOut.of(one) for one in breaches_of(ticket, timezone.now())]


@router.post(
    "/tickets/{ticket_id}/breaches",
    response=list[BreachOut],
    operation_id="correctBreachCause",
    summary="Say another cause of a missed target",
    **needs(Scope.WRITE),
)
def correct_cause(request: HttpRequest, ticket_id: UUID, body: CauseIn) -> list[BreachOut]:
    """Say another cause than the one that was computed, and why. For whoever works on the ticket; refused
    (`target_not_missed`) where the target was kept."""
    viewer, now = viewer_of(request), timezone.now()
    ticket = _ticket(viewer, ticket_id)
    actions.correct_cause(
        ticket, body.metric, body.cause, body.reason, level=body.level_id, by=viewer, now=now
    )
    return [BreachOut.of(one) for one in breaches_of(ticket, now)]
