"""The search page of the workspace."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from leitstelle.accounts.policies import findable_organisations, findable_people
from leitstelle.assets.policies import findable_assets
from leitstelle.kernel.events import Subject
from leitstelle.kernel.search import SearchHit, SearchPage, search
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import Link, page, viewer_of
from leitstelle.kernel.web.links import links
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.policies import searchable, visible_tickets
from leitstelle.tickets.searchdocs import KIND
from leitstelle.tickets.views.doors import agents_only, ticket_url

PAGE_SIZE = 20
OTHERS = 5
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
    others = [] if request.GET.get("after") else _others(query, viewer)
    context = {"query": query, "hits": _hits(found, viewer), "found": found, "others": others}
    return page(request, "tickets/search.html", context, fragment="tickets/_hits.html")


def _others(query: str, viewer: Viewer) -> list[tuple[str, Link, SearchHit]]:
    """People, customers and devices that fit, above the tickets: kind, where they lead, the hit."""
    allowed = {
        "person": findable_people(viewer),
        "organisation": findable_organisations(viewer),
        "asset": findable_assets(viewer),
    }
    hits = search(query, allowed, limit=OTHERS, similar=False).hits
    targets = links([Subject(hit.kind, hit.object_id) for hit in hits], viewer)
    found = [(hit.kind, targets.get(Subject(hit.kind, hit.object_id)), hit) for hit in hits]
    return [(kind, target, hit) for kind, target, hit in found if target is not None]


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
