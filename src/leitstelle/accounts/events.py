"""What happened to people, organisations, teams and levels. Names and addresses are never part of an event."""

from dataclasses import dataclass
from typing import ClassVar

from leitstelle.kernel.events.data import EventData


@dataclass(frozen=True)
class PersonCreated(EventData):
    """Subject: person."""

    code: ClassVar[str] = "person.created"
    kind: str
    organisation_id: int | None


@dataclass(frozen=True)
class PersonChanged(EventData):
    """Subject: person. `fields` are the names of the columns that changed."""

    code: ClassVar[str] = "person.changed"
    fields: tuple[str, ...]


@dataclass(frozen=True)
class PersonDeactivated(EventData):
    code: ClassVar[str] = "person.deactivated"


@dataclass(frozen=True)
class PersonReactivated(EventData):
    code: ClassVar[str] = "person.reactivated"


@dataclass(frozen=True)
class ContactPointAdded(EventData):
    """Subject: person."""

    code: ClassVar[str] = "person.contact_point_added"
    contact_point_id: int
    kind: str


@dataclass(frozen=True)
class ContactPointRemoved(EventData):
    code: ClassVar[str] = "person.contact_point_removed"
    contact_point_id: int
    kind: str


@dataclass(frozen=True)
class ContactPointVerified(EventData):
    """The person proved that the address is theirs; from now on it signs in."""

    code: ClassVar[str] = "person.contact_point_verified"
    contact_point_id: int


@dataclass(frozen=True)
class PrimaryContactPointChosen(EventData):
    code: ClassVar[str] = "person.primary_contact_point_chosen"
    contact_point_id: int
    kind: str


@dataclass(frozen=True)
class ContactPointSuspended(EventData):
    """Mail to this address comes back; nothing is sent there until it is lifted."""

    code: ClassVar[str] = "person.contact_point_suspended"
    contact_point_id: int


@dataclass(frozen=True)
class ContactPointResumed(EventData):
    code: ClassVar[str] = "person.contact_point_resumed"
    contact_point_id: int


@dataclass(frozen=True)
class AccountClaimed(EventData):
    """The person set up a sign-in of their own after proving an address."""

    code: ClassVar[str] = "person.account_claimed"
    contact_point_id: int


@dataclass(frozen=True)
class PasswordSet(EventData):
    code: ClassVar[str] = "person.password_set"


@dataclass(frozen=True)
class RoleGranted(EventData):
    """Subject: person."""

    code: ClassVar[str] = "person.role_granted"
    role: str
    organisation_id: int | None
    team_id: int | None
    level_id: int | None


@dataclass(frozen=True)
class RoleRevoked(EventData):
    code: ClassVar[str] = "person.role_revoked"
    role: str
    organisation_id: int | None
    team_id: int | None
    level_id: int | None


@dataclass(frozen=True)
class ApiTokenCreated(EventData):
    """Subject: person."""

    code: ClassVar[str] = "person.api_token_created"
    token_id: int
    scopes: tuple[str, ...]


@dataclass(frozen=True)
class ApiTokenRevoked(EventData):
    code: ClassVar[str] = "person.api_token_revoked"
    token_id: int


@dataclass(frozen=True)
class OrganisationCreated(EventData):
    """Subject: organisation."""

    code: ClassVar[str] = "organisation.created"
    kind: str
    parent_id: int | None


@dataclass(frozen=True)
class OrganisationChanged(EventData):
    code: ClassVar[str] = "organisation.changed"
    fields: tuple[str, ...]


@dataclass(frozen=True)
class OrganisationDeactivated(EventData):
    code: ClassVar[str] = "organisation.deactivated"


@dataclass(frozen=True)
class OrganisationReactivated(EventData):
    code: ClassVar[str] = "organisation.reactivated"


@dataclass(frozen=True)
class SiteSaved(EventData):
    """Subject: organisation."""

    code: ClassVar[str] = "organisation.site_saved"
    site_id: int


@dataclass(frozen=True)
class SiteRemoved(EventData):
    code: ClassVar[str] = "organisation.site_removed"
    site_id: int


@dataclass(frozen=True)
class TeamCreated(EventData):
    """Subject: team."""

    code: ClassVar[str] = "team.created"
    level_id: int


@dataclass(frozen=True)
class TeamChanged(EventData):
    code: ClassVar[str] = "team.changed"
    fields: tuple[str, ...]


