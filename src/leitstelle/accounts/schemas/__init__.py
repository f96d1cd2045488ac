"""Shapes of people, organisations and the desk's structure in the API."""

from leitstelle.accounts.schemas.organisations import (
    OrganisationIn,
    OrganisationOut,
    OrganisationPatch,
    SiteIn,
    SiteOut,
)
from leitstelle.accounts.schemas.people import ContactIn, ContactOut, MeOut, PersonIn, PersonOut, PersonPatch
from leitstelle.accounts.schemas.teams import LevelOut, MemberOut, TeamDetailOut, TeamOut

__all__ = [
    "ContactIn",
    "ContactOut",
    "LevelOut",
    "MeOut",
    "MemberOut",
    "OrganisationIn",
    "OrganisationOut",
    "OrganisationPatch",
    "PersonIn",
    "PersonOut",
    "PersonPatch",
    "SiteIn",
    "SiteOut",
    "TeamDetailOut",
    "TeamOut",
]
