"""Shapes of contracts in the API."""

from datetime import date, datetime
from typing import Self
from uuid import UUID

from ninja import Schema
from pydantic import Field

from leitstelle.contracts.models import CustomerContract, CustomerContractVersion


class CustomerContractOut(Schema):
    """A customer's contract as its newest version says."""

    id: UUID
    organisation: UUID
    number: str
    name: str
    version: int
    recorded_at: datetime = Field(description="The version counts for tickets opened from then on")
    valid_from: date = Field(description="First day, of the house")
    valid_until: date | None = Field(description="Last day, of the house; null: until further notice")
    categories: list[str] = Field(description="Keys of the covered branches; empty: all services")

    @classmethod
    def of(cls, row: CustomerContract, version: CustomerContractVersion) -> Self:
        return cls(
            id=row.public_id,
            organisation=row.organisation.public_id,
            number=row.number,
            name=row.name,
            version=version.number,
            recorded_at=version.recorded_at,
            valid_from=version.valid_from,
            valid_until=version.valid_until,
            categories=sorted(one.key for one in version.categories.all()),
        )
