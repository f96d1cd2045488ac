"""Teams and levels."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Router

from leitstelle.accounts import policies
from leitstelle.accounts.models import TeamMembership
from leitstelle.accounts.schemas import LevelOut, MemberOut, TeamDetailOut, TeamOut
from leitstelle.kernel.api import Scope, needs, viewer_of
from leitstelle.kernel.errors import NotFound

router = Router(tags=["Desk"])


@router.get(
    "/teams", response=list[TeamOut], operation_id="listTeams", summary="List teams", **needs(Scope.READ)
)
def list_teams(request: HttpRequest) -> list[TeamOut]:
    """All teams, lowest level first; empty for whoever does not work on the desk."""
    rows = policies.visible_teams(viewer_of(request)).select_related("level__scheme")
    return [TeamOut.of(team) for team in rows.order_by("level__order", "sort_name", "pk")]


@router.get(
    "/teams/{team_id}",
    response=TeamDetailOut,
    operation_id="getTeam",
    summary="Get a team",
    **needs(Scope.READ),
)
def get_team(request: HttpRequest, team_id: UUID) -> TeamDetailOut:
    """One team with its members."""
    rows = policies.visible_teams(viewer_of(request)).select_related("level__scheme")
    team = rows.filter(public_id=team_id).first()
    if team is None:
        raise NotFound
    members = TeamMembership.objects.filter(team=team, person__is_active=True).select_related("person")
    shown = [MemberOut.of(row) for row in members.order_by("person__sort_name", "pk")]
    return TeamDetailOut(**TeamOut.facts(team), members=shown)


@router.get(
    "/levels", response=list[LevelOut], operation_id="listLevels", summary="List levels", **needs(Scope.READ)
)
def list_levels(request: HttpRequest) -> list[LevelOut]:
    """All levels of all schemes, in order; empty for whoever does not work on the desk."""
    rows = policies.visible_levels(viewer_of(request)).select_related("scheme")
    return [LevelOut.of(level) for level in rows.order_by("scheme__key", "order")]
