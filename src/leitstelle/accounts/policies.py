"""Who may see and do what with people, organisations and teams.

`visible_…(viewer)` are query sets that doors fetch through; `can_…` answer for one object that is
already visible. `agent_scope` turns an agent's grants into a filter for tables of any domain.
"""

from collections.abc import Callable, Iterable
from functools import reduce
from operator import or_
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from leitstelle.accounts.choices import AGENT_ROLES, LevelRight, TokenScope
from leitstelle.accounts.models import (
    Invitation,
    Level,
    LevelScheme,
    Organisation,
    Person,
    RoleGrant,
    Site,
    Team,
    TeamMembership,
)
from leitstelle.kernel.errors import NotAllowed
from leitstelle.kernel.viewer import Viewer

M = TypeVar("M", bound=Model)


def require(allowed: bool) -> None:
    """Raise `NotAllowed` unless `allowed`."""
    if not allowed:
        raise NotAllowed


def is_agent(viewer: Viewer) -> bool:
    """Whether the viewer works on the desk now (wears the agent's hat)."""
    return viewer.is_agent


def can_administer(viewer: Viewer) -> bool:
    """Whether the viewer may change master data, roles and settings."""
    in_scope = viewer.token_scopes is None or TokenScope.ADMIN in viewer.token_scopes
    return viewer.is_agent and viewer.is_admin and in_scope


def agent_scope(
    viewer: Viewer,
    *,
    organisation: str | None = "organisation_id",
    team: str | None = "team_id",
    level: str | None = "level_id",
) -> Q:
    """Return the filter of what the viewer's grants open: a union of cuts, nothing for other hats.

    The arguments name the columns of the filtered table; `None` for a column it does not have,
    whose limits then do not count. For people of another company a grant whose limits do not count opens nothing:
    what their tickets concern is added by `concerning`.
    """
    if not viewer.is_agent:
        return nothing()
    cuts: list[Q] = []
    for grant in viewer.grants:
        cut = Q()
        if organisation and grant.organisation_ids is not None:
            cut &= Q(**{f"{organisation}__in": sorted(grant.organisation_ids)})
        if team and grant.team_id is not None:
            cut &= Q(**{team: grant.team_id})
        if level and grant.level_id is not None:
            cut &= Q(**{level: grant.level_id})
        if not cut:
            if viewer.is_outside and not grant.is_unlimited:
                continue
            return everything()
        cuts.append(cut)
    return reduce(or_, cuts, nothing())


def everything() -> Q:
    """A filter that lets every row through, also inside an OR (Django drops an empty `Q` there)."""
    return ~Q(pk__in=())


def nothing() -> Q:
    """A filter that lets no row through."""
    return Q(pk__in=())


Concern = Callable[[Viewer], Q]
_concerns: dict[type[Model], list[Concern]] = {}


def register_concern(model: type[Model], concern: Concern) -> None:
    """Let a higher domain say which rows of master data its own rows concern, as a condition on those rows."""
    _concerns.setdefault(model, []).append(concern)


def concerning(viewer: Viewer, model: type[Model]) -> Q:
    """Return what people of another company see of master data beyond their grants: what their tickets concern."""
    if not (viewer.is_agent and viewer.is_outside):
        return nothing()
    return reduce(or_, (concern(viewer) for concern in _concerns.get(model, ())), nothing())


def agents() -> QuerySet[Person]:
    """Everybody who may work on the desk, whoever asks; active people only."""
    return Person.objects.filter(is_active=True, pk__in=_with_desk_role())


def _with_desk_role() -> QuerySet[RoleGrant, int]:
    return RoleGrant.objects.filter(role__in=AGENT_ROLES).values_list("person_id", flat=True)


def visible_people(viewer: Viewer) -> QuerySet[Person]:
    """Agents: people of the organisations in their scope and all colleagues; those of another company the people
    their tickets concern, and who works in their teams. Others: themselves, and as customer contact the people of
    their organisations."""
    if viewer.is_system or can_administer(viewer):
        return Person.objects.all()
    own = Q(pk=viewer.person_id) if viewer.person_id is not None else nothing()
    if viewer.is_agent:
        scope = agent_scope(viewer, team=None, level=None) | concerning(viewer, Person)
        return Person.objects.filter(own | scope | _colleagues(viewer))
    if viewer.customer_contact_of:
        own |= Q(organisation_id__in=sorted(viewer.customer_contact_of), is_active=True)
    return Person.objects.filter(own)


def _colleagues(viewer: Viewer) -> Q:
    if not viewer.is_outside:
        return Q(pk__in=_with_desk_role())
    mates = TeamMembership.objects.filter(team__in=sorted(viewer.team_ids))
    return Q(pk__in=mates.values("person_id"))


