"""Pages of what raises priorities beyond the matrix."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from leitstelle.accounts.policies import require
from leitstelle.catalog import actions, queries
from leitstelle.catalog.forms import ModifierForm
from leitstelle.catalog.labels import name_of
from leitstelle.catalog.models import PriorityModifier
from leitstelle.catalog.policies import can_edit_catalog, visible_modifiers
from leitstelle.kernel.errors import Conflict, DomainError, NotFound
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import go, page, toast, viewer_of
from leitstelle.kernel.web.forms import add_domain_error


@require_safe
def modifiers(request: HttpRequest) -> HttpResponse:
    """All of them in the order in which they count, each in a sentence."""
    viewer = viewer_of(request)
    require(can_edit_catalog(viewer))
    rows = visible_modifiers(viewer).select_related("organisation", "floor", "cap")
    found = list(rows.prefetch_related("impacts", "urgencies", "categories"))
    shown = [(row, queries.told_modifier(row)) for row in found]
    return page(request, "catalog/modifiers.html", {"rows": shown, "name_of": name_of})


@require_http_methods(["GET", "POST"])
def modifier(request: HttpRequest, pk: int = 0) -> HttpResponse:
    """The form of one, new or known."""
    viewer = viewer_of(request)
    require(can_edit_catalog(viewer))
    row = _modifier(viewer, pk) if pk else None
    form = ModifierForm(request.POST or None, modifier=row, viewer=viewer)
    conflict = False
    if request.method == "POST" and form.is_valid():
        try:
            _save(form, row, viewer)
        except Conflict as error:
            form.add_error(None, error.message)
            conflict = True
        except DomainError as error:
            add_domain_error(form, error)
        else:
            toast(request, _("Saved"))
            return go(request, reverse("catalog:modifiers"))
    status = 409 if conflict else 422 if form.errors else 200
    return page(request, "catalog/modifier.html", {"modifier": row, "form": form}, status=status)


@require_POST
def move_modifier(request: HttpRequest, pk: int) -> HttpResponse:
    """Let one change places with its neighbour."""
    viewer = viewer_of(request)
    require(can_edit_catalog(viewer))
    row = _modifier(viewer, pk)
    up = request.POST.get("direction") != "down"
    actions.move_modifier(row, "up" if up else "down", by=viewer, now=timezone.now())
    return go(request, f"{reverse('catalog:modifiers')}#modifier-{row.pk}")


def _save(form: ModifierForm, row: PriorityModifier | None, viewer: Viewer) -> None:
    now = timezone.now()
    if row is None:
        actions.create_modifier(form.to_input(), by=viewer, now=now)
    else:
        version = form.cleaned_data["version"] or 0
        actions.edit_modifier(row, form.to_input(), version=version, by=viewer, now=now)


def _modifier(viewer: Viewer, pk: int) -> PriorityModifier:
    row = visible_modifiers(viewer).filter(pk=pk).first()
    if row is None:
        raise NotFound
    return row
