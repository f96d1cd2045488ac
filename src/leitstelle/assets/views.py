"""Pages of devices: the list, one device, its form, and the portal's list of one's own."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from leitstelle.accounts.models import Person
from leitstelle.accounts.policies import require, visible_organisations, visible_people
from leitstelle.accounts.queries import history, search_people
from leitstelle.assets import actions, labels, policies, queries
from leitstelle.assets.choices import AssetStatus
from leitstelle.assets.forms import AssetForm, FilterForm, HandOverForm
from leitstelle.assets.models import Asset, AssetUser
from leitstelle.kernel.errors import Conflict, DomainError, NotFound
from leitstelle.kernel.events import Subject
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import collect, go, page, toast, viewer_of
from leitstelle.kernel.web.forms import add_domain_error
from leitstelle.kernel.web.paging import keyset, without_cursor

PAGE_SIZE = 50
CANDIDATES = 8


@require_safe
def devices(request: HttpRequest) -> HttpResponse:
    """All visible devices by name; searched by name, number, model, place and person."""
    viewer = viewer_of(request)
    require(viewer.is_agent)
    form = FilterForm(request.GET)
    form.is_valid()
    rows = _narrowed(policies.visible_assets(viewer), form.cleaned_data).select_related(
        "kind", "organisation", "site"
    )
    rows = rows.prefetch_related(_main_users())
    found = keyset(rows, ["sort_name"], request.GET.get("after"), request.GET.get("before"), PAGE_SIZE)
    context = {
        "form": form,
        "page": found,
        "query": without_cursor(request.GET),
        "status_names": labels.STATUS,
        "name_of": labels.name_of,
        "can": {"add": policies.can_add_asset(viewer)},
    }
    return page(request, "assets/list.html", context, fragment="assets/_list.html")


def _narrowed(rows: QuerySet[Asset], wanted: dict[str, Any]) -> QuerySet[Asset]:
    status = wanted.get("status", "")
    if not status:
        rows = rows.exclude(status=AssetStatus.RETIRED)
    elif status != "all":
        rows = rows.filter(status=status)
    if wanted.get("kind"):
        rows = rows.filter(kind_id=wanted["kind"])
    if wanted.get("organisation"):
        rows = rows.filter(organisation__public_id=wanted["organisation"])
    return queries.matching(rows, wanted.get("q", ""))


def _main_users() -> Prefetch[str]:
    mains = AssetUser.objects.filter(is_main=True).select_related("person")
    return Prefetch("used_by", mains, to_attr="main_uses")


@require_safe
def device(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One device: facts, who uses it, its tickets, what happened to it."""
    viewer = viewer_of(request)
    require(viewer.is_agent)
    return _device_page(request, _visible(viewer, public_id), HandOverForm())


