"""From a person to a `Viewer`: which hats fit, and what the grants open."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db.models import Q

from leitstelle.accounts.choices import AGENT_ROLES, Role
from leitstelle.accounts.models import ApiToken, Person, RoleGrant, TeamMembership
from leitstelle.accounts.queries.tree import with_descendants
from leitstelle.kernel.viewer import GrantScope, Hat, Viewer


def viewer_for(person: Person, hat: Hat) -> Viewer:
    """Return the person as viewer under a hat; the agent's hat fits only who has a role on the desk.

    A scope that names an organisation includes those below it. Two to three queries, one more per
    depth of the tree of organisations where a scope names one. Inactive people get a requester's
    viewer without any right.
    """
    if not person.is_active:
        return Viewer(person_id=None, hat=Hat.REQUESTER, language=person.language, time_zone=person.time_zone)
    grants = list(RoleGrant.objects.filter(person=person).order_by("id"))
    desk = [grant for grant in grants if grant.role in AGENT_ROLES]
    if hat is Hat.AGENT and desk:
        return _agent(person, desk)
    return _requester(person, grants)


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


def _agent(person: Person, desk: Sequence[RoleGrant]) -> Viewer:
    members = dict(TeamMembership.objects.filter(person=person).values_list("team_id", "is_lead"))
    scopes = _scopes(desk)
    led = {team for team, is_lead in members.items() if is_lead}
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
        language=person.language,
        time_zone=person.time_zone,
    )


def _scopes(desk: Sequence[RoleGrant]) -> tuple[GrantScope, ...]:
    named = {grant.organisation_id for grant in desk if grant.organisation_id}
    trees = with_descendants(named) if named else {}
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
