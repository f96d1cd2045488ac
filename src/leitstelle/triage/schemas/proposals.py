"""Shapes of proposals in the API."""

from datetime import datetime
from typing import Self
from uuid import UUID

from ninja import Schema
from pydantic import Field

from leitstelle.kernel.api.reading import Key
from leitstelle.triage.choices import Matter, ProposalState
from leitstelle.triage.models import Proposal
from leitstelle.triage.queries.words import evidence_words


class OptionOut(Schema):
    """A value that was proposed, and how likely it is."""

    value: str = Field(description="For a category, a service or a team its id, else the key")
    percent: int


class ProposalOut(Schema):
    """What was proposed about one matter of a ticket, why, and what became of it."""

    id: UUID
    matter: Matter
    state: ProposalState
    options: list[OptionOut] = Field(description="Likeliest first")
    evidence: list[str] = Field(description="Words that carried the first option")
    proposed_before: int = Field(description="How often such a proposal was made on trial")
    right_before: int = Field(description="How often it was right then")
    decided: bool = Field(description="Set without asking")
    chosen: str | None = Field(description="What it was answered with")
    created_at: datetime
    settled_at: datetime | None

    @classmethod
    def of(cls, row: Proposal) -> Self:
        return cls(
            id=row.public_id,
            matter=Matter(row.matter),
            state=ProposalState(row.state),
            options=[OptionOut(value=str(code), percent=percent) for code, percent in row.options],
            evidence=evidence_words(row.evidence),
            proposed_before=row.proposed_before,
            right_before=row.right_before,
            decided=row.was_decided,
            chosen=row.chosen or None,
            created_at=row.created_at,
            settled_at=row.settled_at,
        )


class AcceptIn(Schema):
    """One of the proposed options; another than the first corrects the proposal, which the next training weighs."""

    value: Key
