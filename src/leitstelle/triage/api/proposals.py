"""What is proposed for a ticket, with reasons, and answering it over the API."""

from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from leitstelle.kernel.api import Scope, needs, viewer_of
from leitstelle.kernel.api.reading import desk_only
from leitstelle.kernel.errors import NotFound
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.policies import visible_tickets
from leitstelle.triage.actions.answering import accept_proposal, dismiss_proposal
from leitstelle.triage.choices import ProposalState
from leitstelle.triage.models import Proposal
from leitstelle.triage.policies import visible_proposals
from leitstelle.triage.schemas.proposals import AcceptIn, ProposalOut

router = Router(tags=["Triage"])


@router.get(
    "/tickets/{ticket_id}/proposals",
    response=list[ProposalOut],
    operation_id="listTicketProposals",
    summary="What is proposed for a ticket, and why",
    **needs(Scope.READ),
)
def list_proposals(request: HttpRequest, ticket_id: UUID) -> list[ProposalOut]:
    """Proposals in the order they were made, answered ones too; those that were too unsure to be said are left out.
    For the desk."""
    viewer = viewer_of(request)
    ticket = visible_tickets(viewer).filter(public_id=ticket_id).first()
    if ticket is None:
        raise NotFound
    desk_only(viewer)
    rows = visible_proposals(viewer).filter(ticket=ticket).exclude(state=ProposalState.SILENT)
    return [ProposalOut.of(row) for row in rows.order_by("pk")]


@router.post(
    "/proposals/{proposal_id}/accept",
    response=ProposalOut,
    operation_id="acceptProposal",
    summary="Set one of the proposed values",
    **needs(Scope.WRITE),
)
def accept(request: HttpRequest, proposal_id: UUID, body: AcceptIn) -> ProposalOut:
    """Set the field of the ticket to a proposed value. For whoever works on the ticket; refused
    (`proposal_answered`) where somebody answered it already."""
    viewer = viewer_of(request)
    proposal = _find(viewer, proposal_id)
    return ProposalOut.of(accept_proposal(proposal, body.value, by=viewer, now=timezone.now()))


@router.post(
    "/proposals/{proposal_id}/dismiss",
    response=ProposalOut,
    operation_id="dismissProposal",
    summary="Say that nothing proposed is right",
    **needs(Scope.WRITE),
)
def dismiss(request: HttpRequest, proposal_id: UUID) -> ProposalOut:
    """Take a proposal off the ticket. For whoever works on it; refused (`proposal_answered`) where somebody
    answered it already."""
    viewer = viewer_of(request)
    return ProposalOut.of(dismiss_proposal(_find(viewer, proposal_id), by=viewer, now=timezone.now()))


def _find(viewer: Viewer, proposal_id: UUID) -> Proposal:
    row = visible_proposals(viewer).select_related("ticket__status").filter(public_id=proposal_id).first()
    if row is None:
        raise NotFound
    return row
