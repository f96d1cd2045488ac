"""From a person to a `Viewer`: which hats fit, and what the grants open."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import F, Q
from django.http import HttpRequest

from leitstelle.accounts.choices import AGENT_ROLES, LevelSight, OrganisationKind, Role
from leitstelle.accounts.models import ApiToken, Person, RoleGrant, TeamMembership
from leitstelle.accounts.queries.tree import with_descendants
from leitstelle.kernel.viewer import GrantScope, Hat, Viewer


def viewer_for(person: Person, hat: Hat) -> Viewer:
    """Return the person as viewer under a hat; the agent's hat fits only who has a role on the desk.

    A scope that names an organisation includes those below it. One query, one more per depth of the
    tree of organisations where a scope names one. Inactive people get a requester's viewer without
    any right.
    """
    if not person.is_active:
        return Viewer(person_id=None, hat=Hat.REQUESTER, language=person.language, time_zone=person.time_zone)
    grants, members = _rights(person)
    desk = [grant for grant in grants if grant.role in AGENT_ROLES]
    if hat is Hat.AGENT and desk:
        return _agent(person, desk, members, _trees(desk))
    return _requester(person, grants)


def signed_in_person(request: HttpRequest) -> Person:
    """The person behind a request to a page that only signed-in people reach."""
    assert isinstance(request.user, Person)
    return request.user


@dataclass(frozen=True)
class _Member:
    """Somebody's place in a team, and what its level lets them see and do."""

    team_id: int
    leads: bool
    level_id: int
    sees: str
    withheld: frozenset[str]


_OTHERS = (OrganisationKind.CUSTOMER, OrganisationKind.VENDOR)
# Joined to grants: whether their person belongs to another company than the one that runs the desk.
_COMPANY = F("person__organisation__kind")


def _rights(person: Person) -> tuple[list[RoleGrant], dict[int, _Member]]:
    """Return the person's grants (with the kind of their `company`), and their place by team they belong to.

    Joined, because every page asks for both first; who has no grant works in no team that counts.
    """
    grants: dict[int, RoleGrant] = {}
    members: dict[int, _Member] = {}
    rows = RoleGrant.objects.filter(person=person).order_by("id")
    for grant in rows.annotate(
        company=_COMPANY,
        works_in=F("person__memberships__team_id"),
        leads=F("person__memberships__is_lead"),
        stands_on=F("person__memberships__team__level_id"),
        sees=F("person__memberships__team__level__sees"),
        withheld=F("person__memberships__team__level__withheld"),
    ):
        grants.setdefault(grant.pk, grant)
        if grant.works_in is not None:
            withheld = frozenset(grant.withheld or ())
            members[grant.works_in] = _Member(
                grant.works_in, grant.leads, grant.stands_on, grant.sees, withheld
            )
    return list(grants.values()), members


def agent_viewers(people: Iterable[Person]) -> dict[int, Viewer]:
    """Return the viewers of those who have the agent's hat, by person; others are left out.

    Two queries whatever the number of people, and those of the tree of organisations where a scope names one.
    """
    active = {person.pk: person for person in people if person.is_active}
    desks: dict[int, list[RoleGrant]] = defaultdict(list)
    grants = RoleGrant.objects.filter(person_id__in=active, role__in=AGENT_ROLES).annotate(company=_COMPANY)
    for grant in grants.order_by("id"):
        desks[grant.person_id].append(grant)
    members: dict[int, dict[int, _Member]] = defaultdict(dict)
    rows = TeamMembership.objects.filter(person_id__in=desks).select_related("team__level")
    for row in rows:
        level = row.team.level
        members[row.person_id][row.team_id] = _Member(
            row.team_id, row.is_lead, level.pk, level.sees, frozenset(level.withheld)
        )
    trees = _trees([grant for desk in desks.values() for grant in desk])
    return {pk: _agent(active[pk], desk, members[pk], trees) for pk, desk in desks.items()}


