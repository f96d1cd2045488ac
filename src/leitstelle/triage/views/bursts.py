"""Possible outages: the list, one of them, and saying what it is."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from leitstelle.catalog.labels import branch_name, name_of
from leitstelle.kernel.errors import DomainError, NotAllowed, NotFound
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import go, page, toast, viewer_of
from leitstelle.triage.actions.bursts import accept_burst, dismiss_burst
from leitstelle.triage.labels import BURST_STATE
from leitstelle.triage.models import Burst
from leitstelle.triage.policies import can_settle, visible_bursts
from leitstelle.triage.queries.bursts import tickets_of_burst

_SHOWN = 50


@require_GET
def bursts(request: HttpRequest) -> HttpResponse:
    """The newest bursts, with what is known about each."""
    viewer = _agent(request)
    rows = visible_bursts(viewer).select_related("category__parent", "organisation", "site")
    context = {"bursts": [(row, title_of(row)) for row in rows[:_SHOWN]], "states": BURST_STATE}
    return page(request, "triage/bursts.html", context)


@require_GET
def burst(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The tickets of a burst that the viewer sees, and the question whether it is an outage."""
    viewer = _agent(request)
    row = _visible(viewer, public_id)
    tickets = tickets_of_burst(row, viewer)
    context = {
        "burst": row,
        "title": title_of(row),
        "tickets": tickets,
        "state": BURST_STATE[row.state],
        "may_settle": row.state == "proposed" and can_settle(viewer, tickets[0]),
        "name_of": name_of,
    }
    return page(request, "triage/burst.html", context)


@require_POST
def settle_burst(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Confirm the outage with its main ticket, or dismiss it."""
    viewer = _agent(request)
    row = _visible(viewer, public_id)
    tickets = tickets_of_burst(row, viewer)
    try:
        if request.POST.get("decision") == "dismiss":
            dismiss_burst(row, seen=tickets[0], by=viewer, now=timezone.now())
        else:
            main = next((one for one in tickets if str(one.pk) == request.POST.get("main")), tickets[0])
            accept_burst(row, main, by=viewer, now=timezone.now())
            toast(request, _("The tickets are linked to #%(number)s.") % {"number": main.number})
    except NotAllowed:
        raise
    except DomainError as error:
        toast(request, error.message, "warn")
    return go(request, reverse("triage:burst", args=[row.public_id]))


def title_of(row: Burst) -> str:
    """Name a burst by its matter and place."""
    matter = branch_name(row.category) if row.category else " ".join(row.words[:3]) or _("Like tickets")
    place = row.site.name if row.site else row.organisation.name if row.organisation else ""
    return f"{matter} · {place}" if place else matter


def _agent(request: HttpRequest) -> Viewer:
    viewer = viewer_of(request)
    if not viewer.is_agent:
        raise NotFound
    return viewer


def _visible(viewer: Viewer, public_id: UUID) -> Burst:
    rows = visible_bursts(viewer).select_related("category__parent", "organisation", "site", "main")
    row = rows.filter(public_id=public_id).first()
    if row is None:
        raise NotFound
    return row
