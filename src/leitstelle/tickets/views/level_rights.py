"""Rights by level: what each level sees, may do, and solves."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from leitstelle.accounts.choices import LevelRight
from leitstelle.accounts.labels import LEVEL_RIGHT, LEVEL_SIGHT, named
from leitstelle.accounts.policies import can_administer, require, visible_levels
from leitstelle.catalog.labels import name_of
from leitstelle.kernel.web import go, page, toast, viewer_of
from leitstelle.tickets import actions
from leitstelle.tickets.forms import LevelRightsForm


@require_safe
def levels(request: HttpRequest) -> HttpResponse:
    """All levels with what they may not do."""
    viewer = viewer_of(request)
    require(can_administer(viewer))
    rows = visible_levels(viewer).select_related("scheme").prefetch_related("solves__category")
    shown = [
        {
            "level": row,
            "name": name_of(row),
            "scheme": named(row.scheme.name_de, row.scheme.name_en),
            "sees": LEVEL_SIGHT[row.sees],
            "withheld": [LEVEL_RIGHT[right] for right in row.withheld if right in LEVEL_RIGHT],
            "solves": [name_of(one.category) for one in row.solves.all()],
        }
        for row in rows.order_by("scheme_id", "order")
    ]
    return page(request, "tickets/level_rights.html", {"rows": shown})


@require_http_methods(["GET", "POST"])
def level(request: HttpRequest, pk: int) -> HttpResponse:
    """The form of one level's rights."""
    viewer = viewer_of(request)
    require(can_administer(viewer))
    row = get_object_or_404(visible_levels(viewer).select_related("scheme"), pk=pk)
    form = LevelRightsForm(request.POST or None, level=row)
    if request.method == "POST" and form.is_valid():
        rights = form.to_input()
        actions.set_rights_of_level(row, rights, by=viewer, now=timezone.now())
        toast(request, _("Saved"))
        return go(request, reverse("tickets:level-rights"))
    context = {"level": row, "name": name_of(row), "form": form, "all_rights": len(LevelRight)}
    return page(request, "tickets/level_rights_of.html", context, status=422 if form.errors else 200)
