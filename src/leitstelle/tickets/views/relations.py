"""Links between tickets."""

from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from leitstelle.kernel.web import go, toast, viewer_of
from leitstelle.tickets import actions
from leitstelle.tickets.choices import LinkKind
from leitstelle.tickets.forms import LinkForm
from leitstelle.tickets.models import TicketLink
from leitstelle.tickets.policies import can_see
from leitstelle.tickets.queries import by_number
from leitstelle.tickets.views.doors import agents_only, find_ticket, ticket_url


@agents_only
@require_POST
def add_link(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Link another ticket by its number."""
    viewer = viewer_of(request)
    ticket = find_ticket(viewer, public_id)
    form = LinkForm(request.POST)
    number = form.cleaned_data["number"].strip().lstrip("#") if form.is_valid() else ""
    other = by_number(int(number)) if number else None
    if other is None or not can_see(viewer, other):
        toast(request, _("No ticket with this number was found."), "warn")
        return go(request, ticket_url(ticket))
    actions.link_tickets(ticket, other, LinkKind(form.cleaned_data["kind"]), by=viewer, now=timezone.now())
    toast(request, _("Tickets linked."))
    return go(request, ticket_url(ticket))


@agents_only
@require_POST
def remove_link(request: HttpRequest, public_id: UUID, pk: int) -> HttpResponse:
    """Remove a link from either of its ends."""
    viewer = viewer_of(request)
    ticket = find_ticket(viewer, public_id)
    link = get_object_or_404(TicketLink, Q(source=ticket) | Q(target=ticket), pk=pk)
    actions.unlink_tickets(link, by=viewer, now=timezone.now())
    return go(request, ticket_url(ticket))
