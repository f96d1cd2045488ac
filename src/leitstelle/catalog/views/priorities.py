"""Pages of the priority matrix: of the house or a customer, in all, for a branch or for a service."""

from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from leitstelle.accounts.models import Organisation
from leitstelle.accounts.policies import require, visible_organisations
from leitstelle.catalog import actions, queries, rules
from leitstelle.catalog.forms import MatrixForm, cell_name
from leitstelle.catalog.labels import name_of
from leitstelle.catalog.models import Category, Service
from leitstelle.catalog.policies import can_edit_catalog, visible_categories, visible_services
from leitstelle.kernel.errors import Conflict, DomainError, NotFound
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import collect, go, page, render, toast, viewer_of
from leitstelle.kernel.web.forms import add_domain_error


@dataclass(frozen=True)
class Place:
    """Whose matrix a page shows."""

    organisation: Organisation | None
    category: Category | None = None
    service: Service | None = None

    @property
    def scope(self) -> rules.Scope:
        return rules.Scope(
            self.organisation.pk if self.organisation else None,
            self.category.pk if self.category else None,
            self.service.pk if self.service else None,
        )

    def url(self, name: str) -> str:
        args = [self.organisation.public_id] if self.organisation else []
        address = reverse(f"catalog:{name}-of" if args else f"catalog:{name}", args=args)
        part = self.category or self.service
        return f"{address}?{urlencode({'part': self.part})}" if part else address

    @property
    def part(self) -> str:
        """What the page's list of branches and services calls it."""
        if self.service is not None:
            return f"s{self.service.pk}"
        return f"c{self.category.pk}" if self.category is not None else ""


@require_http_methods(["GET", "POST"])
def priorities(request: HttpRequest, public_id: UUID | None = None) -> HttpResponse:
    """Show and change a matrix; who only looks gets what it would change."""
    viewer = viewer_of(request)
    place = _place(request, viewer, public_id)
    cells = _matrix(place.scope)
    form = MatrixForm(request.POST or None, cells=cells, seen=rules.matrix_version(cells))
    differences: list[tuple[str, str, str]] = []
    looks = request.POST.get("do") == "look"
    if request.method == "POST" and form.is_valid() and not looks:
        try:
            _save(form, place, viewer)
        except Conflict as error:
            form.add_error(None, error.message)
            differences = _cells_of(form, error)
            form = _seen_now(request, form, cells)
        except DomainError as error:
            add_domain_error(form, error)
        else:
            toast(request, _("Saved"))
            return go(request, place.url("priorities"))
    status = 409 if differences else 422 if form.errors and not looks else 200
    context = _context(viewer, place, form, differences)
    return page(request, "catalog/priorities.html", context, status=status)


@require_POST
def preview(request: HttpRequest, public_id: UUID | None = None) -> HttpResponse:
    """Say what a matrix that is being edited would change; nothing is stored."""
    viewer = viewer_of(request)
    place = _place(request, viewer, public_id)
    cells = _matrix(place.scope)
    form = MatrixForm(request.POST, cells=cells, seen=rules.matrix_version(cells))
    form.is_valid()
    return render(request, "catalog/_matrix_effect.html", _effect(viewer, place, form))


@require_POST
def reset(request: HttpRequest, public_id: UUID | None = None) -> HttpResponse:
    """Let a customer follow the house again, or a branch the whole."""
    viewer = viewer_of(request)
    place = _place(request, viewer, public_id)
    actions.reset_priority_matrix(
        place.organisation, category=place.category, service=place.service, by=viewer, now=timezone.now()
    )
    text = (
        _("The branch or service follows the whole again.")
        if place.category or place.service
        else _("The customer follows the house again.")
    )
    toast(request, text)
    return go(request, place.url("priorities"))


def _matrix(scope: rules.Scope) -> dict[tuple[str, str], int]:
    return queries.matrix(scope.organisation_id, scope.category_id, service_id=scope.service_id)


