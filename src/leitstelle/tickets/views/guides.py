"""Guides on a ticket: the script and checklist of first level, as a panel beside the ticket and as a page."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from leitstelle.kernel.errors import Conflict
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import go, is_fragment, page, render, toast, viewer_of
from leitstelle.kernel.web.addresses import address
from leitstelle.knowledge.queries import guide_in_force
from leitstelle.tickets import actions
from leitstelle.tickets.models import GuideRun, Ticket
from leitstelle.tickets.policies import can_work, visible_guide_runs
from leitstelle.tickets.queries.guides import guides_to_begin, runs_of
from leitstelle.tickets.views.doors import agents_only, find_ticket, ticket_url
from leitstelle.tickets.views.ticket import head_context


@agents_only
@require_safe
def guides(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The guides of a ticket: those begun, and which could be begun; as a page, or as the piece of the panel."""
    viewer = viewer_of(request)
    return _show(request, viewer, find_ticket(viewer, public_id))


@agents_only
@require_POST
def begin_guide(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Begin the chosen guide."""
    viewer = viewer_of(request)
    ticket = find_ticket(viewer, public_id)
    offered = guide_in_force(request.POST.get("guide", "")[:40])
    if offered is None:
        toast(request, _("Please choose a guide."), "warn")
    else:
        actions.begin_guide(ticket, offered, by=viewer, now=timezone.now())
    return _again(request, viewer, ticket)


@agents_only
@require_POST
def answer_guide(request: HttpRequest, public_id: UUID, pk: int) -> HttpResponse:
    """Keep what was answered and ticked off so far, and show the next question."""
    viewer = viewer_of(request)
    ticket = find_ticket(viewer, public_id)
    run = _run(viewer, ticket, pk)
    prefix = f"g{run.pk}."
    given = {
        name.removeprefix(prefix): str(value)
        for name, value in request.POST.items()
        if name.startswith(prefix)
    }
    seen = request.POST.get("version", "")
    version = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else None
    try:
        ticked = request.POST.getlist("done")
        actions.answer_guide(run, given, ticked, version=version, by=viewer, now=timezone.now())
    except Conflict as error:
        toast(request, error.message, "warn")
    return _again(request, viewer, ticket)


@agents_only
@require_POST
def apply_guide(request: HttpRequest, public_id: UUID, pk: int) -> HttpResponse:
    """Sort the ticket as the guide says."""
    viewer = viewer_of(request)
    ticket = find_ticket(viewer, public_id)
    actions.apply_guide(_run(viewer, ticket, pk), by=viewer, now=timezone.now())
    toast(request, _("Classified as the guide says."))
    return go(request, ticket_url(ticket))


def _run(viewer: Viewer, ticket: Ticket, pk: int) -> GuideRun:
    rows = visible_guide_runs(viewer).select_related("ticket__requester", "ticket__team", "guide_version")
    run = rows.filter(ticket=ticket, pk=pk).first()
    if run is None:
        raise Http404
    return run


def _again(request: HttpRequest, viewer: Viewer, ticket: Ticket) -> HttpResponse:
    if is_fragment(request):
        return _show(request, viewer, ticket)
    return go(request, address("tickets:guides", ticket.public_id))


def _show(request: HttpRequest, viewer: Viewer, ticket: Ticket) -> HttpResponse:
    runs = runs_of(ticket, viewer)
    near, others = guides_to_begin(ticket, runs, viewer.language)
    context = {
        "ticket": ticket,
        "runs": runs,
        "near": near,
        "others": others,
        "words": viewer.language,
        "may_work": can_work(viewer, ticket),
    }
    if is_fragment(request):
        return render(request, "tickets/_guides.html", context)
    return page(request, "tickets/guides.html", {**head_context(ticket, viewer), **context})
