"""Vendors and cases there as the API shows them."""

from datetime import date, datetime
from uuid import UUID

from ninja import Schema
from pydantic import Field

from leitstelle.contracts.choices import Standing
from leitstelle.contracts.models import UnderpinningContract, Vendor
from leitstelle.contracts.rules.clock import Promise
from leitstelle.kernel.api import Ref
from leitstelle.kernel.api.reading import Words
from leitstelle.tickets.choices import VendorState, VendorVerb
from leitstelle.tickets.models import VendorCase
from leitstelle.tickets.schemas.tickets import person_ref


class ContractOut(Schema):
    """What a vendor promised, in seconds of service."""

    id: UUID
    name: str
    number: str
    valid_from: date
    valid_until: date | None
    response_seconds: int | None
    resolution_seconds: int | None

    @classmethod
    def of(cls, row: UnderpinningContract) -> "ContractOut":
        return cls(
            id=row.public_id,
            name=row.name,
            number=row.number,
            valid_from=row.valid_from,
            valid_until=row.valid_until,
            response_seconds=row.response_seconds,
            resolution_seconds=row.resolution_seconds,
        )


class VendorOut(Schema):
    """Somebody who can be asked."""

    id: UUID
    name: str
    support_mail: str
    phone: str
    portal_url: str
    customer_number: str
    contracts: list[ContractOut]

    @classmethod
    def of(cls, row: Vendor, contracts: list[UnderpinningContract]) -> "VendorOut":
        return cls(
            id=row.public_id,
            name=row.name,
            support_mail=row.support_mail,
            phone=row.phone,
            portal_url=row.portal_url,
            customer_number=row.customer_number,
            contracts=[ContractOut.of(one) for one in contracts],
        )


class PromiseOut(Schema):
    """Where a promise of the vendor stands, in seconds of service."""

    standing: Standing
    target_seconds: int
    used_seconds: int
    due_at: datetime | None

    @classmethod
    def of(cls, promise: Promise | None) -> "PromiseOut | None":
        if promise is None:
            return None
        return cls(
            standing=promise.standing,
            target_seconds=promise.target,
            used_seconds=round(promise.used),
            due_at=promise.due_at,
        )


class VendorCaseOut(Schema):
    """A case at a vendor; its messages are those of the ticket with the audience `vendor`."""

    id: UUID
    vendor: Ref
    contract: Ref | None
    subject: str
    external_number: str = Field(description="The vendor's own number")
    state: VendorState
    opened_at: datetime
    opened_by: Ref | None
    answered_at: datetime | None
    ended_at: datetime | None
    delivery_failed: bool
    response: PromiseOut | None
    resolution: PromiseOut | None

    @classmethod
    def of(cls, row: VendorCase, response: Promise | None, resolution: Promise | None) -> "VendorCaseOut":
        """The case with `vendor`, `contract` and `opened_by` loaded."""
        return cls(
            id=row.public_id,
            vendor=Ref(id=row.vendor.public_id, name=row.vendor.name),
            contract=Ref(id=row.contract.public_id, name=row.contract.name) if row.contract else None,
            subject=row.subject,
            external_number=row.external_number,
            state=VendorState(row.state),
            opened_at=row.opened_at,
            opened_by=person_ref(row.opened_by),
            answered_at=row.answered_at,
            ended_at=row.ended_at,
            delivery_failed=row.delivery_failed,
            response=PromiseOut.of(response),
            resolution=PromiseOut.of(resolution),
        )


class VendorCaseIn(Schema):
    """Whom to ask, and what to write; goes out by mail where the vendor has an address."""

    vendor: UUID
    contract: UUID | None = Field(None, description="One of the vendor's contracts that hold today")
    subject: str = Field("", max_length=300, description="Default: the ticket's")
    text: Words = Field(min_length=1, examples=["The scanner does not start any more."])
    external_number: str = Field("", max_length=60)


class VendorWordsIn(Schema):
    """What is written to the vendor, or only noted."""

    text: Words = Field(min_length=1)
    note: bool = Field(False, description="Keep it without sending it")


class VendorStepIn(Schema):
    """Where the case stands now, and perhaps the vendor's number."""

    verb: VendorVerb | None = None
    external_number: str | None = Field(None, max_length=60)
