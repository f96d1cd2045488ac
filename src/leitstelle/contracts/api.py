"""Customers' contracts over the API; they are made and changed on the pages, as agreements are."""

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router

from leitstelle.contracts.policies import visible_customer_contracts
from leitstelle.contracts.queries import newest_versions
from leitstelle.contracts.schemas import CustomerContractOut
from leitstelle.kernel.api import Scope, needs, viewer_of
from leitstelle.kernel.api.reading import desk_only
from leitstelle.kernel.errors import NotFound

router = Router(tags=["Agreements"])


@router.get(
    "/customer-contracts",
    response=list[CustomerContractOut],
    operation_id="listCustomerContracts",
    summary="Contracts of customers",
    **needs(Scope.READ),
)
def list_customer_contracts(
    request: HttpRequest, organisation: Annotated[UUID | None, Query()] = None
) -> list[CustomerContractOut]:
    """The contracts of the customers one sees, ended ones too. For the desk."""
    viewer = viewer_of(request)
    desk_only(viewer)
    contracts = visible_customer_contracts(viewer).select_related("organisation")
    if organisation is not None:
        contracts = contracts.filter(organisation__public_id=organisation)
    rows = list(contracts.order_by("organisation__name", "number", "pk"))
    newest = newest_versions(rows)
    return [CustomerContractOut.of(row, newest[row.pk]) for row in rows if row.pk in newest]


@router.get(
    "/customer-contracts/{contract_id}",
    response=CustomerContractOut,
    operation_id="getCustomerContract",
    summary="A contract of a customer",
    **needs(Scope.READ),
)
def get_customer_contract(request: HttpRequest, contract_id: UUID) -> CustomerContractOut:
    """What it covers and until when, as its newest version says. For the desk."""
    rows = visible_customer_contracts(viewer_of(request)).select_related("organisation")
    row = rows.filter(public_id=contract_id).first()
    version = newest_versions([row]).get(row.pk) if row is not None else None
    if row is None or version is None:
        raise NotFound
    return CustomerContractOut.of(row, version)
