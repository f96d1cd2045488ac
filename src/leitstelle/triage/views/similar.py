"""Tickets like one: beside it on request, and as a page of their own without JavaScript."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from leitstelle.kernel.errors import NotFound
from leitstelle.kernel.web import page, viewer_of
from leitstelle.tickets.policies import visible_tickets
from leitstelle.triage.queries.similar import like_tickets


@require_GET
def similar(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show similar tickets, possible duplicates and what solved them before."""
    viewer = viewer_of(request)
    if not viewer.is_agent:
        raise NotFound
    ticket = visible_tickets(viewer).filter(public_id=public_id).first()
    if ticket is None:
        raise NotFound
    context = {
        "ticket": ticket,
        "ticket_url": reverse("tickets:ticket", args=[ticket.public_id]),
        "likes": like_tickets(viewer, ticket),
    }
    return page(request, "triage/similar.html", context, fragment="triage/_similar.html")
