"""Administration of customers' contracts."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from leitstelle.accounts.policies import require, visible_organisations
from leitstelle.catalog.labels import name_of
from leitstelle.contracts import actions, policies
from leitstelle.contracts.forms.customers import CustomerContractForm, EndForm, NewCustomerContractForm
from leitstelle.contracts.models import CustomerContract
from leitstelle.contracts.queries import newest_versions
from leitstelle.kernel.errors import DomainError, NotFound
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import collect, go, page, toast, viewer_of
from leitstelle.kernel.web.forms import add_domain_error


@require_safe
def customer_contracts(request: HttpRequest) -> HttpResponse:
    """All contracts of customers, by customer."""
    viewer = viewer_of(request)
    require(policies.can_keep_customer_contracts(viewer))
    contracts = policies.visible_customer_contracts(viewer).select_related("organisation")
    rows = list(contracts.order_by("organisation__name", "number", "pk"))
    newest = newest_versions(rows)
    context = {"rows": [(row, newest[row.pk]) for row in rows], "today": timezone.localdate()}
    return page(request, "contracts/customer_contracts.html", context | {"name_of": name_of})


@require_http_methods(["GET", "POST"])
def customer_contract_new(request: HttpRequest) -> HttpResponse:
    """The form of a new contract; `?organisation=` chooses the customer."""
    viewer = viewer_of(request)
    require(policies.can_keep_customer_contracts(viewer))
    initial = {"valid_from": timezone.localdate(), "organisation": _asked_for(request, viewer)}
    form = NewCustomerContractForm(request.POST or None, viewer=viewer, initial=initial)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["organisation"]
        try:
            made = actions.add_customer_contract(chosen, form.to_input(), by=viewer, now=timezone.now())
        except DomainError as error:
            add_domain_error(form, error)
        else:
            toast(request, _("Saved"))
            return go(request, reverse("contracts:customer-contract", args=[made.public_id]))
    context = {"form": form, "contract": None}
    return page(request, "contracts/customer_contract.html", context, status=422 if form.errors else 200)


def _asked_for(request: HttpRequest, viewer: Viewer) -> int | None:
    try:
        wanted = UUID(request.GET.get("organisation", ""))
    except ValueError:
        return None
    return visible_organisations(viewer).filter(public_id=wanted).values_list("pk", flat=True).first()


@require_http_methods(["GET", "POST"])
def customer_contract(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A contract with its versions and the agreements for it; saving writes the next version."""
    viewer = viewer_of(request)
    require(policies.can_keep_customer_contracts(viewer))
    row = _contract_or_404(viewer, public_id)
    form = CustomerContractForm(request.POST or None, contract=row, version=newest_versions([row])[row.pk])
    if request.method == "POST" and form.is_valid():
        seen, now = form.cleaned_data["seen"] or 0, timezone.now()
        try:
            actions.change_customer_contract(row, form.to_input(), seen=seen, by=viewer, now=now)
        except DomainError as error:
            add_domain_error(form, error)
        else:
            toast(request, _("Saved"))
            return go(request, reverse("contracts:customer-contract", args=[row.public_id]))
    return _contract_page(request, viewer, row, form, None)


@require_POST
def customer_contract_end(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let a contract end with a day."""
    viewer = viewer_of(request)
    require(policies.can_keep_customer_contracts(viewer))
    row = _contract_or_404(viewer, public_id)
    form = EndForm(request.POST)
    if form.is_valid():
        seen, day = form.cleaned_data["seen"], form.cleaned_data["valid_until"]
        try:
            actions.end_customer_contract(row, day, seen=seen, by=viewer, now=timezone.now())
        except DomainError as error:
            add_domain_error(form, error)
        else:
            toast(request, _("Contract ends"))
            return go(request, reverse("contracts:customer-contract", args=[row.public_id]))
    known = CustomerContractForm(contract=row, version=newest_versions([row])[row.pk])
    return _contract_page(request, viewer, row, known, form)


def _contract_or_404(viewer: Viewer, public_id: UUID) -> CustomerContract:
    rows = policies.visible_customer_contracts(viewer).select_related("organisation")
    row = get_object_or_404(rows, public_id=public_id)
    if not row.versions.exists():
        raise NotFound
    return row


def _contract_page(
    request: HttpRequest,
    viewer: Viewer,
    row: CustomerContract,
    form: CustomerContractForm,
    ending: EndForm | None,
) -> HttpResponse:
    versions = list(row.versions.order_by("-number").prefetch_related("categories"))
    newest, today = versions[0], timezone.localdate()
    context = {
        "contract": row,
        "form": form,
        "end_form": ending or EndForm(initial={"seen": newest.number, "valid_until": today}),
        "can_end": newest.valid_until is None or newest.valid_until >= today,
        "versions": versions,
        "name_of": name_of,
        "panels": collect("customer_contract.main", viewer, [row])[row.pk],
    }
    wrong = form.errors or (ending is not None and ending.errors)
    return page(request, "contracts/customer_contract.html", context, status=422 if wrong else 200)