def _device_page(
    request: HttpRequest,
    asset: Asset,
    form: HandOverForm,
    candidates: list[Person] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    viewer = viewer_of(request)
    uses = list(asset.used_by.select_related("person__organisation"))
    seen = set(
        visible_people(viewer).filter(pk__in=[use.person_id for use in uses]).values_list("pk", flat=True)
    )
    context = {
        "asset": asset,
        "kind_name": labels.name_of(asset.kind),
        "status_name": labels.STATUS[asset.status],
        "uses": [(use, use.person_id in seen) for use in uses],
        "panels": collect("asset.page", viewer, [asset])[asset.pk],
        "happened": history(Subject(actions.KIND, asset.pk)),
        "form": form,
        "candidates": candidates or [],
        "today": timezone.localdate(),
        "can": {"keep": policies.can_keep_asset(viewer, asset)},
    }
    return page(request, "assets/device.html", context, status=status)


def _visible(viewer: Viewer, public_id: UUID) -> Asset:
    rows = policies.visible_assets(viewer).select_related("kind", "organisation", "site")
    asset = rows.filter(public_id=public_id).first()
    if asset is None:
        raise NotFound
    return asset


@require_http_methods(["GET", "POST"])
def new_device(request: HttpRequest) -> HttpResponse:
    """The form of a new device; `?person=` and `?organisation=` (public ids) say whose it will be."""
    viewer = viewer_of(request)
    require(policies.can_add_asset(viewer))
    return _form(request, None, _owner(request, viewer))


@require_http_methods(["GET", "POST"])
def change_device(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The form of a known device."""
    viewer = viewer_of(request)
    require(viewer.is_agent)
    asset = _visible(viewer, public_id)
    require(policies.can_keep_asset(viewer, asset))
    return _form(request, asset, None)


def _owner(request: HttpRequest, viewer: Viewer) -> Person | None:
    """The person whose page the new device was asked for on, if the viewer sees them."""
    try:
        wanted = UUID(request.GET.get("person", ""))
    except ValueError:
        return None
    return visible_people(viewer).filter(public_id=wanted).first()


def _form(request: HttpRequest, asset: Asset | None, owner: Person | None) -> HttpResponse:
    viewer = viewer_of(request)
    given = (
        {"organisation": owner.organisation_id, "site": owner.site_id} if owner else _given(request, viewer)
    )
    form = AssetForm(request.POST or None, viewer=viewer, asset=asset, **given)
    differences: list[tuple[str, str, str]] = []
    if request.method == "POST" and form.is_valid():
        try:
            asset = _save(form, asset, owner, viewer)
        except Conflict as error:
            form.add_error(None, error.message)
            differences = _both(form, error)
            _show_version(form, asset.version if asset else 0)
        except DomainError as error:
            add_domain_error(form, error)
        else:
            toast(request, _("Saved"))
            return go(request, device_url(asset))
    context = {"asset": asset, "form": form, "differences": differences, "owner": owner}
    status = 409 if differences else 422 if form.errors else 200
    return page(request, "assets/form.html", context, status=status)


def _given(request: HttpRequest, viewer: Viewer) -> dict[str, Any]:
    try:
        wanted = UUID(request.GET.get("organisation", ""))
    except ValueError:
        return {}
    row = visible_organisations(viewer).filter(public_id=wanted).first()
    return {"organisation": row.pk} if row else {}


def _save(form: AssetForm, asset: Asset | None, owner: Person | None, viewer: Viewer) -> Asset:
    now = timezone.now()
    if asset is not None:
        version = form.cleaned_data["version"] or 0
        return actions.change_asset(asset, form.to_input(), version=version, by=viewer, now=now)
    asset = actions.add_asset(form.to_input(), by=viewer, now=now)
    if owner is not None:
        actions.hand_to(asset, owner, by=viewer, now=now)
    return asset


def _show_version(form: AssetForm, version: int) -> None:
    """Who has seen both values may decide: the next try counts from the version of now."""
    values = QueryDict(mutable=True)
    values.update(form.data)
    values["version"] = str(version)
    form.data = values


def _both(form: AssetForm, error: Conflict) -> list[tuple[str, str, str]]:
    theirs, ours = error.params["theirs"], error.params["ours"]
    shown = {name: name.removesuffix("_id") for name in theirs if name.removesuffix("_id") in form.fields}
    return [
        (str(form.fields[field].label), str(theirs[name] or ""), str(ours[name] or ""))
        for name, field in shown.items()
    ]


@require_POST
def hand_over(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Give the device to somebody; several people with that name are offered to choose from."""
    viewer = viewer_of(request)
    require(viewer.is_agent)
    asset = _visible(viewer, public_id)
    require(policies.can_keep_asset(viewer, asset))
    form = HandOverForm(request.POST)
    found = _people(form, viewer) if form.is_valid() else []
    if len(found) != 1:
        form.add_error("person", _("Please choose the person below.") if found else labels.NOBODY_FITS)
        return _device_page(request, asset, form, found, status=422)
    actions.hand_to(
        asset, found[0], is_main=form.cleaned_data["how"] != "beside", by=viewer, now=timezone.now()
    )
    toast(request, _("%(person)s uses the device now.") % {"person": found[0].display_name})
    return go(request, device_url(asset))


def _people(form: HandOverForm, viewer: Viewer) -> list[Person]:
    if form.cleaned_data["chosen"]:
        return list(visible_people(viewer).filter(public_id=form.cleaned_data["chosen"], is_active=True))
    return search_people(viewer, form.cleaned_data["person"], limit=CANDIDATES)


@require_POST
def take_back(request: HttpRequest, public_id: UUID, person_id: UUID) -> HttpResponse:
    """Note that somebody gave the device back."""
    viewer = viewer_of(request)
    require(viewer.is_agent)
    asset = _visible(viewer, public_id)
    use = asset.used_by.filter(person__public_id=person_id).select_related("person").first()
    if use is None:
        raise NotFound
    actions.take_back(asset, use.person, by=viewer, now=timezone.now())
    toast(request, _("Taken back"))
    return go(request, device_url(asset))


@require_POST
def retire(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take the device out of service, or put it back in stock, as the form says."""
    viewer = viewer_of(request)
    require(viewer.is_agent)
    asset = _visible(viewer, public_id)
    change = actions.bring_back if request.POST.get("back") == "1" else actions.retire_asset
    change(asset, by=viewer, now=timezone.now())
    toast(request, _("Saved"))
    return go(request, device_url(asset))


@login_required
@require_safe
def own_devices(request: HttpRequest) -> HttpResponse:
    """What the person signed in works with, in the portal."""
    viewer = viewer_of(request)
    assert viewer.person_id is not None
    found = queries.devices_of(viewer, [viewer.person_id])[viewer.person_id]
    rows = [(asset, labels.name_of(asset.kind)) for asset in found]
    return page(request, "assets/own.html", {"rows": rows})


def device_url(asset: Asset) -> str:
    """The address of a device's page."""
    return reverse("assets:device", args=[asset.public_id])
