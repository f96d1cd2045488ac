"""Customers and departments with their sites."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router, Schema, Status
from pydantic import Field

from leitstelle.accounts import actions, policies
from leitstelle.accounts.choices import OrganisationKind
from leitstelle.accounts.models import Organisation
from leitstelle.accounts.schemas import OrganisationIn, OrganisationOut, OrganisationPatch, SiteIn, SiteOut
from leitstelle.kernel.api import CursorPage, Scope, check_if_match, needs, paginate, set_etag, viewer_of
from leitstelle.kernel.api.reading import Cursor, Limit, unknown
from leitstelle.kernel.errors import NotFound
from leitstelle.kernel.search import sort_key
from leitstelle.kernel.viewer import Viewer

router = Router(tags=["Organisations"])


class OrganisationFilters(Schema):
    """What a list of organisations is narrowed to."""

    q: str = Field("", max_length=200, description="Words of the name; all must fit")
    domain: str = Field("", max_length=253, description="Whose mail domain this is")
    kind: OrganisationKind | None = None
    is_active: bool | None = None
    cursor: Cursor
    limit: Limit


@router.get(
    "/organisations",
    response=CursorPage[OrganisationOut],
    operation_id="listOrganisations",
    summary="List and search organisations",
    **needs(Scope.READ),
)
def list_organisations(request: HttpRequest, filters: Query[OrganisationFilters]) -> dict[str, Any]:
    """The organisations this viewer may see, by name. Requesters see their own."""
    viewer = viewer_of(request)
    rows = _loaded(_narrowed(policies.visible_organisations(viewer), filters, viewer))
    return paginate(
        rows, filters.cursor, ["sort_name"], filters.limit, shown=lambda row: OrganisationOut.of(row, viewer)
    )


@router.post(
    "/organisations",
    response={201: OrganisationOut},
    operation_id="createOrganisation",
    summary="Create an organisation",
    **needs(Scope.ADMIN, if_match="optional"),
)
def create_organisation(request: HttpRequest, data: OrganisationIn, response: HttpResponse) -> Status[Any]:
    """A customer or department. Administrators only."""
    viewer = viewer_of(request)
    policies.require(policies.can_administer(viewer))
    new = actions.OrganisationInput(
        **data.dict(exclude={"parent", "kind"}),
        kind=OrganisationKind(data.kind),
        parent=_parent(data.parent, viewer),
    )
    organisation = actions.create_organisation(new, by=viewer, now=timezone.now())
    response["Location"] = f"/api/v1/organisations/{organisation.public_id}"
    return Status(201, _shown(organisation.public_id, viewer, response))


@router.get(
    "/organisations/{organisation_id}",
    response=OrganisationOut,
    operation_id="getOrganisation",
    summary="Get an organisation",
    **needs(Scope.READ, if_match="optional"),
)
def get_organisation(request: HttpRequest, organisation_id: UUID, response: HttpResponse) -> OrganisationOut:
    """One organisation with its mail domains and sites."""
    return _shown(organisation_id, viewer_of(request), response)


@router.patch(
    "/organisations/{organisation_id}",
    response=OrganisationOut,
    operation_id="changeOrganisation",
    summary="Change an organisation",
    **needs(Scope.ADMIN, if_match="required"),
)
def change_organisation(
    request: HttpRequest, organisation_id: UUID, data: OrganisationPatch, response: HttpResponse
) -> OrganisationOut:
    """Change what is known of an organisation. Administrators only."""
    viewer = viewer_of(request)
    row = _found(organisation_id, viewer)
    policies.require(policies.can_administer(viewer))
    check_if_match(request, row.version, required=True)
    new = _changed(row, data, viewer)
    actions.edit_organisation(row, new, version=row.version, by=viewer, now=timezone.now())
    return _shown(organisation_id, viewer, response)


@router.post(
    "/organisations/{organisation_id}/sites",
    response={201: SiteOut},
    operation_id="addSite",
    summary="Add a site",
    **needs(Scope.ADMIN),
)
def add_site(request: HttpRequest, organisation_id: UUID, data: SiteIn) -> Status[Any]:
    """A place of the organisation. Administrators only."""
    viewer = viewer_of(request)
    row = _found(organisation_id, viewer)
    site = actions.save_site(row, actions.SiteInput(**data.dict()), by=viewer, now=timezone.now())
    return Status(201, SiteOut.of(site))


@router.put(
    "/organisations/{organisation_id}/sites/{site_id}",
    response=SiteOut,
    operation_id="changeSite",
    summary="Change a site",
    **needs(Scope.ADMIN),
)
def change_site(request: HttpRequest, organisation_id: UUID, site_id: UUID, data: SiteIn) -> SiteOut:
    """Write all of a place anew. Administrators only."""
    viewer = viewer_of(request)
    row = _found(organisation_id, viewer)
    site = row.sites.filter(public_id=site_id).first()
    if site is None:
        raise NotFound
    new = actions.SiteInput(**data.dict())
    return SiteOut.of(actions.save_site(row, new, by=viewer, now=timezone.now(), site=site))


def _narrowed(
    rows: QuerySet[Organisation], filters: OrganisationFilters, viewer: Viewer
) -> QuerySet[Organisation]:
    for word in sort_key(filters.q).split()[:5]:
        rows = rows.filter(sort_name__contains=word)
    if filters.domain.strip():
        wanted = filters.domain.strip().lower()
        rows = rows.filter(domains__domain=wanted) if viewer.is_agent else rows.none()
    if filters.kind is not None:
        rows = rows.filter(kind=str(filters.kind))
    if filters.is_active is not None:
        rows = rows.filter(is_active=filters.is_active)
    return rows


def _loaded(rows: QuerySet[Organisation]) -> QuerySet[Organisation]:
    return rows.select_related("parent").prefetch_related("domains", "sites")


def _found(organisation_id: UUID, viewer: Viewer) -> Organisation:
    row = _loaded(policies.visible_organisations(viewer)).filter(public_id=organisation_id).first()
    if row is None:
        raise NotFound
    return row


def _shown(organisation_id: UUID, viewer: Viewer, response: HttpResponse) -> OrganisationOut:
    row = _found(organisation_id, viewer)
    set_etag(response, row.version)
    return OrganisationOut.of(row, viewer)


def _parent(parent_id: UUID | None, viewer: Viewer) -> Organisation | None:
    if parent_id is None:
        return None
    found = policies.visible_organisations(viewer).filter(public_id=parent_id).first()
    if found is None:
        raise unknown("parent")
    return found


def _changed(row: Organisation, data: OrganisationPatch, viewer: Viewer) -> actions.OrganisationInput:
    wanted = data.dict(exclude_unset=True)
    values = {name: getattr(row, name) for name in ("name", "language", "note")}
    values |= {name: value for name, value in wanted.items() if name in values and value is not None}
    return actions.OrganisationInput(
        **values,
        kind=OrganisationKind(data.kind or row.kind),
        parent=_parent(data.parent, viewer) if "parent" in wanted else row.parent,
        level_scheme=row.level_scheme,
        domains=data.domains,
    )
