"""Devices of tickets, and tickets of devices."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from leitstelle.assets.choices import GONE
from leitstelle.assets.models import Asset, AssetUser
from leitstelle.assets.policies import visible_assets
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.models import Ticket, TicketAsset
from leitstelle.tickets.policies import visible_tickets

OFFERED = 20


def devices_for(ticket: Ticket, viewer: Viewer) -> tuple[list[Asset], list[Asset]]:
    """Return the visible devices the ticket is about, and the requester's others to choose from; one statement."""
    linked = TicketAsset.objects.filter(ticket=ticket)
    own = AssetUser.objects.filter(person_id=ticket.requester_id or 0)
    rows = visible_assets(viewer).annotate(is_linked=Exists(linked.filter(asset=OuterRef("pk"))))
    offered = Q(pk__in=own.values("asset_id")) & ~Q(status__in=GONE)
    rows = rows.filter(Q(is_linked=True) | offered).select_related("kind")
    found = list(rows.order_by("-is_linked", "sort_name", "pk")[:OFFERED])
    return [one for one in found if one.is_linked], [one for one in found if not one.is_linked]


def tickets_about(asset: Asset, viewer: Viewer) -> QuerySet[Ticket]:
    """Return the visible tickets about a device."""
    rows = TicketAsset.objects.filter(asset=asset)
    return visible_tickets(viewer).filter(pk__in=rows.values("ticket_id"))
