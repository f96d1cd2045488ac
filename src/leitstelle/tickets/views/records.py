"""All tickets of a person, a customer or a device, page by page."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from leitstelle.accounts.policies import visible_organisations, visible_people
from leitstelle.assets.policies import visible_assets
from leitstelle.catalog.labels import name_of
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import page, viewer_of
from leitstelle.kernel.web.paging import keyset
from leitstelle.tickets.labels import CHANNEL
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.policies import visible_tickets
from leitstelle.tickets.queries.devices import tickets_about
from leitstelle.tickets.queries.records import listed
from leitstelle.tickets.views.doors import agents_only

PAGE_SIZE = 50


@agents_only
@require_safe
def tickets_of(request: HttpRequest, kind: str, public_id: UUID) -> HttpResponse:
    """The whole history through every channel, newest first."""
    name, back, rows = _record(viewer_of(request), kind, public_id)
    after, before = request.GET.get("after"), request.GET.get("before")
    found = keyset(listed(rows), ["-last_message_at", "-id"], after, before, PAGE_SIZE)
    context = {
        "name": name,
        "back": reverse(back, args=[public_id]),
        "tickets": found.items,
        "previous_url": f"?before={found.prev}" if found.prev else "",
        "next_url": f"?after={found.next}" if found.next else "",
        "channel_names": CHANNEL,
        "name_of": name_of,
    }
    return page(request, "tickets/of_record.html", context)


def _record(viewer: Viewer, kind: str, public_id: UUID) -> tuple[str, str, QuerySet[Ticket]]:
    """The name of the record, the name of its page's address, and its tickets; raises `Http404` for unseen ones."""
    if kind == "person":
        person = visible_people(viewer).filter(public_id=public_id).first()
        if person is not None:
            return person.display_name, "accounts:person", visible_tickets(viewer).filter(requester=person)
    elif kind == "organisation":
        row = visible_organisations(viewer).filter(public_id=public_id).first()
        if row is not None:
            return row.name, "accounts:organisation", visible_tickets(viewer).filter(organisation=row)
    else:
        asset = visible_assets(viewer).filter(public_id=public_id).first()
        if asset is not None:
            return asset.name, "assets:device", tickets_about(asset, viewer)
    raise Http404
