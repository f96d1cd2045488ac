"""Applying the rules of priority to open tickets, and marking a ticket as major."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from leitstelle.accounts.policies import can_administer, require
from leitstelle.catalog.queries import every_layer
from leitstelle.kernel.web import go, page, toast, viewer_of
from leitstelle.tickets import actions
from leitstelle.tickets.queries.priority import effect, told_moves, touched
from leitstelle.tickets.rules.bulk import MOST, BulkAction
from leitstelle.tickets.views.doors import agents_only, find_ticket, ticket_url


@agents_only
def recalculate(request: HttpRequest) -> HttpResponse:
    """Show what the present rules would change at open tickets; choosing them leads to the preview of each."""
    viewer = viewer_of(request)
    require(can_administer(viewer))
    now = timezone.now()
    if request.method == "POST":
        ids = touched(viewer, now, MOST)
        if not ids:
            toast(request, _("Every open ticket has the priority that the rules give."))
            return go(request, request.path)
        run = actions.choose_tickets(ids, BulkAction.RECALCULATE, by=viewer, now=now, back="view=open")
        return go(request, reverse("tickets:bulk-run", args=[run.public_id]))
    found = effect(viewer, every_layer(), now)
    context = {"effect": found, "moves": told_moves(found), "most": MOST}
    return page(request, "tickets/recalculate.html", context)


@agents_only
@require_POST
def major(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Mark a ticket as major, or take the mark off, as the form says."""
    viewer = viewer_of(request)
    ticket = find_ticket(viewer, public_id)
    if request.POST.get("major") == "1":
        actions.declare_major(ticket, by=viewer, now=timezone.now())
        toast(request, _("The ticket is marked as major."))
    else:
        actions.lift_major(ticket, by=viewer, now=timezone.now())
        toast(request, _("The ticket is not major any more."))
    return go(request, ticket_url(ticket))
