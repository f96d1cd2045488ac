"""Posters for walk-in places and devices: a QR code that opens the portal's form, filled in as far as it can be."""

from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from leitstelle.accounts.policies import visible_sites
from leitstelle.accounts.queries import brand_for
from leitstelle.assets.policies import visible_assets
from leitstelle.intake.views.quarantine import need_agent
from leitstelle.kernel.qr import TooLong, qr_path
from leitstelle.kernel.web import render


@require_safe
def of_site(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The poster of a site."""
    sites = visible_sites(need_agent(request)).select_related("organisation")
    site = sites.filter(public_id=public_id).first()
    if site is None:
        raise Http404
    place = f"{site.organisation.name}, {site.name}"
    return _poster(request, site.name, site.organisation.name, site.organisation_id, {"place": place[:120]})


@require_safe
def of_device(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The poster of a device."""
    assets = visible_assets(need_agent(request)).select_related("site", "organisation")
    asset = assets.filter(public_id=public_id).first()
    if asset is None:
        raise Http404
    told = {"device": (asset.inventory_number or asset.name)[:80]}
    where = ", ".join(filter(None, (asset.site.name if asset.site else "", asset.location)))
    if where:
        told["place"] = where[:120]
    return _poster(request, asset.name, where, asset.organisation_id, told)


def _poster(
    request: HttpRequest, name: str, below: str, organisation_id: int | None, told: dict[str, str]
) -> HttpResponse:
    base = settings.BASE_URL or request.build_absolute_uri("/").rstrip("/")
    portal = f"{base}{reverse('portal:report')}"
    try:
        path, side = qr_path(f"{portal}?{urlencode(told)}")
    except TooLong:  # names in many bytes: without what can be typed
        path, side = qr_path(portal)
    context = {"name": name, "below": below, "path": path, "side": side, "address": portal}
    return render(request, "intake/poster.html", {**context, "brand": brand_for(organisation_id)})
