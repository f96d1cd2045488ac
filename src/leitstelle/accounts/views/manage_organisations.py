"""Organisations with their domains and sites."""

from uuid import UUID

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from leitstelle.accounts import actions, labels, policies
from leitstelle.accounts.forms.structure import OrganisationForm, SiteForm
from leitstelle.accounts.models import Organisation
from leitstelle.accounts.views.finding import both_values, one, set_value
from leitstelle.kernel.errors import Conflict, DomainError
from leitstelle.kernel.search import sort_key
from leitstelle.kernel.web import go, page, toast, viewer_of
from leitstelle.kernel.web.forms import add_domain_error
from leitstelle.kernel.web.paging import keyset


@require_safe
def organisations(request: HttpRequest) -> HttpResponse:
    """All customers and departments by name."""
    viewer = viewer_of(request)
    policies.require(policies.can_administer(viewer))
    typed = request.GET.get("q", "").strip()
    rows = policies.visible_organisations(viewer).select_related("parent").prefetch_related("domains")
    rows = rows.annotate(head_count=Count("people", filter=Q(people__is_active=True)))
    if typed:
        rows = rows.filter(
            Q(sort_name__contains=sort_key(typed)) | Q(domains__domain__contains=typed.lower())
        ).distinct()
    found = keyset(rows, ["sort_name"], request.GET.get("after"), request.GET.get("before"), 50)
    context = {"page": found, "q": typed, "kinds": labels.ORGANISATION_KINDS}
    return page(request, "accounts/admin/organisations.html", context)


@require_http_methods(["GET", "POST"])
def organisation_new(request: HttpRequest) -> HttpResponse:
    """A form for a new customer."""
    policies.require(policies.can_administer(viewer_of(request)))
    return _form(request, None)


@require_http_methods(["GET", "POST"])
def organisation(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The form of an organisation, with its sites."""
    viewer = viewer_of(request)
    policies.require(policies.can_administer(viewer))
    return _form(request, one(policies.visible_organisations(viewer), public_id=public_id))


def _form(request: HttpRequest, row: Organisation | None) -> HttpResponse:
    viewer, now = viewer_of(request), timezone.now()
    form = OrganisationForm(request.POST or None, organisation=row)
    differences: list[tuple[str, str, str]] = []
    if request.method == "POST" and form.is_valid():
        try:
            if row is None:
                row = actions.create_organisation(form.to_input(), by=viewer, now=now)
            else:
                version = form.cleaned_data["version"] or 0
                actions.edit_organisation(row, form.to_input(), version=version, by=viewer, now=now)
        except Conflict as error:
            form.add_error(None, error.message)
            differences = both_values(error, {name: str(field.label) for name, field in form.fields.items()})
            set_value(form, "version", row.version if row else 0)
        except DomainError as error:
            _place(form, error)
        else:
            toast(request, _("Saved"))
            return go(request, _url(row))
    sites = row.sites.filter(is_active=True) if row else []
    context = {"organisation": row, "form": form, "sites": sites, "differences": differences}
    status = 409 if differences else 422 if form.errors else 200
    return page(request, "accounts/admin/organisation.html", context, status=status)


def _place(form: OrganisationForm, error: DomainError) -> None:
    texts = [text for name, text in error.fields.items() if name.startswith("domains-")]
    if texts:
        form.add_error("domains", texts[0])
    else:
        add_domain_error(form, error)


@require_POST
def active(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Deactivate or reactivate an organisation, as the form says."""
    viewer = viewer_of(request)
    row = one(policies.visible_organisations(viewer), public_id=public_id)
    if request.POST.get("active") == "1":
        actions.reactivate_organisation(row, by=viewer, now=timezone.now())
    else:
        actions.deactivate_organisation(row, by=viewer, now=timezone.now())
    toast(request, _("Saved"))
    return go(request, _url(row))


@require_http_methods(["GET", "POST"])
def site(request: HttpRequest, public_id: UUID, site_id: UUID | None = None) -> HttpResponse:
    """The form of a site, new or known."""
    viewer = viewer_of(request)
    policies.require(policies.can_administer(viewer))
    row = one(policies.visible_organisations(viewer), public_id=public_id)
    known = one(row.sites.all(), public_id=site_id) if site_id else None
    form = SiteForm(request.POST or None, site=known)
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_site(row, form.to_input(), site=known, by=viewer, now=timezone.now())
        except DomainError as error:
            add_domain_error(form, error)
        else:
            toast(request, _("Saved"))
            return go(request, _url(row))
    context = {"organisation": row, "site": known, "form": form}
    return page(request, "accounts/admin/site.html", context, status=422 if form.errors else 200)


@require_POST
def site_remove(request: HttpRequest, public_id: UUID, site_id: UUID) -> HttpResponse:
    """Take a site out of the choice lists."""
    viewer = viewer_of(request)
    row = one(policies.visible_organisations(viewer), public_id=public_id)
    actions.remove_site(one(row.sites.all(), public_id=site_id), by=viewer, now=timezone.now())
    toast(request, _("The site was removed."))
    return go(request, _url(row))


def _url(row: Organisation) -> str:
    return reverse("accounts:admin-organisation", args=[row.public_id])
