"""What people may be on the desk, and how far it reaches."""

from dataclasses import dataclass
from datetime import datetime

from leitstelle.accounts import labels, policies, rules
from leitstelle.accounts.actions.administrators import (
    ensure_one_remains,
    lock_administrators,
    sync_rescue_access,
)
from leitstelle.accounts.choices import AGENT_ROLES, OrganisationKind, Role
from leitstelle.accounts.events import RoleGranted, RoleRevoked
from leitstelle.accounts.models import Level, Organisation, Person, RoleGrant, Team
from leitstelle.kernel.errors import InvalidInput
from leitstelle.kernel.events import Subject, record, unit
from leitstelle.kernel.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class Scope:
    """How far a grant reaches: the cut of what is named, everything where nothing is."""

    organisation: Organisation | None = None
    team: Team | None = None
    level: Level | None = None

    def ids(self) -> tuple[int | None, int | None, int | None]:
        """The ids of organisation, team and level."""
        organisation, team, level = (
            part.pk if part is not None else None for part in (self.organisation, self.team, self.level)
        )
        return organisation, team, level


EVERYTHING = Scope()


@unit
def grant_role(
    person: Person, role: Role, scope: Scope = EVERYTHING, *, by: Viewer, now: datetime
) -> RoleGrant:
    """Give a person a role; an existing grant of the same scope is returned as it is. Administrators only.

    Event `person.role_granted`. Raises `NotAllowed`; `InvalidInput` for a customer contact without
    organisation, a scoped administrator, and the role everybody has anyway.
    """
    policies.require(policies.can_administer(by))
    organisation_id, team_id, level_id = scope.ids()
    _check(role, organisation_id, team_id, level_id)
    _check_outsider(person, role, scope)
    grant, created = RoleGrant.objects.get_or_create(
        person=person,
        role=role,
        scope_key=rules.scope_key(organisation_id, team_id, level_id),
        defaults={
            "organisation_id": organisation_id,
            "team_id": team_id,
            "level_id": level_id,
            "created_at": now,
        },
    )
    if created:
        sync_rescue_access(person)
        data = RoleGranted(
            role=str(role), organisation_id=organisation_id, team_id=team_id, level_id=level_id
        )
        record(data, subject=Subject("person", person.pk), actor=by.actor, at=now)
    return grant


def _check(role: Role, organisation_id: int | None, team_id: int | None, level_id: int | None) -> None:
    if role == Role.REQUESTER:
        raise InvalidInput(fields={"role": labels.EVERYBODY_IS_REQUESTER})
    if role == Role.CUSTOMER_CONTACT and (organisation_id is None or team_id or level_id):
        raise InvalidInput(fields={"organisation": labels.CONTACT_OF_WHOM})
    if role == Role.ADMINISTRATOR and (organisation_id or team_id or level_id):
        raise InvalidInput(fields={"role": labels.ADMINISTRATION_IS_WHOLE})


def _check_outsider(person: Person, role: Role, scope: Scope) -> None:
    """Agents of another company (a call centre) see what they work for, never the whole house."""
    company = person.organisation
    if role not in AGENT_ROLES or company is None or company.kind == OrganisationKind.INTERNAL:
        return
    if not any(scope.ids()):
        raise InvalidInput(fields={"role": labels.SCOPE_FOR_OUTSIDERS}, person=person.display_name)


@unit
def revoke_role(grant: RoleGrant, *, by: Viewer, now: datetime) -> None:
    """Take a role away. Administrators only. Event `person.role_revoked`.

    Raises `NotAllowed`, `LastAdministrator`.
    """
    policies.require(policies.can_administer(by))
    if grant.role == Role.ADMINISTRATOR:
        lock_administrators()
    deleted, _ = RoleGrant.objects.filter(pk=grant.pk).delete()
    if not deleted:
        return
    if grant.role == Role.ADMINISTRATOR:
        ensure_one_remains()
    sync_rescue_access(grant.person)
    data = RoleRevoked(
        role=grant.role,
        organisation_id=grant.organisation_id,
        team_id=grant.team_id,
        level_id=grant.level_id,
    )
    record(data, subject=Subject("person", grant.person_id), actor=by.actor, at=now)
