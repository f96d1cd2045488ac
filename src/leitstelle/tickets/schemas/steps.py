"""What the steps of a ticket ask for, and what they leave behind."""

from datetime import datetime
from uuid import UUID

from ninja import Schema
from pydantic import Field

from leitstelle.kernel.api import Ref
from leitstelle.kernel.api.reading import Key, Moment, Words
from leitstelle.tickets.choices import HandoverState, LinkKind, ParticipantRole, StatusType, TriedStep
from leitstelle.tickets.models import Handover, Participant, Ticket, TicketLink
from leitstelle.tickets.schemas.tickets import named, person_ref


class MajorIn(Schema):
    """Whether the ticket is major."""

    is_major: bool = True


class AssignIn(Schema):
    """The team, and perhaps somebody in it."""

    team: UUID
    assignee: UUID | None = Field(None, description="A person who works in the team")


class HandOverIn(Schema):
    """To whom, why, and what was tried, so that nobody has to start again."""

    team: UUID
    person: UUID | None = None
    reason: Words = Field(min_length=1)
    tried: Words = Field(min_length=1)
    findings: Words = ""
    steps: list[TriedStep] = Field(default_factory=list, description="Usual steps that were done already")


class ReasonIn(Schema):
    """Why; kept as an internal note."""

    reason: Words = Field(min_length=1, examples=["The printer stopped again."])


class WaitIn(Schema):
    """For whom the ticket waits."""

    status: Key = Field(description="Key of a status of the type `waiting`", examples=["waiting_requester"])
    reason: Words = Field("", description="Needed where the status says so")
    until: Moment | None = Field(None, description="When to be reminded")


class ScheduleIn(Schema):
    """When to work on it; clocks pause until then."""

    until: Moment
    reason: Words = ""


class ResolveIn(Schema):
    """How it ended, and perhaps the answer that says so."""

    code: Key = Field(description="Key of a resolution code of `/scales`", examples=["solved"])
    text: Words = Field("", description="Sent to the requester; leave it empty if they know already")


class HandoverOut(Schema):
    """A handover, open or decided."""

    id: int
    state: HandoverState
    from_team: Ref | None
    from_person: Ref | None
    to_team: Ref
    to_person: Ref | None
    reason: str
    tried: str
    findings: str
    steps: list[str]
    offered_at: datetime
    offered_by: Ref | None
    decided_at: datetime | None
    decided_by: Ref | None
    return_reason: str

    @classmethod
    def of(cls, row: Handover) -> "HandoverOut":
        return cls(
            id=row.pk,
            state=HandoverState(row.state),
            from_team=named(row.from_team),
            from_person=person_ref(row.from_person),
            to_team=Ref(id=row.to_team.public_id, name=row.to_team.name),
            to_person=person_ref(row.to_person),
            reason=row.reason,
            tried=row.tried,
            findings=row.findings,
            steps=row.steps,
            offered_at=row.offered_at,
            offered_by=person_ref(row.offered_by),
            decided_at=row.decided_at,
            decided_by=person_ref(row.decided_by),
            return_reason=row.return_reason,
        )


class LinkIn(Schema):
    """The other ticket, by id or by number, and what it is to this one."""

    ticket: UUID | None = None
    number: int | None = Field(None, ge=1, le=2**63 - 1)
    kind: LinkKind


class LinkOut(Schema):
    """A connection to another ticket; read from this one to the other where `outgoing`."""

    id: int
    kind: LinkKind
    outgoing: bool
    ticket: UUID
    number: int
    subject: str
    status: str
    status_type: StatusType

    @classmethod
    def of(cls, link: TicketLink, other: Ticket, outgoing: bool) -> "LinkOut":
        return cls(
            id=link.pk,
            kind=LinkKind(link.kind),
            outgoing=outgoing,
            ticket=other.public_id,
            number=other.number,
            subject=other.subject,
            status=other.status_id,
            status_type=StatusType(other.status_type),
        )


class ParticipantIn(Schema):
    """Who takes part, and as what; the requester is changed with PATCH."""

    person: UUID
    role: ParticipantRole = Field(examples=["watcher"])


class ParticipantOut(Schema):
    """A person and what they are on the ticket."""

    id: int
    person: Ref
    role: ParticipantRole
    added_at: datetime

    @classmethod
    def of(cls, row: Participant) -> "ParticipantOut":
        return cls(
            id=row.pk,
            person=Ref(id=row.person.public_id, name=row.person.display_name),
            role=ParticipantRole(row.role),
            added_at=row.added_at,
        )
