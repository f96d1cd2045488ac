"""People, their addresses and numbers."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID
from zoneinfo import available_timezones

from ninja import Schema
from pydantic import AfterValidator, Field

from leitstelle.accounts.choices import ContactKind, PersonKind, Role
from leitstelle.accounts.models import ContactPoint, Person
from leitstelle.kernel.api import Ref
from leitstelle.kernel.api.reading import Line, Words
from leitstelle.kernel.viewer import Hat, Viewer


def _known_zone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError("not a time zone of the IANA database")
    return value


Zone = Annotated[str, AfterValidator(_known_zone), Field(max_length=64, examples=["Europe/Berlin"])]
Language = Literal["de", "en"]


class ContactOut(Schema):
    """One address or number of a person."""

    id: int = Field(examples=[17])
    kind: ContactKind
    value: str = Field(description="As it was typed", examples=["030 123456-12"])
    normalised: str = Field(
        description="As it is compared: folded address, E.164 number", examples=["+493012345612"]
    )
    label: str
    is_primary: bool
    is_verified: bool = Field(description="The person proved that it is theirs; such addresses sign in")
    is_suspended: bool = Field(description="Mail came back from there; nothing is sent to it")

    @classmethod
    def of(cls, point: ContactPoint) -> "ContactOut":
        return cls(
            id=point.pk,
            kind=ContactKind(point.kind),
            value=point.value,
            normalised=point.normalised,
            label=point.label,
            is_primary=point.is_primary,
            is_verified=point.verified_at is not None,
            is_suspended=point.suspended_at is not None,
        )


class ContactIn(Schema):
    """An address or number to add."""

    kind: ContactKind
    value: str = Field(min_length=1, max_length=254, examples=["eva.brandt@example.org"])
    label: str = Field("", max_length=60, examples=["Office"])
    is_primary: bool = False


class PersonOut(Schema):
    """A person as this viewer may see them. `note` and `is_vip` are for the desk and null for others."""

    id: UUID
    kind: PersonKind
    display_name: str = Field(examples=["Eva Brandt"])
    given_name: str
    family_name: str
    job_title: str
    organisation: Ref | None
    site: Ref | None
    room: str
    language: str
    time_zone: str
    is_active: bool
    is_vip: bool | None
    note: str | None
    contact_points: list[ContactOut]
    created_at: datetime
    version: int = Field(description="What `If-Match` compares, as the `ETag` says it")

    @classmethod
    def of(cls, person: Person, viewer: Viewer) -> "PersonOut":
        """The person with `organisation`, `site` and `contact_points` loaded, cut to what the viewer may see."""
        own = viewer.is_agent or viewer.person_id == person.pk
        return cls(
            id=person.public_id,
            kind=PersonKind(person.kind),
            display_name=person.display_name,
            given_name=person.given_name,
            family_name=person.family_name,
            job_title=person.job_title,
            organisation=_named(person.organisation),
            site=_named(person.site),
            room=person.room,
            language=person.language,
            time_zone=person.time_zone,
            is_active=person.is_active,
            is_vip=person.is_vip if viewer.is_agent else None,
            note=person.note if viewer.is_agent else None,
            contact_points=[ContactOut.of(point) for point in person.contact_points.all()] if own else [],
            created_at=person.created_at,
            version=person.version,
        )


class PersonIn(Schema):
    """A new person. Without `display_name` the names make it; one of them is needed."""

    display_name: str = Field("", max_length=200, examples=["Eva Brandt"])
    given_name: str = Field("", max_length=100)
    family_name: str = Field("", max_length=100)
    kind: PersonKind = PersonKind.HUMAN
    job_title: str = Field("", max_length=120)
    organisation: UUID | None = None
    site: UUID | None = None
    room: str = Field("", max_length=40)
    language: Language = "de"
    time_zone: Zone = "Europe/Berlin"
    is_vip: bool = False
    note: Words = ""
    contact_points: list[ContactIn] = Field(default_factory=list, max_length=20)


class PersonPatch(Schema):
    """What is to change; what is left out stays. Null takes organisation or site away."""

    display_name: str | None = Field(None, min_length=1, max_length=200)
    given_name: str | None = Field(None, max_length=100)
    family_name: str | None = Field(None, max_length=100)
    job_title: str | None = Field(None, max_length=120)
    organisation: UUID | None = None
    site: UUID | None = None
    room: str | None = Field(None, max_length=40)
    language: Language | None = None
    time_zone: Zone | None = None
    is_vip: bool | None = None
    note: Words | None = None


class MeOut(Schema):
    """Who speaks: the person, the hat worn, the rights, and what the token may."""

    id: UUID
    name: Line
    hat: Hat = Field(description="`agent` works on the desk, `requester` sees what the portal shows")
    is_lead: bool
    is_administrator: bool
    roles: list[Role]
    language: str
    time_zone: str
    token_scopes: list[str] | None = Field(description="Null with a session", examples=[["read", "write"]])


def _named(row: object) -> Ref | None:
    return Ref(id=row.public_id, name=row.name) if row is not None else None  # type: ignore[attr-defined]
