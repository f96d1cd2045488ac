"""Who takes part in a ticket."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from leitstelle.accounts.queries import search_people
from leitstelle.kernel.web import go, toast, viewer_of
from leitstelle.tickets import actions
from leitstelle.tickets.choices import ParticipantRole
from leitstelle.tickets.forms import ParticipantForm
from leitstelle.tickets.views.doors import agents_only, find_ticket, ticket_url


@agents_only
@require_POST
def participants(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Add a person who reads along, found by name or address; must be exactly one."""
    viewer = viewer_of(request)
    ticket = find_ticket(viewer, public_id)
    form = ParticipantForm(request.POST)
    found = search_people(viewer, form.cleaned_data["person"], limit=2) if form.is_valid() else []
    if len(found) == 1:
        role = ParticipantRole(form.cleaned_data["role"])
        actions.add_participant(ticket, found[0], role, by=viewer, now=timezone.now())
        toast(request, _("%(person)s takes part now.") % {"person": found[0].display_name})
    elif found:
        toast(request, _("Several people fit. Please give the mail address."), "warn")
    else:
        toast(request, _("Nobody with this name or address was found."), "warn")
    return go(request, ticket_url(ticket))


@agents_only
@require_POST
def drop_participant(request: HttpRequest, public_id: UUID, pk: int) -> HttpResponse:
    """Take a participant off the ticket."""
    viewer = viewer_of(request)
    ticket = find_ticket(viewer, public_id)
    participant = get_object_or_404(ticket.participants, pk=pk)
    actions.remove_participant(ticket, participant, by=viewer, now=timezone.now())
    return go(request, ticket_url(ticket))