@dataclass(frozen=True)
class TeamMembersChanged(EventData):
    """`members` and `leads` are the ids of the people after the change."""

    code: ClassVar[str] = "team.members_changed"
    members: tuple[int, ...]
    leads: tuple[int, ...]


@dataclass(frozen=True)
class LevelSchemeCreated(EventData):
    """Subject: level_scheme."""

    code: ClassVar[str] = "level_scheme.created"
    key: str


@dataclass(frozen=True)
class LevelSchemeChanged(EventData):
    code: ClassVar[str] = "level_scheme.changed"
    fields: tuple[str, ...]


@dataclass(frozen=True)
class DefaultLevelSchemeChosen(EventData):
    code: ClassVar[str] = "level_scheme.default_chosen"
    previous_id: int | None


@dataclass(frozen=True)
class HouseChanged(EventData):
    """Subject: house. The company, the portal's name or the defaults of new people changed."""

    code: ClassVar[str] = "house.changed"
    fields: tuple[str, ...]


@dataclass(frozen=True)
class FirstStepSettled(EventData):
    """Subject: house. One of the first steps was done, skipped, or taken up again (`state` empty)."""

    code: ClassVar[str] = "house.first_step_settled"
    step: str
    state: str


@dataclass(frozen=True)
class PersonInvited(EventData):
    """Subject: person. A link to set a password was made; older ones stopped working."""

    code: ClassVar[str] = "person.invited"
    invitation_id: int
    number: int


@dataclass(frozen=True)
class InvitationWithdrawn(EventData):
    code: ClassVar[str] = "person.invitation_withdrawn"
    invitation_id: int


@dataclass(frozen=True)
class InvitationAccepted(EventData):
    """The person set a password by the link, and proved the address with it."""

    code: ClassVar[str] = "person.invitation_accepted"
    invitation_id: int


@dataclass(frozen=True)
class SignedIn(EventData):
    """Subject: person."""

    code: ClassVar[str] = "person.signed_in"


@dataclass(frozen=True)
class SignInFailed(EventData):
    """Subject: the person whose address was typed; what was typed is never kept."""

    code: ClassVar[str] = "person.sign_in_failed"


@dataclass(frozen=True)
class PeopleMerged(EventData):
    """Subject: the person that remains; `other_id` is the one that became an alias."""

    code: ClassVar[str] = "person.merged"
    merge_id: int
    other_id: int


@dataclass(frozen=True)
class PersonMergedAway(EventData):
    """Subject: the person that became an alias of `other_id`."""

    code: ClassVar[str] = "person.merged_away"
    merge_id: int
    other_id: int


@dataclass(frozen=True)
class PeopleUnmerged(EventData):
    """Subject: the person that had remained; `left` counts what could not be given back."""

    code: ClassVar[str] = "person.merge_undone"
    merge_id: int
    other_id: int
    left: int


@dataclass(frozen=True)
class PersonRestored(EventData):
    """Subject: the person that was an alias and is none any more."""

    code: ClassVar[str] = "person.restored"
    merge_id: int
    other_id: int


@dataclass(frozen=True)
class OrganisationsMerged(EventData):
    """Subject: the organisation that remains; `other_id` is the one that became an alias."""

    code: ClassVar[str] = "organisation.merged"
    merge_id: int
    other_id: int


@dataclass(frozen=True)
class OrganisationMergedAway(EventData):
    """Subject: the organisation that became an alias of `other_id`."""

    code: ClassVar[str] = "organisation.merged_away"
    merge_id: int
    other_id: int


@dataclass(frozen=True)
class OrganisationsUnmerged(EventData):
    """Subject: the organisation that had remained; `left` counts what could not be given back."""

    code: ClassVar[str] = "organisation.merge_undone"
    merge_id: int
    other_id: int
    left: int


@dataclass(frozen=True)
class OrganisationRestored(EventData):
    """Subject: the organisation that was an alias and is none any more."""

    code: ClassVar[str] = "organisation.restored"
    merge_id: int
    other_id: int


@dataclass(frozen=True)
class LevelRightsChanged(EventData):
    """Subject: level_scheme. What one of its levels sees, and what it may not do from now on."""

    code: ClassVar[str] = "level_scheme.rights_changed"

    level_id: int
    sees: str
    withheld: tuple[str, ...]
