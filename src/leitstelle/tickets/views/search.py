"""The search page of the workspace."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from leitstelle.kernel.search import SearchPage, search
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import page, viewer_of
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.policies import searchable, visible_tickets
from leitstelle.tickets.searchdocs import KIND
from leitstelle.tickets.views.doors import agents_only, ticket_url

PAGE_SIZE = 20
NUMBER_LENGTH = 18


@agents_only
def search_page(request: HttpRequest) -> HttpResponse:
    """Search tickets by words; a bare number leads straight to its ticket."""
    viewer = viewer_of(request)
    query = request.GET.get("q", "").strip()
    direct = _by_number(query, viewer)
    if direct is not None:
        return redirect(ticket_url(direct))
    found = search(query, {KIND: searchable(viewer)}, limit=PAGE_SIZE, after=request.GET.get("after"))
    context = {"query": query, "hits": _hits(found, viewer), "found": found}
    return page(request, "tickets/search.html", context, fragment="tickets/_hits.html")


def _by_number(query: str, viewer: Viewer) -> Ticket | None:
    digits = query.removeprefix("#")
    if not (digits.isascii() and digits.isdigit() and len(digits) < NUMBER_LENGTH):
        return None
    return visible_tickets(viewer).filter(number=int(digits)).first()


def _hits(found: SearchPage, viewer: Viewer) -> list[dict[str, object]]:
    ids = [hit.object_id for hit in found.hits]
    tickets = (
        visible_tickets(viewer).select_related("status", "requester", "priority", "organisation").in_bulk(ids)
    )
    return [
        {"hit": hit, "ticket": tickets[hit.object_id], "url": ticket_url(tickets[hit.object_id])}
        for hit in found.hits
        if hit.object_id in tickets
    ]
