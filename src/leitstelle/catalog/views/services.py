"""Pages of the services."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from leitstelle.accounts.policies import require
from leitstelle.catalog import actions
from leitstelle.catalog.forms import ServiceForm
from leitstelle.catalog.labels import branch_name, name_of
from leitstelle.catalog.models import Service
from leitstelle.catalog.policies import can_edit_catalog, visible_services
from leitstelle.kernel.errors import Conflict, DomainError, NotFound
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import go, page, toast, viewer_of
from leitstelle.kernel.web.forms import add_domain_error


@require_safe
def services(request: HttpRequest) -> HttpResponse:
    """All of them with what they are for."""
    viewer = viewer_of(request)
    require(can_edit_catalog(viewer))
    rows = visible_services(viewer).prefetch_related("categories__parent", "organisations")
    shown = [
        (
            row,
            ", ".join(branch_name(one) for one in row.categories.all()),
            ", ".join(one.name for one in row.organisations.all()),
        )
        for row in sorted(rows, key=name_of)
    ]
    return page(request, "catalog/services.html", {"rows": shown, "name_of": name_of})


@require_http_methods(["GET", "POST"])
def service(request: HttpRequest, pk: int = 0) -> HttpResponse:
    """The form of one, new or known."""
    viewer = viewer_of(request)
    require(can_edit_catalog(viewer))
    row = visible_services(viewer).filter(pk=pk).first() if pk else None
    if pk and row is None:
        raise NotFound
    form = ServiceForm(request.POST or None, service=row, viewer=viewer)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            _save(form, row, viewer)
        except Conflict as error:
            form.add_error(None, error.message)
            status = 409
        except DomainError as error:
            add_domain_error(form, error)
        else:
            toast(request, _("Saved"))
            return go(request, reverse("catalog:services"))
    if form.errors and status == 200:
        status = 422
    return page(request, "catalog/service.html", {"service": row, "form": form}, status=status)


def _save(form: ServiceForm, row: Service | None, viewer: Viewer) -> None:
    now = timezone.now()
    if row is None:
        actions.create_service(form.to_input(), by=viewer, now=now)
    else:
        version = form.cleaned_data["version"] or 0
        actions.edit_service(row, form.to_input(), version=version, by=viewer, now=now)
