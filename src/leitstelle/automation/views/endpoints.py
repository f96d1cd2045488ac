"""Administration of what other programs are told, and the log of calls with another try."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from leitstelle.accounts.policies import can_administer
from leitstelle.automation.actions.calls import call_again, set_wish
from leitstelle.automation.choices import CallState
from leitstelle.automation.forms import WishForm
from leitstelle.automation.labels import CALL_STATE, TOLD
from leitstelle.automation.policies import visible_endpoints
from leitstelle.automation.queries import call_of, calls_of, wish_of
from leitstelle.kernel.errors import NotAllowed
from leitstelle.kernel.outbound.actions import drop_former_key
from leitstelle.kernel.outbound.models import Endpoint
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import go, page, toast, viewer_of

CALLS_SHOWN = 30


def _administrator(request: HttpRequest) -> Viewer:
    viewer = viewer_of(request)
    if not can_administer(viewer):
        raise NotAllowed
    return viewer


@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Show the endpoints with what they are told."""
    viewer = _administrator(request)
    rows = visible_endpoints(viewer).select_related("wish").order_by("name", "pk")
    found = [{"endpoint": row, "told": [TOLD[code] for code in _codes(row) if code in TOLD]} for row in rows]
    return page(request, "automation/endpoints.html", {"endpoints": found})


def _codes(endpoint: Endpoint) -> list[str]:
    return list(endpoint.wish.codes) if hasattr(endpoint, "wish") else []


@require_http_methods(["GET", "HEAD", "POST"])
def endpoint(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show and change what an endpoint is told; "again" repeats a call, "drop" ends the key before."""
    viewer = _administrator(request)
    found = get_object_or_404(visible_endpoints(viewer), public_id=public_id)
    if request.method == "POST" and request.POST.get("step") == "again":
        return _again(request, found, viewer)
    if request.method == "POST" and request.POST.get("step") == "drop":
        drop_former_key(found, by=viewer, now=timezone.now())
        return go(request, request.path)
    wish = wish_of(found)
    initial = {"codes": wish.codes, "team": wish.team_id} if wish else {}
    form = WishForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        team = form.cleaned_data["team"]
        set_wish(found, form.cleaned_data["codes"], team=team, by=viewer, now=timezone.now())
        toast(request, _("Saved"))
        return go(request, request.path)
    calls = [
        {
            "call": call,
            "told": TOLD.get(call.code, call.code),
            "state": CALL_STATE[call.state],
            "again": call.state != CallState.WAITING,
        }
        for call in calls_of(found, CALLS_SHOWN)
    ]
    now, until = timezone.now(), found.former_until
    former_until = until if until is not None and until > now else None
    context = {"endpoint": found, "form": form, "calls": calls, "former_until": former_until}
    return page(request, "automation/endpoint.html", context, status=422 if form.errors else 200)


def _again(request: HttpRequest, found: Endpoint, viewer: Viewer) -> HttpResponse:
    try:
        row = call_of(found, UUID(request.POST.get("call", "")))
    except ValueError:
        row = None
    if row is not None:
        call_again(row, by=viewer, now=timezone.now())
        toast(request, _("It is told once more."))
    return go(request, request.path)
