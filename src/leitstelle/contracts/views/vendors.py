"""Administration of vendors and their contracts."""

from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from leitstelle.accounts.policies import require
from leitstelle.assets.labels import name_of
from leitstelle.contracts import actions, policies
from leitstelle.contracts.forms.vendors import ContractForm, VendorForm
from leitstelle.contracts.models import UnderpinningContract, Vendor
from leitstelle.kernel.errors import Conflict, DomainError
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import go, page, toast, viewer_of
from leitstelle.kernel.web.forms import add_domain_error

Form = VendorForm | ContractForm


@require_safe
def vendors(request: HttpRequest) -> HttpResponse:
    """All vendors with how many contracts hold today."""
    viewer = viewer_of(request)
    require(policies.can_keep_vendors(viewer))
    today = timezone.localdate()
    holding = Q(valid_from__lte=today) & (Q(valid_until__isnull=True) | Q(valid_until__gte=today))
    held = list(policies.visible_contracts(viewer).filter(holding).values_list("vendor_id", flat=True))
    rows = [(row, held.count(row.pk)) for row in policies.visible_vendors(viewer)]
    return page(request, "contracts/vendors.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
def vendor(request: HttpRequest, public_id: UUID | None = None) -> HttpResponse:
    """The form of a vendor, new or known, with its contracts."""
    viewer = viewer_of(request)
    require(policies.can_keep_vendors(viewer))
    row = get_object_or_404(policies.visible_vendors(viewer), public_id=public_id) if public_id else None
    form = VendorForm(request.POST or None, vendor=row)
    differences: list[tuple[str, str, str]] = []
    if request.method == "POST" and form.is_valid():
        try:
            saved = _save_vendor(form, row, viewer)
        except Conflict as error:
            differences = _both(form, error, row)
        except DomainError as error:
            add_domain_error(form, error)
        else:
            toast(request, _("Saved"))
            return go(request, _vendor_url(saved) if row is None else reverse("contracts:vendors"))
    contracts = row.contracts.select_related("calendar", "organisation", "device_kind") if row else []
    context = {
        "vendor": row,
        "form": form,
        "contracts": contracts,
        "differences": differences,
        "today": timezone.localdate(),
        "name_of": name_of,
    }
    return page(request, "contracts/vendor.html", context, status=_status(form, differences))


def _save_vendor(form: VendorForm, row: Vendor | None, viewer: Viewer) -> Vendor:
    now = timezone.now()
    if row is None:
        return actions.add_vendor(form.to_input(), by=viewer, now=now)
    version = form.cleaned_data["version"] or 0
    return actions.change_vendor(row, form.to_input(), version=version, by=viewer, now=now)


@require_http_methods(["GET", "POST"])
def contract(request: HttpRequest, public_id: UUID, contract_id: UUID | None = None) -> HttpResponse:
    """The form of a contract, new or known."""
    viewer = viewer_of(request)
    require(policies.can_keep_vendors(viewer))
    owner = get_object_or_404(policies.visible_vendors(viewer), public_id=public_id)
    rows = policies.visible_contracts(viewer).filter(vendor=owner)
    row = get_object_or_404(rows, public_id=contract_id) if contract_id else None
    form = ContractForm(request.POST or None, viewer=viewer, contract=row)
    differences: list[tuple[str, str, str]] = []
    if request.method == "POST" and form.is_valid():
        try:
            _save_contract(form, owner, row, viewer)
        except Conflict as error:
            differences = _both(form, error, row)
        except DomainError as error:
            add_domain_error(form, error)
        else:
            toast(request, _("Saved"))
            return go(request, _vendor_url(owner))
    context = {
        "vendor": owner,
        "vendor_url": _vendor_url(owner),
        "contract": row,
        "form": form,
        "differences": differences,
    }
    return page(request, "contracts/contract.html", context, status=_status(form, differences))


def _save_contract(
    form: ContractForm, owner: Vendor, row: UnderpinningContract | None, viewer: Viewer
) -> None:
    now = timezone.now()
    if row is None:
        actions.add_contract(owner, form.to_input(), by=viewer, now=now)
        return
    version = form.cleaned_data["version"] or 0
    actions.change_contract(row, form.to_input(), version=version, by=viewer, now=now)


def _vendor_url(row: Vendor) -> str:
    return reverse("contracts:vendor", args=[row.public_id])


def _status(form: Form, differences: list[tuple[str, str, str]]) -> int:
    return 409 if differences else 422 if form.errors else 200


def _both(
    form: Form, error: Conflict, row: Vendor | UnderpinningContract | None
) -> list[tuple[str, str, str]]:
    """(field, theirs, ours) of a conflict; the next try counts from the version of now."""
    form.add_error(None, error.message)
    values = QueryDict(mutable=True)
    values.update(form.data)
    values["version"] = str(row.version if row else 0)
    form.data = values
    theirs, ours = error.params["theirs"], error.params["ours"]
    names = {name: str(field.label) for name, field in form.fields.items()}
    names |= {name.replace("_hours", "_seconds"): label for name, label in names.items()}
    return [
        (names.get(name.removesuffix("_id"), name), str(theirs[name] or ""), str(ours[name] or ""))
        for name in theirs
    ]
