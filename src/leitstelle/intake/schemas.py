"""What the API says of telephone calls."""

from datetime import datetime
from typing import Self
from uuid import UUID

from ninja import Schema
from pydantic import Field

from leitstelle.accounts.models import Person
from leitstelle.intake.choices import PhoneDirection, PhoneOutcome
from leitstelle.intake.queries.shown_calls import ShownCall
from leitstelle.kernel.api.pages import Ref


class PhoneCallOut(Schema):
    """A call a telephone system told of. `people` are who may be on the other side; times are UTC."""

    id: UUID
    direction: PhoneDirection
    number: str = Field(description="E.164; empty where it was withheld", examples=["+4930123456"])
    people: list[Ref]
    agent: Ref | None
    team: Ref | None
    started_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    outcome: PhoneOutcome | None = Field(description="null while it lasts")
    ticket_number: int | None

    @classmethod
    def of(cls, shown: ShownCall) -> Self:
        """Return what the reader may know of a call."""
        call = shown.call
        return cls(
            id=call.public_id,
            direction=PhoneDirection(call.direction),
            number=call.number,
            people=[_person(one) for one in shown.people],
            agent=_person(call.agent) if call.agent else None,
            team=Ref(id=call.team.public_id, name=call.team.name) if call.team else None,
            started_at=call.started_at,
            answered_at=call.answered_at,
            ended_at=call.ended_at,
            outcome=PhoneOutcome(call.outcome) if call.outcome else None,
            ticket_number=shown.ticket.number if shown.ticket else None,
        )


def _person(person: Person) -> Ref:
    return Ref(id=person.public_id, name=person.display_name)
