"""Inviting people to work at the desk: a person, a role, a team, and a link to set the password."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from leitstelle.accounts import labels, policies, queries
from leitstelle.accounts.actions.contacts import ContactInput, verify_contact_point
from leitstelle.accounts.actions.people import PersonInput, create_person
from leitstelle.accounts.actions.roles import grant_role
from leitstelle.accounts.actions.sign_in import set_password
from leitstelle.accounts.actions.teams import set_team_members
from leitstelle.accounts.choices import ContactKind, Role
from leitstelle.accounts.errors import LinkNotValid
from leitstelle.accounts.events import InvitationAccepted, InvitationWithdrawn, PersonInvited
from leitstelle.accounts.models import ContactPoint, House, Invitation, Person, Team
from leitstelle.accounts.rules import normalise_email
from leitstelle.kernel.errors import Conflict, InvalidInput
from leitstelle.kernel.events import Actor, EventData, Subject, record, unit
from leitstelle.kernel.viewer import Viewer

VALID_FOR = timedelta(days=7)
INVITED_ROLES = (Role.AGENT, Role.TEAM_LEAD, Role.ADMINISTRATOR)


@dataclass(frozen=True, kw_only=True)
class InviteInput:
    """Who is to work at the desk, as what, and in which team."""

    name: str
    email: str
    role: Role = Role.AGENT
    team: Team | None = None


@unit
def invite_agent(new: InviteInput, *, by: Viewer, now: datetime) -> tuple[Person, Invitation | None]:
    """Give somebody a role and a team, and a way to set a password; administrators only.

    Somebody who can sign in already gets role and team and no invitation; one that is open is renewed. Events
    `person.created`, `person.role_granted`, `team.members_changed`, `person.invited`. Raises `NotAllowed`,
    `InvalidInput` (fields `name`, `email`, `role`).
    """
    policies.require(policies.can_administer(by))
    if new.role not in INVITED_ROLES:
        raise InvalidInput(fields={"role": labels.UNKNOWN_CHOICE})
    person = _person(new, by=by, now=now)
    grant_role(person, new.role, by=by, now=now)
    if new.role == Role.ADMINISTRATOR:
        # Administration alone shows no tickets; whoever is invited to the desk works there too.
        grant_role(person, Role.AGENT, by=by, now=now)
    if new.team is not None:
        _join(new.team, person, lead=new.role == Role.TEAM_LEAD, by=by, now=now)
    if person.has_usable_password():
        return person, None
    point = person.contact_points.get(kind=ContactKind.EMAIL, normalised=normalise_email(new.email))
    return person, _invite(point, by=by, now=now)


def _person(new: InviteInput, *, by: Viewer, now: datetime) -> Person:
    known = queries.find_by_email(new.email)
    if known is not None:
        if not known.is_active:
            raise InvalidInput(fields={"email": labels.NOT_ACTIVE})
        return known
    house = House.objects.select_related("company").first()
    contact = ContactInput(kind=ContactKind.EMAIL, value=new.email, is_primary=True)
    person = PersonInput(
        display_name=new.name,
        organisation=queries.organisation_for_address(new.email) or (house.company if house else None),
        contacts=[contact],
    )
    try:
        return create_person(person, by=by, now=now)
    except InvalidInput as error:
        # The form has other names for what a person's form calls display name and contacts.
        names = {"display_name": "name"}
        raise InvalidInput(
            fields={names.get(name, "email"): text for name, text in error.fields.items()}
        ) from error


def _join(team: Team, person: Person, *, lead: bool, by: Viewer, now: datetime) -> None:
    present = list(team.memberships.select_related("person"))
    leads = [row.person for row in present if row.is_lead] + ([person] if lead else [])
    members = [*(row.person for row in present), person]
    set_team_members(team, members, leads=leads, by=by, now=now)


def _invite(point: ContactPoint, *, by: Viewer, now: datetime) -> Invitation:
    until = now + VALID_FOR
    known = Invitation.objects.filter(point=point).first()
    if known is not None:
        return renew_invitation(known, by=by, now=now)
    invitation = Invitation.objects.create(point=point, created_at=now, expires_at=until)
    _record(PersonInvited(invitation_id=invitation.pk, number=1), invitation, by=by, now=now)
    return invitation


@unit
def renew_invitation(invitation: Invitation, *, by: Viewer, now: datetime) -> Invitation:
    """Make a new link, valid for a week; the older ones stop working. Administrators only.

    Event `person.invited`. Raises `NotAllowed`, and `Conflict` where the person has set a password meanwhile.
    """
    policies.require(policies.can_administer(by))
    number = invitation.number + 1
    rows = Invitation.objects.filter(pk=invitation.pk, number=invitation.number, accepted_at__isnull=True)
    if not rows.update(number=number, created_at=now, expires_at=now + VALID_FOR, withdrawn_at=None):
        raise Conflict
    invitation.refresh_from_db()
    _record(PersonInvited(invitation_id=invitation.pk, number=number), invitation, by=by, now=now)
    return invitation


@unit
def withdraw_invitation(invitation: Invitation, *, by: Viewer, now: datetime) -> None:
    """Let the link stop working; the person stays as they are. Administrators only.

    Event `person.invitation_withdrawn`. Raises `NotAllowed`.
    """
    policies.require(policies.can_administer(by))
    rows = Invitation.objects.filter(pk=invitation.pk, accepted_at__isnull=True, withdrawn_at__isnull=True)
    if rows.update(withdrawn_at=now):
        _record(InvitationWithdrawn(invitation_id=invitation.pk), invitation, by=by, now=now)


@unit
def accept_invitation(invitation: Invitation, password: str, *, by: Viewer, now: datetime) -> Person:
    """Set the invited person's first password; called by the product once the link was confirmed.

    The address counts as proven: the link was mailed there, or an administrator handed it over. Events
    `person.invitation_accepted`, `person.contact_point_verified`, `person.password_set`. Raises `NotAllowed`,
    and `LinkNotValid` for links that were used, withdrawn, renewed or have expired.
    """
    policies.require(by.is_system)
    person = invitation.point.person
    rows = Invitation.objects.filter(
        pk=invitation.pk, number=invitation.number, accepted_at__isnull=True, withdrawn_at__isnull=True
    )
    if person.has_usable_password() or not rows.filter(expires_at__gt=now).update(accepted_at=now):
        raise LinkNotValid
    data = InvitationAccepted(invitation_id=invitation.pk)
    record(data, subject=Subject("person", person.pk), actor=Actor.person(person.pk), at=now)
    verify_contact_point(invitation.point, by=by, now=now)
    return set_password(person, password, by=by, now=now)


def _record(data: EventData, invitation: Invitation, *, by: Viewer, now: datetime) -> None:
    record(data, subject=Subject("person", invitation.point.person_id), actor=by.actor, at=now)
