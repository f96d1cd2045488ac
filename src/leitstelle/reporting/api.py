"""The overview of those who lead over the API."""

from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router

from leitstelle.accounts.policies import require, visible_teams
from leitstelle.kernel.api import Scope, needs, viewer_of
from leitstelle.kernel.api.reading import unknown
from leitstelle.reporting.policies import can_lead
from leitstelle.reporting.queries import overview
from leitstelle.reporting.schemas import OverviewOut

router = Router(tags=["Desk"])


@router.get(
    "/overview",
    response=OverviewOut,
    operation_id="getOverview",
    summary="Where one's teams stand",
    **needs(Scope.READ),
)
def get_overview(request: HttpRequest, team: Query[UUID | None] = None) -> OverviewOut:
    """Risks of open tickets, and load by level, team and person. For leads and administrators."""
    viewer = viewer_of(request)
    require(can_lead(viewer))
    row = visible_teams(viewer).filter(public_id=team).first() if team is not None else None
    if team is not None and row is None:
        raise unknown("team")
    return OverviewOut.of(overview(viewer, timezone.now(), team_id=row.pk if row else None))
