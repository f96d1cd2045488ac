"""Doors of the tabs of open tickets: the row itself, closing, pinning, moving."""

from uuid import UUID

from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from leitstelle.kernel.db import is_transient
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import go, is_fragment, render, viewer_of
from leitstelle.tickets import actions
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.policies import visible_tickets
from leitstelle.tickets.queries.tabs import row_of, tabs_of
from leitstelle.tickets.views.doors import agents_only, ticket_url


def note_look(request: HttpRequest, viewer: Viewer, ticket: Ticket, *, has_draft: bool) -> None:
    """Open the tab of a ticket that is being shown, or clear its mark; leaves the tabs for the frame of the page.

    `has_draft`: whether the viewer has begun to write on this ticket.
    """
    tabs = tabs_of(viewer)
    try:
        actions.look_at(ticket, tabs, by=viewer, now=timezone.now())
    except DatabaseError as error:
        # Who only reads shall not fail because somebody else writes.
        if not is_transient(error):
            raise
    for tab in tabs:
        if tab.ticket_id == ticket.pk:
            tab.has_draft = has_draft  # type: ignore[attr-defined]
    request.open_tickets = tabs  # type: ignore[attr-defined]


@agents_only
def tabs(request: HttpRequest) -> HttpResponse:
    """The row of tabs by itself, for live updates; `at` is the path of the page it stands on."""
    return _row(request, request.GET.get("at", ""))


@agents_only
@require_POST
def close_tab(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Close a tab. Who closes the one they look at goes to its neighbour, or to the list."""
    viewer = viewer_of(request)
    ticket = _find(viewer, public_id)
    here = request.POST.get("at", "")
    row = row_of(tabs_of(viewer), here)
    actions.close_tab(ticket, by=viewer)
    if row.current is None or row.current.ticket.pk != ticket.pk:
        return _answer(request, here)
    rest = [tab.ticket for tab in row.tabs if not tab.is_current]
    if not rest:
        return go(request, reverse("tickets:inbox"))
    return go(request, ticket_url(rest[min(row.current.place, len(rest) - 1)]))


@agents_only
@require_POST
def close_other_tabs(request: HttpRequest) -> HttpResponse:
    """Close all tabs but the pinned ones and the one being looked at."""
    viewer = viewer_of(request)
    here = request.POST.get("at", "")
    current = row_of(tabs_of(viewer), here).current
    actions.close_other_tabs(current.ticket if current else None, by=viewer)
    return _answer(request, here)


@agents_only
@require_POST
def pin_tab(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Pin a tab (`pinned` = 1), or let it go (0)."""
    viewer = viewer_of(request)
    actions.pin_tab(_find(viewer, public_id), pinned=request.POST.get("pinned") == "1", by=viewer)
    return _answer(request, request.POST.get("at", ""))


@agents_only
@require_POST
def move_tab(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Move a tab to the place `to`, counted from 0."""
    viewer = viewer_of(request)
    to = request.POST.get("to", "")
    if not (to.isascii() and to.isdigit() and len(to) < 4):
        raise Http404
    actions.move_tab(_find(viewer, public_id), int(to), by=viewer)
    return _answer(request, request.POST.get("at", ""))


def _find(viewer: Viewer, public_id: UUID) -> Ticket:
    ticket = visible_tickets(viewer).filter(public_id=public_id).first()
    if ticket is None:
        raise Http404
    return ticket


def _answer(request: HttpRequest, here: str) -> HttpResponse:
    """The row as it is now; without a script, back to the page."""
    if is_fragment(request):
        return _row(request, here)
    safe = url_has_allowed_host_and_scheme(here, {request.get_host()}, require_https=request.is_secure())
    return go(request, here if safe else reverse("tickets:inbox"))


def _row(request: HttpRequest, here: str) -> HttpResponse:
    row = row_of(tabs_of(viewer_of(request)), here)
    return render(request, "tickets/_tab_list.html", {"row": row, "here": here})
