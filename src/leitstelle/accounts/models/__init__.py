"""Tables of people, organisations, teams, roles and tokens."""

from leitstelle.accounts.models.access import ApiToken, RoleGrant
from leitstelle.accounts.models.house import House, Invitation
from leitstelle.accounts.models.merging import MergeRecord
from leitstelle.accounts.models.movables import Movable, movable, movables_of, register_movable
from leitstelle.accounts.models.organisations import Organisation, OrganisationDomain, Site
from leitstelle.accounts.models.people import ContactPoint, Person, PersonManager
from leitstelle.accounts.models.teams import Level, LevelScheme, Team, TeamMembership

__all__ = [
    "ApiToken",
    "ContactPoint",
    "House",
    "Invitation",
    "Level",
    "LevelScheme",
    "MergeRecord",
    "Movable",
    "Organisation",
    "OrganisationDomain",
    "Person",
    "PersonManager",
    "RoleGrant",
    "Site",
    "Team",
    "TeamMembership",
    "movable",
    "movables_of",
    "register_movable",
]
