"""Customers and departments, their sites and mail domains."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field, StringConstraints

from leitstelle.accounts.choices import OrganisationKind
from leitstelle.accounts.models import Organisation, Site
from leitstelle.kernel.api import Ref
from leitstelle.kernel.api.reading import Words
from leitstelle.kernel.viewer import Viewer

Domain = Annotated[str, StringConstraints(min_length=1, max_length=253)]
Domains = Annotated[list[Domain], Field(max_length=200, examples=[["example.org"]])]


class SiteOut(Schema):
    """A place of an organisation; `state` (ISO 3166-2, without the country) picks the holidays."""

    id: UUID
    name: str
    street: str
    postcode: str
    city: str
    state: str = Field(examples=["SN"])
    country: str = Field(examples=["DE"])
    is_active: bool

    @classmethod
    def of(cls, site: Site) -> "SiteOut":
        return cls(
            id=site.public_id,
            name=site.name,
            street=site.street,
            postcode=site.postcode,
            city=site.city,
            state=site.state,
            country=site.country,
            is_active=site.is_active,
        )


class SiteIn(Schema):
    """A place to add, or all it shall be."""

    name: str = Field(min_length=1, max_length=120)
    street: str = Field("", max_length=200)
    postcode: str = Field("", max_length=12)
    city: str = Field("", max_length=120)
    state: str = Field("", max_length=3, pattern="^[A-Za-z0-9]*$", examples=["SN"])
    country: str = Field("DE", pattern="^[A-Za-z]{2}$")


class OrganisationOut(Schema):
    """A customer or department. `note` and `domains` are for the desk, null and empty for others."""

    id: UUID
    name: str = Field(examples=["Rheinbogen Molkerei"])
    kind: OrganisationKind
    parent: Ref | None
    language: str
    is_active: bool
    note: str | None
    domains: list[str]
    sites: list[SiteOut]
    created_at: datetime
    version: int

    @classmethod
    def of(cls, row: Organisation, viewer: Viewer) -> "OrganisationOut":
        """The row with `parent`, `domains` and `sites` loaded, cut to what the viewer may see."""
        desk = viewer.is_agent
        parent = row.parent if desk else None
        return cls(
            id=row.public_id,
            name=row.name,
            kind=OrganisationKind(row.kind),
            parent=Ref(id=parent.public_id, name=parent.name) if parent else None,
            language=row.language,
            is_active=row.is_active,
            note=row.note if desk else None,
            domains=[one.domain for one in row.domains.all()] if desk else [],
            sites=[SiteOut.of(site) for site in row.sites.all()],
            created_at=row.created_at,
            version=row.version,
        )


class OrganisationIn(Schema):
    """A new customer or department; senders of its mail domains belong to it."""

    name: str = Field(min_length=1, max_length=200)
    kind: OrganisationKind = OrganisationKind.CUSTOMER
    parent: UUID | None = None
    language: Literal["de", "en"] = "de"
    note: Words = ""
    domains: Domains = []


class OrganisationPatch(Schema):
    """What is to change; what is left out stays. `domains` is the whole list."""

    name: str | None = Field(None, min_length=1, max_length=200)
    kind: OrganisationKind | None = None
    parent: UUID | None = None
    language: Literal["de", "en"] | None = None
    note: Words | None = None
    domains: Domains | None = None