def _requester(person: Person, grants: Sequence[RoleGrant]) -> Viewer:
    named = [g.organisation_id for g in grants if g.role == Role.CUSTOMER_CONTACT and g.organisation_id]
    trees = with_descendants(named) if named else {}
    return Viewer(
        person_id=person.pk,
        hat=Hat.REQUESTER,
        organisation_ids=frozenset(),
        scope_team_ids=frozenset(),
        customer_contact_of=frozenset().union(*trees.values()),
        language=person.language,
        time_zone=person.time_zone,
    )


Trees = Mapping[int, frozenset[int]]


def _agent(person: Person, desk: Sequence[RoleGrant], members: Mapping[int, _Member], trees: Trees) -> Viewer:
    scopes, withheld = _scopes(desk, trees), frozenset[str]()
    # What a level may not is for those who only work there: leads and administrators look after the whole.
    if members and all(grant.role == Role.AGENT for grant in desk):
        scopes = _within_levels(scopes, list(members.values()))
        withheld = frozenset.intersection(*(one.withheld for one in members.values()))
    led = {team for team, one in members.items() if one.leads}
    led |= {grant.team_id for grant in desk if grant.role == Role.TEAM_LEAD and grant.team_id}
    return Viewer(
        person_id=person.pk,
        hat=Hat.AGENT,
        is_admin=any(grant.role == Role.ADMINISTRATOR for grant in desk),
        is_lead=bool(led) or any(grant.role == Role.TEAM_LEAD for grant in desk),
        grants=scopes,
        organisation_ids=_bound([scope.organisation_ids for scope in scopes]),
        scope_team_ids=_bound([_only(scope.team_id) for scope in scopes]),
        level_ids=frozenset(scope.level_id for scope in scopes if scope.level_id is not None),
        team_ids=frozenset(members),
        lead_team_ids=frozenset(led),
        withheld=withheld,
        is_outside=any(getattr(grant, "company", None) in _OTHERS for grant in desk),
        language=person.language,
        time_zone=person.time_zone,
    )


def _trees(desk: Sequence[RoleGrant]) -> Trees:
    named = {grant.organisation_id for grant in desk if grant.organisation_id}
    return with_descendants(named) if named else {}


def _scopes(desk: Sequence[RoleGrant], trees: Trees) -> tuple[GrantScope, ...]:
    scopes = dict.fromkeys(
        GrantScope(
            organisation_ids=trees[grant.organisation_id] if grant.organisation_id else None,
            team_id=grant.team_id,
            level_id=grant.level_id,
        )
        for grant in desk
    )
    unlimited = tuple(scope for scope in scopes if scope.is_unlimited)
    return unlimited or tuple(scopes)


def _within_levels(scopes: tuple[GrantScope, ...], members: Sequence[_Member]) -> tuple[GrantScope, ...]:
    """Cut what the roles open to what the levels see; whoever works on a level that sees all keeps all."""
    if any(one.sees == LevelSight.ALL for one in members):
        return scopes
    cut: dict[GrantScope, None] = {}
    for scope in scopes:
        for one in members:
            team = one.team_id if one.sees == LevelSight.TEAM else scope.team_id
            level = one.level_id if one.sees == LevelSight.LEVEL else scope.level_id
            if scope.team_id in (None, team) and scope.level_id in (None, level):
                cut[replace(scope, team_id=team, level_id=level)] = None
    return tuple(cut)


def _only(value: int | None) -> frozenset[int] | None:
    return None if value is None else frozenset({value})


def _bound(sets: Sequence[frozenset[int] | None]) -> frozenset[int] | None:
    limited = [part for part in sets if part is not None]
    return frozenset().union(*limited) if len(limited) == len(sets) else None


def token_for(text: str, *, now: datetime) -> ApiToken | None:
    """Return the token of this text; `None` for unknown, expired, revoked ones and inactive people."""
    return (
        ApiToken.objects.select_related("person")
        .filter(Q(expires_at=None) | Q(expires_at__gt=now))
        .filter(digest=hashlib.sha256(text.encode()).hexdigest(), revoked_at=None, person__is_active=True)
        .first()
    )


def viewer_for_token(token: ApiToken) -> Viewer:
    """Return the token's person as viewer, cut to the token's scopes; the journal names the token."""
    own = viewer_for(token.person, Hat.AGENT)
    return replace(own, token_id=str(token.pk), token_scopes=frozenset(token.scopes))
