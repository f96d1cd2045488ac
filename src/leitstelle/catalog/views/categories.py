"""Pages of the category tree."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from leitstelle.accounts.policies import require
from leitstelle.catalog import actions, queries
from leitstelle.catalog.forms import CategoryForm
from leitstelle.catalog.models import Category
from leitstelle.catalog.policies import can_edit_catalog, visible_categories
from leitstelle.kernel.errors import Conflict, DomainError, NotFound
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import go, page, toast, viewer_of
from leitstelle.kernel.web.forms import add_domain_error


@require_safe
def categories(request: HttpRequest) -> HttpResponse:
    """The whole tree, switched-off branches included."""
    require(can_edit_catalog(viewer_of(request)))
    return page(request, "catalog/categories.html", {"nodes": queries.flat_categories(inactive=True)})


@require_http_methods(["GET", "POST"])
def category(request: HttpRequest, pk: int = 0) -> HttpResponse:
    """The form of a category, new or known."""
    viewer = viewer_of(request)
    require(can_edit_catalog(viewer))
    row = _category(viewer, pk) if pk else None
    above = request.GET.get("below", "")
    form = CategoryForm(
        request.POST or None, category=row, parent_id=int(above) if above.isdecimal() else None
    )
    differences: list[tuple[str, str, str]] = []
    if request.method == "POST" and form.is_valid():
        try:
            _save(form, row, viewer)
        except Conflict as error:
            form.add_error(None, error.message)
            differences = _both(form, error)
        except DomainError as error:
            add_domain_error(form, error)
        else:
            toast(request, _("Saved"))
            return go(request, reverse("catalog:categories"))
    status = 409 if differences else 422 if form.errors else 200
    context = {"category": row, "form": form, "differences": differences}
    return page(request, "catalog/category.html", context, status=status)


def _save(form: CategoryForm, row: Category | None, viewer: Viewer) -> None:
    now = timezone.now()
    if row is None:
        actions.create_category(form.to_input(), by=viewer, now=now)
    else:
        version = form.cleaned_data["version"] or 0
        actions.edit_category(row, form.to_input(), version=version, by=viewer, now=now)


def _both(form: CategoryForm, error: Conflict) -> list[tuple[str, str, str]]:
    theirs, ours = error.params["theirs"], error.params["ours"]
    shown = [name for name in theirs if name in form.fields]
    return [(str(form.fields[name].label), str(theirs[name]), str(ours[name])) for name in shown] or [
        (str(form.fields["parent"].label), "…", "…")
    ]


@require_POST
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a category change places with its neighbour."""
    viewer = viewer_of(request)
    direction = "down" if request.POST.get("direction") == "down" else "up"
    row = _category(viewer, pk)
    actions.move_category(row, "down" if direction == "down" else "up", by=viewer, now=timezone.now())
    return go(request, f"{reverse('catalog:categories')}#category-{row.pk}")


@require_POST
def active(request: HttpRequest, pk: int) -> HttpResponse:
    """Switch a category off or on, as the form says."""
    viewer = viewer_of(request)
    row = _category(viewer, pk)
    change = actions.reactivate_category if request.POST.get("active") == "1" else actions.deactivate_category
    change(row, by=viewer, now=timezone.now())
    toast(request, _("Saved"))
    return go(request, f"{reverse('catalog:categories')}#category-{row.pk}")


def _category(viewer: Viewer, pk: int) -> Category:
    row = visible_categories(viewer).filter(pk=pk).first()
    if row is None:
        raise NotFound
    return row
