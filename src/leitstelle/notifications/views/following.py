"""Following a ticket from its page."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from leitstelle.kernel.errors import NotFound
from leitstelle.kernel.web import go, toast, viewer_of
from leitstelle.notifications import actions
from leitstelle.tickets.policies import visible_tickets


@require_POST
def follow(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Follow the ticket, or with `stop` follow it no longer."""
    viewer = viewer_of(request)
    ticket = visible_tickets(viewer).filter(public_id=public_id).first()
    if ticket is None or not viewer.is_agent:
        raise NotFound
    if "stop" in request.POST:
        actions.unfollow_ticket(ticket, by=viewer, now=timezone.now())
        toast(request, _("You no longer follow this ticket."))
    else:
        actions.follow_ticket(ticket, by=viewer, now=timezone.now())
        toast(request, _("You follow this ticket."))
    return go(request, reverse("tickets:ticket", args=[ticket.public_id]))
