"""Schemes of levels: choose the default, rename, make one's own."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from leitstelle.accounts import actions, policies
from leitstelle.accounts.forms.structure import LevelForms, SchemeForm, scheme_input, scheme_name
from leitstelle.accounts.labels import named
from leitstelle.accounts.models import LevelScheme
from leitstelle.accounts.views.finding import one
from leitstelle.kernel.errors import DomainError
from leitstelle.kernel.web import go, page, toast, viewer_of
from leitstelle.kernel.web.forms import add_domain_error


@require_safe
def schemes(request: HttpRequest) -> HttpResponse:
    """All schemes with their levels."""
    viewer = viewer_of(request)
    policies.require(policies.can_administer(viewer))
    rows = policies.visible_level_schemes(viewer).prefetch_related("levels").order_by("id")
    shown = [
        (row, scheme_name(row), [named(level.name_de, level.name_en) for level in row.levels.all()])
        for row in rows
    ]
    return page(request, "accounts/admin/levels.html", {"rows": shown})


@require_http_methods(["GET", "POST"])
def scheme(request: HttpRequest, key: str = "") -> HttpResponse:
    """The form of a scheme, new or known."""
    viewer = viewer_of(request)
    policies.require(policies.can_administer(viewer))
    row = one(policies.visible_level_schemes(viewer), key=key) if key else None
    names = {"name_de": row.name_de, "name_en": row.name_en} if row else {}
    form = SchemeForm(request.POST or None, initial=names)
    levels = LevelForms(request.POST or None, prefix="levels", initial=_levels(row))
    if request.method == "POST" and form.is_valid() and levels.is_valid():
        new = scheme_input(form, levels.inputs())
        try:
            if row is None:
                actions.create_level_scheme(new, by=viewer, now=timezone.now())
            else:
                actions.edit_level_scheme(row, new, by=viewer, now=timezone.now())
        except DomainError as error:
            add_domain_error(form, error)
            for text in error.fields.values():
                form.add_error(None, text)
        else:
            toast(request, _("Saved"))
            return go(request, reverse("accounts:admin-levels"))
    status = 422 if form.errors or any(levels.errors) else 200
    context = {"scheme": row, "form": form, "levels": levels}
    return page(request, "accounts/admin/level.html", context, status=status)


def _levels(row: LevelScheme | None) -> list[dict[str, Any]]:
    if row is None:
        return []
    return [
        {
            "key": level.key,
            "name_de": level.name_de,
            "name_en": level.name_en,
            "short": level.short,
            "ORDER": level.order,
        }
        for level in row.levels.all()
    ]


@require_POST
def default(request: HttpRequest, key: str) -> HttpResponse:
    """Make a scheme the one of the house."""
    viewer = viewer_of(request)
    row = one(policies.visible_level_schemes(viewer), key=key)
    actions.choose_default_level_scheme(row, by=viewer, now=timezone.now())
    toast(request, _("Saved"))
    return go(request, reverse("accounts:admin-levels"))
