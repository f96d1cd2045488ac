"""Taking work: the next best ticket, and what absent people and nobody have."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from leitstelle.catalog.labels import name_of
from leitstelle.kernel.errors import DomainError, NotAllowed, NotFound
from leitstelle.kernel.web import go, page, toast, viewer_of
from leitstelle.tickets.actions import take_ticket
from leitstelle.tickets.policies import visible_tickets
from leitstelle.triage.actions.giving import take_next
from leitstelle.triage.queries.reasons import reasons_of, why_in_words
from leitstelle.triage.queries.takeover import left_alone, orphans


@require_POST
def next_best(request: HttpRequest) -> HttpResponse:
    """Take the next best ticket and open it; say why this one."""
    viewer, now = viewer_of(request), timezone.now()
    try:
        found = take_next(by=viewer, now=now)
    except NotAllowed:
        raise
    except DomainError as error:
        toast(request, error.message, "warn")
        return go(request, reverse("tickets:inbox"))
    ticket = found.ticket
    facts = {
        "why": [str(one) for one in found.reasons],
        "due": ticket.next_due_at.isoformat() if ticket.next_due_at else None,
        "priority": ticket.priority_id,
        "opened": ticket.opened_at.isoformat(),
    }
    values = {"number": ticket.number, "why": ", ".join(why_in_words(facts, now))}
    toast(request, _("#%(number)s is yours: %(why)s.") % values)
    return go(request, reverse("tickets:ticket", args=[ticket.public_id]))


@require_GET
def take_over(request: HttpRequest) -> HttpResponse:
    """What absent people have, and what nobody has had for too long."""
    viewer = viewer_of(request)
    if not viewer.is_agent:
        raise NotAllowed
    context = {
        "orphans": orphans(viewer, timezone.now()),
        "alone": left_alone(viewer),
        "me": viewer.person_id,
        "name_of": name_of,
    }
    return page(request, "triage/take_over.html", context)


@require_GET
def why(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say why a ticket is where it is."""
    viewer = viewer_of(request)
    ticket = visible_tickets(viewer).filter(public_id=public_id).first()
    if ticket is None or not viewer.is_agent:
        raise NotFound
    context = {"ticket": ticket, "reasons": reasons_of([ticket.pk], viewer).get(ticket.pk, [])}
    return page(request, "triage/why.html", context, fragment="triage/_why.html")


@require_POST
def take_one_over(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take a ticket from the list."""
    viewer = viewer_of(request)
    ticket = visible_tickets(viewer).filter(public_id=public_id).first()
    if ticket is None or not viewer.is_agent:
        raise NotFound
    take_ticket(ticket, by=viewer, now=timezone.now())
    toast(request, _("#%(number)s is yours.") % {"number": ticket.number})
    return go(request, reverse("triage:take-over"))
