"""Answering a proposal with one click."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from leitstelle.kernel.errors import DomainError, NotFound
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import go, toast, viewer_of
from leitstelle.tickets.policies import can_see
from leitstelle.triage.actions import answering
from leitstelle.triage.actions.replies import follow_wish_to_close, undo_reply
from leitstelle.triage.choices import Matter
from leitstelle.triage.models import Proposal
from leitstelle.triage.policies import visible_proposals


@require_POST
def accept(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Set the option that was clicked."""
    viewer = viewer_of(request)
    proposal = visible_or_404(viewer, public_id)
    try:
        answering.accept_proposal(proposal, request.POST.get("code", ""), by=viewer, now=timezone.now())
    except DomainError as error:
        toast(request, error.message, "warn")
    else:
        toast(request, _("Set. The next training learns from it."))
    return back(request, proposal)


@require_POST
def dismiss(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take a proposal off the page."""
    viewer = viewer_of(request)
    proposal = visible_or_404(viewer, public_id)
    try:
        answering.dismiss_proposal(proposal, by=viewer, now=timezone.now())
    except DomainError as error:
        toast(request, error.message, "warn")
    return back(request, proposal)


@require_POST
def undo(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take up again a ticket whose last reply was more than thanks."""
    viewer = viewer_of(request)
    proposal = visible_or_404(viewer, public_id)
    try:
        undo_reply(proposal, by=viewer, now=timezone.now())
    except DomainError as error:
        toast(request, error.message, "warn")
    else:
        toast(request, _("The ticket is open again, as of that reply."))
    return back(request, proposal)


@require_POST
def close(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Resolve the ticket as its requester wishes."""
    viewer = viewer_of(request)
    proposal = visible_or_404(viewer, public_id)
    try:
        follow_wish_to_close(proposal, by=viewer, now=timezone.now())
    except DomainError as error:
        toast(request, error.message, "warn")
    else:
        toast(request, _("The ticket is resolved."))
    return back(request, proposal)


def visible_or_404(viewer: Viewer, public_id: UUID) -> Proposal:
    """Return the proposal with its ticket, where the viewer sees it; raises `NotFound`."""
    rows = visible_proposals(viewer).select_related("ticket__status", "message")
    proposal = rows.filter(public_id=public_id).first()
    if proposal is None:
        raise NotFound
    return proposal


def back(request: HttpRequest, proposal: Proposal) -> HttpResponse:
    """Return to the ticket; to the inbox where it went to a team whose tickets the viewer does not see."""
    if proposal.matter == Matter.TEAM and not can_see(viewer_of(request), proposal.ticket):
        return go(request, reverse("tickets:inbox"))
    return go(request, reverse("tickets:ticket", args=[proposal.ticket.public_id]))
