"""What agents do to the clocks of a ticket."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from leitstelle.accounts.policies import visible_levels
from leitstelle.catalog.labels import name_of
from leitstelle.kernel.errors import InvalidInput, NotFound
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import go, page, toast, viewer_of
from leitstelle.sla import actions
from leitstelle.sla.choices import Cause
from leitstelle.sla.forms import CauseForm
from leitstelle.sla.labels import CAUSE
from leitstelle.sla.policies import visible_agreements
from leitstelle.sla.queries import REMEMBERED, compute_clocks
from leitstelle.sla.queries.breaches import corrected_causes
from leitstelle.sla.queries.explaining import considered, told_clocks
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.policies import can_work, visible_tickets


def ticket_of_desk(viewer: Viewer, public_id: UUID) -> Ticket:
    """The ticket, where the viewer sees it as agent; raises `NotFound`."""
    ticket = visible_tickets(viewer).filter(public_id=public_id).first() if viewer.is_agent else None
    if ticket is None:
        raise NotFound
    return ticket


@require_GET
def ticket_deadlines(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """How the deadlines of a ticket come about: a drawing, every step, and why this agreement."""
    viewer, now = viewer_of(request), timezone.now()
    ticket = ticket_of_desk(viewer, public_id)
    reading = compute_clocks(ticket, now, source=REMEMBERED)
    version = reading.promise.version if reading.promise else None
    levels = {row.pk: name_of(row) for row in visible_levels(viewer)}
    context = {
        "ticket": ticket,
        "agreement": f"{version.agreement.name}, {_('Version %(number)s') % {'number': version.number}}"
        if version
        else "",
        "told": told_clocks(reading, levels, now, corrected_causes(ticket)),
        "causes": CAUSE,
        "can": {"correct": can_work(viewer, ticket)},
        "considered": considered(reading, visible_agreements(viewer).in_bulk()),
    }
    return page(request, "sla/ticket.html", context)


@require_POST
def correct_cause(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say another cause of a missed target, and why."""
    viewer, now = viewer_of(request), timezone.now()
    ticket = ticket_of_desk(viewer, public_id)
    form = CauseForm(request.POST)
    if not form.is_valid():
        raise InvalidInput(message=_("Please choose a cause and say why."))
    metric, level = form.key()
    cause, reason = Cause(form.cleaned_data["cause"]), form.cleaned_data["reason"]
    actions.correct_cause(ticket, metric, cause, reason, level=level, by=viewer, now=now)
    toast(request, _("Cause corrected"))
    return go(request, reverse("sla:deadlines", args=[ticket.public_id]))


@require_POST
def give_workaround(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Note that the requester can work again."""
    viewer = viewer_of(request)
    ticket = ticket_of_desk(viewer, public_id)
    actions.give_workaround(ticket, by=viewer, now=timezone.now())
    toast(request, _("Workaround noted"))
    return go(request, reverse("tickets:ticket", args=[ticket.public_id]))
