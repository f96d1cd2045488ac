"""Categories and scales over the API; they are changed on the pages."""

from django.http import HttpRequest
from ninja import Query, Router

from leitstelle.catalog import policies, queries
from leitstelle.catalog.models import ResolutionCode
from leitstelle.catalog.schemas import (
    CategoryOut,
    MatrixCellOut,
    PriorityOut,
    ScaleOut,
    ScalesOut,
    ServiceOut,
)
from leitstelle.kernel.api import Scope, needs, viewer_of

router = Router(tags=["Desk"])


@router.get(
    "/categories",
    response=list[CategoryOut],
    operation_id="listCategories",
    summary="List categories",
    **needs(Scope.READ),
)
def list_categories(request: HttpRequest, is_active: Query[bool | None] = None) -> list[CategoryOut]:
    """The category tree as a list in its order. Inactive ones are there for administrators only."""
    rows = policies.visible_categories(viewer_of(request)).select_related("parent").order_by("order", "pk")
    if is_active is not None:
        rows = rows.filter(is_active=is_active)
    return [CategoryOut.of(row) for row in rows]


@router.get(
    "/services",
    response=list[ServiceOut],
    operation_id="listServices",
    summary="List services",
    **needs(Scope.READ),
)
def list_services(request: HttpRequest) -> list[ServiceOut]:
    """What tickets may be about. Those switched off are there for administrators only, for requesters none."""
    return [ServiceOut.of(row) for row in policies.visible_services(viewer_of(request))]


@router.get(
    "/scales",
    response=ScalesOut,
    operation_id="getScales",
    summary="Priorities, impacts, urgencies, resolution codes",
    **needs(Scope.READ),
)
def get_scales(request: HttpRequest) -> ScalesOut:
    """Everything a ticket is classified with; the matrix is that of the house, customers may have their own."""
    cells = sorted(queries.matrix_in_use(None).items())
    codes = ResolutionCode.objects.filter(is_active=True).order_by("order")
    return ScalesOut(
        priorities=[PriorityOut.of(row) for row in queries.priorities()],
        impacts=[ScaleOut.of(row) for row in queries.impacts()],
        urgencies=[ScaleOut.of(row) for row in queries.urgencies()],
        resolution_codes=[ScaleOut.of(row) for row in codes],
        matrix=[
            MatrixCellOut(impact=impact, urgency=urgency, priority=rank) for (impact, urgency), rank in cells
        ],
    )
