"""A ticket as it is read and written."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from leitstelle.accounts.models import Person
from leitstelle.catalog.queries import modifier_keys
from leitstelle.catalog.rules import Basis
from leitstelle.kernel.api import Ref
from leitstelle.kernel.api.reading import Cursor, Key, Limit, Line, Moment, Words
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.choices import Channel, Kind, StatusType
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.queries.priority import explained

Rank = Annotated[int, Field(ge=1, le=99, examples=[3])]
ForDesk = "For the desk; null for requesters"


class TicketOut(Schema):
    """A ticket as this viewer may see it: what is for the desk only is null for requesters."""

    id: UUID
    number: int = Field(examples=[10427])
    subject: str = Field(examples=["Printer on the second floor does not print"])
    kind: Kind
    channel: Channel
    language: str
    status: str = Field(description="Key of `/statuses`", examples=["in_progress"])
    status_type: StatusType
    organisation: Ref | None
    site: Ref | None
    requester: Ref | None
    assignee: Ref | None
    category: str | None = Field(description="Key of `/categories`", examples=["workplace.notebook"])
    device: str
    resolution_code: str | None
    opened_at: datetime
    resolved_at: datetime | None
    closed_at: datetime | None
    last_requester_message_at: datetime | None
    team: Ref | None = Field(description=ForDesk)
    level: str | None = Field(description=ForDesk, examples=["first"])
    service: str | None = Field(description=f"{ForDesk}. Key of `/services`", examples=["mail"])
    priority: int | None = Field(description=ForDesk, examples=[2])
    priority_is_manual: bool | None = Field(description=ForDesk)
    priority_reason: str | None = Field(description=f"{ForDesk}. Why it was set by hand, in somebody's words")
    is_major: bool | None = Field(description=ForDesk)
    impact: str | None = Field(description=ForDesk, examples=["group"])
    urgency: str | None = Field(description=ForDesk, examples=["hindered"])
    status_reason: str | None = Field(description=ForDesk)
    wait_until: datetime | None = Field(description=ForDesk)
    first_response_at: datetime | None = Field(description=ForDesk)
    next_due_at: datetime | None = Field(description=ForDesk)
    last_message_at: datetime | None = Field(description=ForDesk)
    updated_at: datetime | None = Field(description=ForDesk)
    message_count: int | None = Field(description=ForDesk)
    handover_count: int | None = Field(description=ForDesk)
    reopen_count: int | None = Field(description=ForDesk)
    delivery_failed: bool | None = Field(description=ForDesk)
    etag: str = Field(description="For `If-Match`", examples=['"1.3.2"'])

    @classmethod
    def of(cls, ticket: Ticket, viewer: Viewer) -> "TicketOut":
        """The ticket with the names of `shown_tickets` loaded."""
        desk = ticket if viewer.is_agent else None
        return cls(
            id=ticket.public_id,
            number=ticket.number,
            subject=ticket.subject,
            kind=Kind(ticket.kind),
            channel=Channel(ticket.channel),
            language=ticket.language,
            status=ticket.status_id,
            status_type=StatusType(ticket.status_type),
            organisation=named(ticket.organisation),
            site=named(ticket.site),
            requester=person_ref(ticket.requester),
            assignee=person_ref(ticket.assignee),
            category=ticket.category.key if ticket.category else None,
            device=ticket.device_label,
            resolution_code=ticket.resolution_code_id,
            opened_at=ticket.opened_at,
            resolved_at=ticket.resolved_at,
            closed_at=ticket.closed_at,
            last_requester_message_at=ticket.last_requester_message_at,
            team=named(ticket.team) if desk else None,
            level=ticket.level.key if desk and ticket.level else None,
            service=ticket.service.key if desk and ticket.service else None,
            priority=ticket.priority_id if desk else None,
            priority_is_manual=ticket.priority_is_manual if desk else None,
            impact=ticket.impact_id if desk else None,
            urgency=ticket.urgency_id if desk else None,
            **{name: getattr(desk, name, None) for name in _DESK},
            etag=etag_of(ticket, viewer),
        )


_DESK = (
    "priority_reason",
    "is_major",
    "status_reason",
    "wait_until",
    "first_response_at",
    "next_due_at",
    "last_message_at",
    "updated_at",
    "message_count",
    "handover_count",
    "reopen_count",
    "delivery_failed",
)


def versions_of(ticket: Ticket, viewer: Viewer) -> tuple[int, ...]:
    """What the entity tag says: the versions of the field groups the viewer sees."""
    if not viewer.is_agent:
        return (ticket.status_version,)
    return ticket.classification_version, ticket.assignment_version, ticket.status_version


def etag_of(ticket: Ticket, viewer: Viewer) -> str:
    return '"' + ".".join(str(version) for version in versions_of(ticket, viewer)) + '"'


def named(row: object) -> Ref | None:
    """A reference to a row with `public_id` and `name`."""
    return Ref(id=row.public_id, name=row.name) if row is not None else None  # type: ignore[attr-defined]


def person_ref(person: Person | None) -> Ref | None:
    return Ref(id=person.public_id, name=person.display_name) if person is not None else None


Several = Annotated[list[Key], Field(default_factory=list, max_length=20)]
Types = Annotated[
    list[StatusType],
    Field(default_factory=list, max_length=20, description="Several may be given; any of them"),
]
Ranks = Annotated[list[Rank], Field(default_factory=list, max_length=20)]


class TicketFilters(Schema):
    """What a list of tickets is narrowed to; all that is given must fit."""

    q: str = Field(
        "", max_length=200, description="Words to search for; the best hits come first, `sort` is ignored"
    )
    number: int | None = Field(None, ge=1, le=2**63 - 1)
    status: Several = Field(description="Keys of `/statuses`; any of them")
    status_type: Types
    kind: Kind | None = None
    channel: Channel | None = None
    category: Key | None = Field(None, description="Key of `/categories`; what hangs below counts too")
    organisation: UUID | None = None
    requester: UUID | None = None
    created_since: Moment | None = None
    created_before: Moment | None = None
    team: UUID | None = Field(None, description="For the desk")
    level: Key | None = Field(None, description="For the desk; key of `/levels`")
    service: Key | None = Field(None, description="For the desk; key of `/services`")
    assignee: UUID | Literal["me", "none"] | None = Field(
        None, description="For the desk: a person, `me` or `none`"
    )
    priority: Ranks = Field(description="For the desk; any of them")
    updated_since: Moment | None = Field(
        None, description="For the desk. To follow what happens, read `/events` instead."
    )
    updated_before: Moment | None = Field(None, description="For the desk")
    sort: Literal["opened", "recent", "due", "priority"] | None = Field(
        None,
        description="`opened` newest first, `recent` by latest message, `due` by deadline, `priority`. The desk gets "
        "`recent` by default, requesters always `opened`.",
    )
    cursor: Cursor
    limit: Limit


class TicketIn(Schema):
    """A new ticket with its first message. Requesters leave out what is for the desk."""

    subject: Line = Field(
        "", description="Without it the first words of the text", examples=["Printer does not print"]
    )
    text: Words = Field(min_length=1, examples=["Since this morning it says “offline”."])
    kind: Kind = Kind.INCIDENT
    category: Key | None = None
    service: Key | None = Field(
        None, description="For the desk; key of `/services`. Without it the one that the category names"
    )
    impact: Key = Field("person", description="Key of an impact of `/scales`")
    urgency: Key = Field("hindered", description="Key of an urgency of `/scales`")
    device: str = Field("", max_length=80)
    requester: UUID | None = Field(
        None, description="For the desk: whose ticket it is. Requesters: always themselves"
    )
    requester_email: str = Field(
        "",
        max_length=254,
        description="For the desk, instead of `requester`: an unknown address makes a new person",
        examples=["eva.brandt@example.org"],
    )
    channel: Channel = Field(Channel.API, description="For the desk: how it was reported")
    team: UUID | None = Field(None, description="For the desk; without it the team where new tickets arrive")
    take: bool = Field(False, description="For the desk: work on it oneself")
    opened_at: Moment | None = Field(
        None, description="For the desk: when it was reported, if it is entered later; clocks run from then"
    )


class TicketPatch(Schema):
    """What is to change; what is left out stays. `priority` null lets impact and urgency decide again."""

    subject: str | None = Field(None, min_length=1, max_length=300)
    kind: Kind | None = None
    category: Key | None = None
    service: Key | None = Field(None, description="Key of `/services`; left out, it goes with the category")
    impact: Key | None = None
    urgency: Key | None = None
    priority: Rank | None = None
    priority_reason: str | None = Field(None, max_length=300, description="Why the priority is set by hand")
    device: str | None = Field(None, max_length=80)
    requester: UUID | None = None


class RaisedOut(Schema):
    """What one rule did to a calculated priority."""

    rule: str = Field(examples=["vip"])
    before: int
    after: int


class ReasonOut(Schema):
    """Why a ticket has its priority. What was calculated stands here also where another one was set by hand."""

    priority: int = Field(examples=[2])
    is_manual: bool
    reason: str = Field(description="Why it was set by hand, in somebody's words")
    impact: str
    urgency: str
    matrix: int | None = Field(description="What the matrix gave; null for tickets older than such reasons")
    raised: list[RaisedOut]
    explanation: str = Field(description="The same as a sentence, in the language of the token's person")

    @classmethod
    def of(cls, ticket: Ticket) -> "ReasonOut":
        basis, keys = Basis.read(ticket.priority_basis), modifier_keys()
        steps = basis.steps if basis is not None else ()
        return cls(
            priority=ticket.priority_id,
            is_manual=ticket.priority_is_manual,
            reason=ticket.priority_reason,
            impact=ticket.impact_id,
            urgency=ticket.urgency_id,
            matrix=basis.base if basis is not None else None,
            raised=[
                RaisedOut(rule=keys.get(one.modifier_id, ""), before=one.before, after=one.after)
                for one in steps
            ],
            explanation=explained(ticket),
        )


class StatusOut(Schema):
    """A status; the code of the product knows its `type` only."""

    key: str = Field(examples=["waiting_requester"])
    type: StatusType
    name_de: str
    name_en: str
    needs_reason: bool
    needs_until: bool
    order: int
    is_active: bool
