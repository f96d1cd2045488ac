"""Tables of people, organisations, teams, roles and tokens."""

from leitstelle.accounts.models.access import ApiToken, RoleGrant
from leitstelle.accounts.models.organisations import Organisation, OrganisationDomain, Site
from leitstelle.accounts.models.people import ContactPoint, Person, PersonManager
from leitstelle.accounts.models.teams import Level, LevelScheme, Team, TeamMembership

__all__ = [
    "ApiToken",
    "ContactPoint",
    "Level",
    "LevelScheme",
    "Organisation",
    "OrganisationDomain",
    "Person",
    "PersonManager",
    "RoleGrant",
    "Site",
    "Team",
    "TeamMembership",
]
