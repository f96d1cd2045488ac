"""Vendors, and cases there beside a ticket. For the desk only."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Status

from leitstelle.contracts.models import UnderpinningContract, Vendor
from leitstelle.contracts.policies import visible_contracts, visible_vendors
from leitstelle.kernel.api import Scope, needs, viewer_of
from leitstelle.kernel.api.reading import desk_only, unknown
from leitstelle.kernel.errors import NotFound
from leitstelle.kernel.events import unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets import actions
from leitstelle.tickets.api import doors
from leitstelle.tickets.models import VendorCase
from leitstelle.tickets.policies import visible_vendor_cases
from leitstelle.tickets.queries.vendor import clocks_of_case
from leitstelle.tickets.schemas.messages import MessageOut
from leitstelle.tickets.schemas.vendors import (
    VendorCaseIn,
    VendorCaseOut,
    VendorOut,
    VendorStepIn,
    VendorWordsIn,
)

router = Router(tags=["Vendors"])


@router.get(
    "/vendors",
    response=list[VendorOut],
    operation_id="listVendors",
    summary="List vendors",
    **needs(Scope.READ),
)
def list_vendors(request: HttpRequest) -> list[VendorOut]:
    """Whom the desk asks, with what they promised; empty for whoever does not work on the desk."""
    viewer = viewer_of(request)
    contracts: dict[int, list[UnderpinningContract]] = {}
    for row in visible_contracts(viewer):
        contracts.setdefault(row.vendor_id, []).append(row)
    vendors = visible_vendors(viewer).filter(is_active=True)
    return [VendorOut.of(vendor, contracts.get(vendor.pk, [])) for vendor in vendors]


@router.get(
    "/tickets/{ticket_id}/vendor-cases",
    response=list[VendorCaseOut],
    operation_id="listVendorCases",
    summary="List cases at vendors",
    **needs(Scope.READ),
)
def list_cases(request: HttpRequest, ticket_id: UUID) -> list[VendorCaseOut]:
    """The ticket's cases at vendors, oldest first, with what is owed."""
    viewer = viewer_of(request)
    rows = _cases(viewer, ticket_id)
    return [_shown(case) for case in rows]


@router.post(
    "/tickets/{ticket_id}/vendor-cases",
    response={201: VendorCaseOut},
    operation_id="openVendorCase",
    summary="Ask a vendor",
    **needs(Scope.WRITE),
)
def open_case(request: HttpRequest, ticket_id: UUID, data: VendorCaseIn) -> Status[Any]:
    """Open a case beside the ticket, which stays with its team."""
    viewer = viewer_of(request)
    ticket = doors.find(viewer, ticket_id)
    desk_only(viewer)
    vendor = visible_vendors(viewer).filter(public_id=data.vendor).first()
    if vendor is None:
        raise unknown("vendor")
    new = actions.NewVendorCase(
        vendor=vendor,
        contract=_contract(viewer, vendor, data.contract),
        subject=data.subject,
        text=data.text,
        external_number=data.external_number,
    )
    case = actions.open_vendor_case(ticket, new, by=viewer, now=timezone.now())
    return Status(201, _shown(case))


@router.post(
    "/tickets/{ticket_id}/vendor-cases/{case_id}/messages",
    response={201: MessageOut},
    operation_id="writeToVendor",
    summary="Write to a vendor",
    **needs(Scope.WRITE),
)
def write(request: HttpRequest, ticket_id: UUID, case_id: UUID, data: VendorWordsIn) -> Status[Any]:
    """Add a message to the private thread with the vendor; it is sent unless it is a note."""
    viewer = viewer_of(request)
    case = _case(viewer, ticket_id, case_id)
    message = actions.write_to_vendor(case, data.text, by=viewer, now=timezone.now(), as_note=data.note)
    return Status(201, MessageOut.of(message, viewer))


@router.post(
    "/tickets/{ticket_id}/vendor-cases/{case_id}/step",
    response=VendorCaseOut,
    operation_id="moveVendorCase",
    summary="Say where a case stands",
    **needs(Scope.WRITE),
)
@unit()
def move(request: HttpRequest, ticket_id: UUID, case_id: UUID, data: VendorStepIn) -> VendorCaseOut:
    """Move the case, note the vendor's number, or both."""
    viewer, now = viewer_of(request), timezone.now()
    case = _case(viewer, ticket_id, case_id)
    if data.external_number is not None:
        actions.note_vendor_number(case, data.external_number, by=viewer, now=now)
    if data.verb is not None:
        actions.move_vendor_case(case, data.verb, by=viewer, now=now)
    return _shown(case)


def _cases(viewer: Viewer, ticket_id: UUID) -> Any:
    ticket = doors.find(viewer, ticket_id)
    desk_only(viewer)
    rows = visible_vendor_cases(viewer).filter(ticket=ticket)
    return rows.select_related("vendor", "contract", "opened_by", "ticket")


def _case(viewer: Viewer, ticket_id: UUID, case_id: UUID) -> VendorCase:
    case: VendorCase | None = _cases(viewer, ticket_id).filter(public_id=case_id).first()
    if case is None:
        raise NotFound
    return case


def _contract(viewer: Viewer, vendor: Vendor, contract_id: UUID | None) -> UnderpinningContract | None:
    if contract_id is None:
        return None
    contract = visible_contracts(viewer).filter(vendor=vendor, public_id=contract_id).first()
    if contract is None:
        raise unknown("contract")
    return contract


def _shown(case: VendorCase) -> VendorCaseOut:
    clocks = clocks_of_case(case, timezone.now())
    return VendorCaseOut.of(case, clocks.response, clocks.resolution)
