"""Which devices a ticket is about."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from leitstelle.assets.models import Asset
from leitstelle.assets.policies import visible_assets
from leitstelle.assets.queries import matching
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import go, toast, viewer_of
from leitstelle.tickets import actions
from leitstelle.tickets.views.doors import agents_only, find_ticket, ticket_url


@agents_only
@require_POST
def add_device(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Link a device: the one whose button was pressed, or the one that the words fit."""
    viewer = viewer_of(request)
    ticket = find_ticket(viewer, public_id)
    found = _devices(viewer, request.POST.get("asset", ""), request.POST.get("words", "").strip())
    if len(found) == 1:
        actions.link_device(ticket, found[0], by=viewer, now=timezone.now())
    elif found:
        toast(request, _("Several devices fit. Please give the inventory number."), "warn")
    else:
        toast(request, _("No device with this name or number was found."), "warn")
    return go(request, ticket_url(ticket))


def _devices(viewer: Viewer, public_id: str, words: str) -> list[Asset]:
    rows = visible_assets(viewer)
    if public_id:
        try:
            return list(rows.filter(public_id=UUID(public_id)))
        except ValueError:
            return []
    if not words:
        return []
    return list(rows.filter(name__iexact=words)[:2]) or list(matching(rows, words)[:2])


@agents_only
@require_POST
def drop_device(request: HttpRequest, public_id: UUID, asset_id: UUID) -> HttpResponse:
    """Take a device off the ticket."""
    viewer = viewer_of(request)
    ticket = find_ticket(viewer, public_id)
    asset = visible_assets(viewer).filter(public_id=asset_id).first()
    if asset is None:
        raise Http404
    actions.unlink_device(ticket, asset, by=viewer, now=timezone.now())
    return go(request, ticket_url(ticket))
