"""Links to posters beside devices and customers."""

from collections.abc import Sequence

from django.urls import reverse

from leitstelle.accounts.models import Organisation
from leitstelle.accounts.policies import visible_sites
from leitstelle.assets.models import Asset
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import Panel, fill


@fill("asset.page", order=80)
def poster_of_device(viewer: Viewer, devices: Sequence[Asset]) -> dict[int, Panel]:
    """Offer a poster that opens the portal's form for this device."""
    if not viewer.is_agent:
        return {}
    return {
        one.pk: _panel([(one.name, reverse("intake:device-poster", args=[one.public_id]))]) for one in devices
    }


@fill("organisation.side", order=80)
def posters_of_sites(viewer: Viewer, organisations: Sequence[Organisation]) -> dict[int, Panel]:
    """Offer a poster for each site of a customer; one query."""
    if not viewer.is_agent:
        return {}
    rows = visible_sites(viewer).filter(organisation__in=organisations, is_active=True).order_by("name", "pk")
    found: dict[int, list[tuple[str, str]]] = {}
    for site in rows:
        address = reverse("intake:site-poster", args=[site.public_id])
        found.setdefault(site.organisation_id, []).append((site.name, address))
    return {pk: _panel(posters) for pk, posters in found.items()}


def _panel(posters: list[tuple[str, str]]) -> Panel:
    return Panel("intake/_poster_links.html", {"posters": posters})