def visible_organisations(viewer: Viewer) -> QuerySet[Organisation]:
    """Agents: the organisations in their scope; those of another company their own and the ones their tickets
    concern. Others: their own and those they are contact of."""
    if viewer.is_system or can_administer(viewer):
        return Organisation.objects.all()
    if viewer.is_agent and not viewer.is_outside:
        return Organisation.objects.filter(agent_scope(viewer, organisation="id", team=None, level=None))
    own = Q(pk__in=Person.objects.filter(pk=viewer.person_id or 0).values("organisation_id"))
    if viewer.is_agent:
        scope = agent_scope(viewer, organisation="id", team=None, level=None)
        return Organisation.objects.filter(own | scope | concerning(viewer, Organisation))
    return Organisation.objects.filter(own | Q(pk__in=sorted(viewer.customer_contact_of)))


def findable_people(viewer: Viewer) -> Q:
    """The condition on index rows of the kind `person`: who is seen and active."""
    return Q(object_id__in=visible_people(viewer).filter(is_active=True).values("pk"))


def findable_organisations(viewer: Viewer) -> Q:
    """The condition on index rows of the kind `organisation`; requesters search none."""
    rows = (
        visible_organisations(viewer).filter(is_active=True)
        if viewer.is_agent
        else Organisation.objects.none()
    )
    return Q(object_id__in=rows.values("pk"))


def visible_sites(viewer: Viewer) -> QuerySet[Site]:
    """The sites of the organisations the viewer sees."""
    return Site.objects.filter(organisation__in=visible_organisations(viewer))


def visible_teams(viewer: Viewer) -> QuerySet[Team]:
    """Agents hand over to every team, so they see all; others see none."""
    return _all_or_none(Team.objects.all(), viewer)


def visible_levels(viewer: Viewer) -> QuerySet[Level]:
    """Agents see all levels; others see none."""
    return _all_or_none(Level.objects.all(), viewer)


def visible_level_schemes(viewer: Viewer) -> QuerySet[LevelScheme]:
    """Agents see all schemes; others see none."""
    return _all_or_none(LevelScheme.objects.all(), viewer)


def _all_or_none(rows: QuerySet[M], viewer: Viewer) -> QuerySet[M]:
    return rows if viewer.is_agent else rows.none()


def can_create_person(viewer: Viewer) -> bool:
    """Agents take calls of people nobody knows yet."""
    return viewer.is_agent and may_write(viewer)


def can_edit_person(viewer: Viewer, person: Person) -> bool:
    """Administrators everybody; agents the requesters in their scope.

    Who works on the desk is edited by administrators only: another address is a way to sign in.
    """
    if viewer.is_system or can_administer(viewer):
        return True
    if not (viewer.is_agent and may_write(viewer)) or person.grants.exists():
        return False
    return any(grant.covers_organisation(person.organisation_id) for grant in viewer.grants)


def can_merge_people(viewer: Viewer, survivor: Person, merged: Person) -> bool:
    """Who may edit both: where one of them works on the desk or has another role, administrators only."""
    return can_edit_person(viewer, survivor) and can_edit_person(viewer, merged)


def can_merge_organisations(viewer: Viewer) -> bool:
    """Administrators only: a merge moves people and tickets into other people's sight."""
    return viewer.is_system or can_administer(viewer)


def can_undo_merge(viewer: Viewer, survivor: Person | Organisation, merged: Person | Organisation) -> bool:
    """Who might have merged the two."""
    if isinstance(survivor, Person) and isinstance(merged, Person):
        return can_merge_people(viewer, survivor, merged)
    return can_merge_organisations(viewer)


def can_edit_profile(viewer: Viewer, person: Person) -> bool:
    """Everybody their own, whatever hat; tokens never."""
    return viewer.is_system or (viewer.person_id == person.pk and viewer.token_scopes is None)


def can_create_token(viewer: Viewer, person: Person) -> bool:
    """Agents for themselves, administrators for everybody; a token makes no tokens."""
    if viewer.token_scopes is not None:
        return False
    return viewer.is_system or can_administer(viewer) or (viewer.is_agent and viewer.person_id == person.pk)


def may_write(viewer: Viewer) -> bool:
    """Whether a token (if there is one) may change anything at all."""
    return viewer.token_scopes is None or TokenScope.WRITE in viewer.token_scopes


def covered(viewer: Viewer, organisation_ids: Iterable[int | None]) -> bool:
    """Whether every organisation lies within one of the viewer's grants."""
    return viewer.is_agent and all(
        any(grant.covers_organisation(organisation_id) for grant in viewer.grants)
        for organisation_id in organisation_ids
    )


def visible_invitations(viewer: Viewer) -> QuerySet[Invitation]:
    """Administrators invite, and they alone see the links."""
    return Invitation.objects.all() if can_administer(viewer) else Invitation.objects.none()


def has_right(viewer: Viewer, right: LevelRight) -> bool:
    """Whether the levels the viewer works on may do this; leads and administrators always may."""
    return right not in viewer.withheld
