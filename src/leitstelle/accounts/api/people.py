"""People, their addresses and numbers, and who speaks."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router, Schema, Status
from pydantic import Field

from leitstelle.accounts import actions, policies, queries
from leitstelle.accounts.choices import PersonKind, Role
from leitstelle.accounts.models import ContactPoint, Organisation, Person, Site
from leitstelle.accounts.schemas import ContactIn, ContactOut, MeOut, PersonIn, PersonOut, PersonPatch
from leitstelle.kernel.api import CursorPage, Scope, check_if_match, needs, paginate, set_etag, viewer_of
from leitstelle.kernel.api.reading import Cursor, Limit, RowId, unknown
from leitstelle.kernel.errors import NotFound
from leitstelle.kernel.viewer import Viewer

router = Router(tags=["People"])


class PeopleFilters(Schema):
    """What a list of people is narrowed to."""

    q: str = Field("", max_length=200, description="Words of a name, an address or a number; all must fit")
    email: str = Field("", max_length=254, description="Whose mail address this is")
    phone: str = Field("", max_length=60, description="Whose number this is, however written")
    organisation: UUID | None = Field(None, description="Only people of this organisation")
    is_active: bool | None = None
    cursor: Cursor
    limit: Limit


@router.get("/me", response=MeOut, operation_id="getMe", summary="Who speaks", **needs(Scope.READ))
def me(request: HttpRequest) -> MeOut:
    """The person behind the token or session, the hat worn, and the rights that go with it."""
    viewer = viewer_of(request)
    person = Person.objects.get(pk=viewer.person_id or 0)
    scopes = viewer.token_scopes
    return MeOut(
        id=person.public_id,
        name=person.display_name,
        hat=viewer.hat,
        is_lead=viewer.is_lead,
        is_administrator=viewer.is_admin,
        roles=sorted({Role(role) for role in person.grants.values_list("role", flat=True)}),
        language=viewer.language,
        time_zone=viewer.time_zone,
        token_scopes=sorted(scopes) if scopes is not None else None,
    )


@router.get(
    "/people",
    response=CursorPage[PersonOut],
    operation_id="listPeople",
    summary="List and search people",
    **needs(Scope.READ),
)
def list_people(request: HttpRequest, filters: Query[PeopleFilters]) -> dict[str, Any]:
    """The people this viewer may see, by name. Requesters see themselves, customer contacts their organisation."""
    viewer = viewer_of(request)
    rows = _narrowed(policies.visible_people(viewer), filters)
    return paginate(
        _loaded(rows),
        filters.cursor,
        ["sort_name"],
        filters.limit,
        shown=lambda row: PersonOut.of(row, viewer),
    )


@router.post(
    "/people",
    response={201: PersonOut},
    operation_id="createPerson",
    summary="Create a person",
    **needs(Scope.WRITE, if_match="optional"),
)
def create_person(request: HttpRequest, data: PersonIn, response: HttpResponse) -> Status[Any]:
    """A person with addresses and numbers, unverified. Agents, within their scope."""
    viewer = viewer_of(request)
    new = actions.PersonInput(
        **data.dict(exclude={"organisation", "site", "contact_points", "kind"}),
        kind=PersonKind(data.kind),
        **_place(viewer, data.organisation, data.site),
        contacts=[_contact(one) for one in data.contact_points],
    )
    person = actions.create_person(new, by=viewer, now=timezone.now())
    response["Location"] = f"/api/v1/people/{person.public_id}"
    return Status(201, _shown(person.public_id, viewer, response))


@router.get(
    "/people/{person_id}",
    response=PersonOut,
    operation_id="getPerson",
    summary="Get a person",
    **needs(Scope.READ, if_match="optional"),
)
def get_person(request: HttpRequest, person_id: UUID, response: HttpResponse) -> PersonOut:
    """One person with addresses and numbers."""
    return _shown(person_id, viewer_of(request), response)


@router.patch(
    "/people/{person_id}",
    response=PersonOut,
    operation_id="changePerson",
    summary="Change a person",
    **needs(Scope.WRITE, if_match="required"),
)
def change_person(
    request: HttpRequest, person_id: UUID, data: PersonPatch, response: HttpResponse
) -> PersonOut:
    """Change what is known of a person. Administrators, and agents for requesters in their scope."""
    viewer = viewer_of(request)
    person = _found(person_id, viewer)
    policies.require(policies.can_edit_person(viewer, person))
    check_if_match(request, person.version, required=True)
    actions.edit_person(
        person, _changed(person, data, viewer), version=person.version, by=viewer, now=timezone.now()
    )
    return _shown(person_id, viewer, response)


@router.post(
    "/people/{person_id}/contact-points",
    response={201: ContactOut},
    operation_id="addContactPoint",
    summary="Add an address or number",
    **needs(Scope.WRITE),
)
def add_contact_point(request: HttpRequest, person_id: UUID, data: ContactIn) -> Status[Any]:
    """Add it, unverified; what the person has already is answered as it is."""
    viewer = viewer_of(request)
    person = _found(person_id, viewer)
    point = actions.add_contact_point(person, _contact(data), by=viewer, now=timezone.now())
    point.refresh_from_db()
    return Status(201, ContactOut.of(point))


@router.delete(
    "/people/{person_id}/contact-points/{point_id}",
    response={204: None},
    operation_id="removeContactPoint",
    summary="Remove an address or number",
    **needs(Scope.WRITE),
)
def remove_contact_point(request: HttpRequest, person_id: UUID, point_id: RowId) -> Status[Any]:
    """Remove it; mail to an address that is left keeps coming in."""
    viewer, now = viewer_of(request), timezone.now()
    person = _found(person_id, viewer)
    policies.require(policies.can_edit_person(viewer, person))
    actions.remove_contact_point(_point(person, point_id), by=viewer, now=now)
    return Status(204, None)


def _narrowed(rows: QuerySet[Person], filters: PeopleFilters) -> QuerySet[Person]:
    if filters.q.strip():
        rows = queries.people_matching(rows, filters.q)
    if filters.email.strip():
        owner = queries.find_by_email(filters.email)
        rows = rows.filter(pk=owner.pk if owner else 0)
    if filters.phone.strip():
        rows = rows.filter(pk__in=[person.pk for person in queries.find_by_phone(filters.phone)])
    if filters.organisation is not None:
        rows = rows.filter(organisation__public_id=filters.organisation)
    if filters.is_active is not None:
        rows = rows.filter(is_active=filters.is_active)
    return rows


def _loaded(rows: QuerySet[Person]) -> QuerySet[Person]:
    return rows.select_related("organisation", "site").prefetch_related("contact_points")


def _found(person_id: UUID, viewer: Viewer) -> Person:
    person = _loaded(policies.visible_people(viewer)).filter(public_id=person_id).first()
    if person is None:
        raise NotFound
    return person


def _shown(person_id: UUID, viewer: Viewer, response: HttpResponse) -> PersonOut:
    person = _found(person_id, viewer)
    set_etag(response, person.version)
    return PersonOut.of(person, viewer)


def _point(person: Person, point_id: int) -> ContactPoint:
    point = person.contact_points.select_related("person").filter(pk=point_id).first()
    if point is None:
        raise NotFound
    return point


def _contact(data: ContactIn) -> actions.ContactInput:
    return actions.ContactInput(
        kind=data.kind, value=data.value, label=data.label, is_primary=data.is_primary
    )


def _place(viewer: Viewer, organisation_id: UUID | None, site_id: UUID | None) -> dict[str, Any]:
    """The organisation and site that are named. Raises `InvalidInput` for what the viewer does not see."""
    organisation: Organisation | None = None
    site: Site | None = None
    if organisation_id is not None:
        organisation = policies.visible_organisations(viewer).filter(public_id=organisation_id).first()
        if organisation is None:
            raise unknown("organisation")
    if site_id is not None:
        site = policies.visible_sites(viewer).filter(public_id=site_id, organisation=organisation).first()
        if site is None:
            raise unknown("site")
    return {"organisation": organisation, "site": site}


def _changed(person: Person, data: PersonPatch, viewer: Viewer) -> actions.PersonInput:
    """The whole input of the action: what is there, with what the patch says over it."""
    wanted = data.dict(exclude_unset=True)
    texts = ("display_name", "given_name", "family_name", "job_title", "room", "language", "time_zone")
    values = {name: getattr(person, name) for name in (*texts, "is_vip", "note")}
    values |= {name: value for name, value in wanted.items() if name in values and value is not None}
    place: dict[str, Any] = {"organisation": person.organisation, "site": person.site}
    if "organisation" in wanted:
        place = _place(viewer, data.organisation, None)
    if "site" in wanted and place["organisation"] is not None:
        place |= _place(viewer, place["organisation"].public_id, data.site)
    return actions.PersonInput(kind=PersonKind(person.kind), **values, **place)
