"""Agreements over the API: what is promised to whom, and which one would apply."""

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router
from pydantic import Field

from leitstelle.accounts.policies import require, visible_organisations
from leitstelle.catalog.policies import visible_categories, visible_services
from leitstelle.kernel.api import Scope, needs, viewer_of
from leitstelle.kernel.api.reading import Key, desk_only, unknown
from leitstelle.kernel.errors import NotFound
from leitstelle.kernel.viewer import Viewer
from leitstelle.sla.choices import PROMISED
from leitstelle.sla.policies import can_edit_agreements, visible_agreements
from leitstelle.sla.queries import category_paths
from leitstelle.sla.queries.previews import previews, promised_by
from leitstelle.sla.queries.which import in_force, judged
from leitstelle.sla.rules.precedence import Case
from leitstelle.sla.schemas.agreements import AgreementItem, AgreementOut, WhichOut
from leitstelle.tickets.choices import Kind

router = Router(tags=["Agreements"])


@router.get(
    "/agreements",
    response=list[AgreementItem],
    operation_id="listAgreements",
    summary="Agreements and what they are for",
    **needs(Scope.READ),
)
def list_agreements(request: HttpRequest) -> list[AgreementItem]:
    """The agreements of the house and of the customers one sees, ended ones too. For the desk."""
    viewer, now = viewer_of(request), timezone.now()
    desk_only(viewer)
    rows = visible_agreements(viewer).select_related("organisation", "contract", "category", "service")
    return [AgreementItem.of(row, in_force(row, now)) for row in rows.prefetch_related("versions__calendar")]


@router.get(
    "/agreements/which",
    response=WhichOut,
    operation_id="whichAgreement",
    summary="Which agreement would apply, and when a ticket opened now would be due",
    **needs(Scope.READ),
)
def which_agreement(
    request: HttpRequest,
    organisation: UUID | None = None,
    category: Annotated[Key | None, Query()] = None,
    service: Annotated[Key | None, Query()] = None,
    kind: Kind | None = None,
    priority: Annotated[int | None, Query(), Field(ge=1, le=9)] = None,
) -> WhichOut:
    """Every agreement with the reason why it applies or does not. For administrators."""
    viewer, now = viewer_of(request), timezone.now()
    require(can_edit_agreements(viewer))
    case = Case(
        _organisation(viewer, organisation) if organisation else None,
        _category(viewer, category) if category else "",
        kind or "",
        priority or 0,
        _service(viewer, service) if service else None,
    )
    rows, best, version = judged(case, now)
    due = previews(promised_by(version), list(PROMISED), now) if version is not None else []
    return WhichOut.of(rows, best, [one for one in due if case.priority in (0, one.rank)])


@router.get(
    "/agreements/{agreement_id}",
    response=AgreementOut,
    operation_id="getAgreement",
    summary="An agreement with its terms",
    **needs(Scope.READ),
)
def get_agreement(request: HttpRequest, agreement_id: UUID) -> AgreementOut:
    """Targets, pauses and escalation of the version for tickets opened now. For the desk."""
    viewer = viewer_of(request)
    rows = visible_agreements(viewer).select_related("organisation", "contract", "category", "service")
    agreement = rows.filter(public_id=agreement_id).prefetch_related("versions__calendar").first()
    if agreement is None:
        raise NotFound
    return AgreementOut.of(agreement, in_force(agreement, timezone.now()))


def _organisation(viewer: Viewer, public_id: UUID) -> int:
    row = visible_organisations(viewer).filter(public_id=public_id).first()
    if row is None:
        raise unknown("organisation")
    return row.pk


def _service(viewer: Viewer, key: str) -> int:
    row = visible_services(viewer).filter(key=key).first()
    if row is None:
        raise unknown("service")
    return row.pk


def _category(viewer: Viewer, key: str) -> str:
    row = visible_categories(viewer).filter(key=key).first()
    if row is None:
        raise unknown("category")
    return category_paths().get(str(row.pk), "")