def _save(form: MatrixForm, place: Place, viewer: Viewer) -> None:
    actions.set_priority_matrix(
        form.cells(),
        seen=form.cleaned_data["seen"],
        organisation=place.organisation,
        category=place.category,
        service=place.service,
        valid_from=form.cleaned_data["valid_from"],
        by=viewer,
        now=timezone.now(),
    )


def _seen_now(request: HttpRequest, form: MatrixForm, cells: dict[tuple[str, str], int]) -> MatrixForm:
    """The same input again, now counting from the matrix that is shown beside it."""
    data = request.POST.copy()
    data["seen"] = rules.matrix_version(cells)
    again = MatrixForm(data, cells=cells, seen=rules.matrix_version(cells))
    for text in form.non_field_errors():
        again.add_error(None, str(text))
    return again


def _cells_of(form: MatrixForm, error: Conflict) -> list[tuple[str, str, str]]:
    theirs, ours = error.params["theirs"], error.params["ours"]
    return [
        (str(form.fields[cell_name(*cell)].label), _named(theirs.get(cell)), _named(rank))
        for cell, rank in ours.items()
        if theirs.get(cell) != rank
    ]


def _named(rank: int | None) -> str:
    return f"P{rank} {queries.priority_name(rank)}" if rank is not None else ""


def _context(
    viewer: Viewer, place: Place, form: MatrixForm, differences: list[tuple[str, str, str]]
) -> dict[str, object]:
    now, scope = timezone.now(), place.scope
    own = queries.own_cells(scope, now)
    grid = [
        (
            name,
            [(form[cell_name(impact, urgency)], (impact, urgency) in own) for impact, _name in form.impacts],
        )
        for urgency, name in form.urgencies
    ]
    return {
        "place": place,
        "organisation": place.organisation,
        "part": place.category or place.service,
        "organisations": visible_organisations(viewer).filter(is_active=True),
        "branches": [(f"c{node.id}", node.path) for node in queries.flat_categories()],
        "services": [(f"s{one.pk}", name_of(one)) for one in queries.active_services()],
        "has_own": bool(own),
        "is_house": scope == rules.Scope(),
        "form": form,
        "grid": grid,
        "differences": differences,
        "history": queries.matrix_history(scope),
        "named": _named,
        "name_of": name_of,
        **_effect(viewer, place, form),
    }


def _effect(viewer: Viewer, place: Place, form: MatrixForm) -> dict[str, object]:
    """What is in the form, set against what counts now: changed cells, contradictions, and other domains' panels."""
    now, scope = timezone.now(), place.scope
    layers = queries.every_layer()
    if form.is_bound and form.is_whole():
        chosen = form.cells()
        under = rules.ranks_of(
            rules.effective(
                queries.of_organisation(rules.beneath(layers, scope), scope.organisation_id),
                queries.path_of(scope.category_id),
                now,
                scope.service_id,
            )
        )
        own = {cell: rank for cell, rank in chosen.items() if under.get(cell) != rank}
        layers = rules.proposed(layers, scope, own)
    proposal = queries.Proposal(tuple(layers), now, is_saved=not form.is_bound)
    return {
        "form": form,
        "contradictions": form.contradictions(),
        "changes": form.changes(),
        "named": _named,
        "panels": collect("priorities.effect", viewer, [proposal])[proposal.pk],
    }


def _place(request: HttpRequest, viewer: Viewer, public_id: UUID | None) -> Place:
    require(can_edit_catalog(viewer))
    organisation = None
    if public_id is not None:
        organisation = visible_organisations(viewer).filter(public_id=public_id).first()
        if organisation is None:
            raise NotFound
    wanted = request.GET.get("part", "")
    if not wanted:
        return Place(organisation)
    kind, number = wanted[0], wanted[1:]
    pk = int(number) if number.isascii() and number.isdigit() and len(number) < 18 else 0
    category = visible_categories(viewer).filter(pk=pk).first() if kind == "c" else None
    service = visible_services(viewer).filter(pk=pk).first() if kind == "s" else None
    if category is None and service is None:
        raise NotFound
    return Place(organisation, category, service)
