"""Merging tickets: what is asked for and what was done."""

from datetime import datetime
from uuid import UUID

from ninja import Schema
from pydantic import Field

from leitstelle.kernel.api import Ref
from leitstelle.tickets.models import TicketMerge
from leitstelle.tickets.schemas.tickets import person_ref


class MergeIn(Schema):
    """The ticket it goes on in, by id or by number, and who reads what afterwards."""

    ticket: UUID | None = None
    number: int | None = Field(None, ge=1, le=2**63 - 1)
    apart: bool | None = Field(
        None,
        description="Whether requesters of both keep reading their own words only. Unless you say so: people of one "
        "customer read everything together, others stay apart",
    )
    reason: str = Field("", max_length=500, description="For the desk only")


class MergeOut(Schema):
    """One merge. `source` is an alias of `target` while `undone_at` is null."""

    id: UUID
    source: UUID
    source_number: int
    target: UUID
    target_number: int
    apart: bool
    reason: str
    at: datetime
    by: Ref | None
    undone_at: datetime | None
    undone_by: Ref | None

    @classmethod
    def of(cls, row: TicketMerge) -> "MergeOut":
        """The merge with both tickets and people loaded."""
        return cls(
            id=row.public_id,
            source=row.source.public_id,
            source_number=row.source.number,
            target=row.target.public_id,
            target_number=row.target.number,
            apart=row.is_apart,
            reason=row.reason,
            at=row.at,
            by=person_ref(row.by),
            undone_at=row.undone_at,
            undone_by=person_ref(row.undone_by),
        )
