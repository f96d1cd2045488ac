"""The conversation of a ticket."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field, StringConstraints

from leitstelle.kernel.api import Ref
from leitstelle.kernel.api.reading import Moment, Words
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.choices import (
    Audience,
    Channel,
    Direction,
    PlannedProblem,
    PlannedState,
    RecipientRole,
)
from leitstelle.tickets.models import Attachment, Message, PlannedReply
from leitstelle.tickets.schemas.tickets import person_ref

Address = Annotated[str, StringConstraints(min_length=3, max_length=254)]


class AttachmentOut(Schema):
    """A file of a message; `href` hands it out, always as a download."""

    id: UUID
    filename: str
    content_type: str
    size: int
    scan: str = Field(
        description="`clean`, `infected` (not handed out), `skipped`, `waiting`; empty: no scanner"
    )
    href: str = Field(examples=["/api/v1/attachments/01931f6e-7c1a-7b52-9d3e-2f1c0a4b5d6e"])

    @classmethod
    def of(cls, row: Attachment) -> "AttachmentOut":
        return cls(
            id=row.public_id,
            filename=row.filename,
            content_type=row.content_type,
            size=row.size,
            scan=row.scan,
            href=f"/api/v1/attachments/{row.public_id}",
        )


class RecipientOut(Schema):
    """Whom a message went to."""

    role: RecipientRole
    email: str
    name: str
    delivery_state: str


class MessageOut(Schema):
    """One entry of the conversation. Mail addresses are for the desk, empty for requesters."""

    id: UUID
    at: datetime = Field(description="When it was said")
    recorded_at: datetime = Field(description="When it was entered")
    direction: Direction
    channel: Channel
    audience: Audience
    author: Ref | None
    author_is_agent: bool
    from_name: str
    from_email: str
    subject: str
    text: str
    quoted_text: str = Field(description="What a mail quoted below its own words")
    automatic: str = Field(description="Kind of automatic mail, empty for what people wrote")
    talk_seconds: int | None = Field(description="How long a call took")
    recipients: list[RecipientOut]
    attachments: list[AttachmentOut]

    @classmethod
    def of(cls, row: Message, viewer: Viewer) -> "MessageOut":
        """The message with `body`, `author`, `recipients` and `attachments` loaded."""
        desk = viewer.is_agent
        return cls(
            id=row.public_id,
            at=row.at,
            recorded_at=row.recorded_at,
            direction=Direction(row.direction),
            channel=Channel(row.channel),
            audience=Audience(row.audience),
            author=person_ref(row.author),
            author_is_agent=row.author_is_agent,
            from_name=row.from_name,
            from_email=row.from_email if desk else "",
            subject=row.subject,
            text=row.body.text,
            quoted_text=row.body.quoted_text,
            automatic=row.automatic_kind,
            talk_seconds=row.talk_seconds if desk else None,
            recipients=[
                RecipientOut(
                    role=RecipientRole(one.role),
                    email=one.email,
                    name=one.name,
                    delivery_state=one.delivery_state,
                )
                for one in (row.recipients.all() if desk else ())
            ],
            attachments=[AttachmentOut.of(file) for file in row.attachments.all()],
        )


class WordsIn(Schema):
    """What is written, and as what. Requesters reply; all else is for the desk."""

    kind: Literal["reply", "note", "call", "forward"] = Field(
        "reply",
        description="`reply` goes to the requester by mail, `note` stays inside, `call` was spoken, `forward` passes "
        "a message on to others, which the requester does not see",
    )
    text: Words = Field("", examples=["Please restart the printer once."])
    audience: Audience | None = Field(
        None,
        description="Of a note: `internal` (default), `vendor`, `restricted`. Replies and calls are public.",
    )
    to: list[Address] | None = Field(
        None, max_length=20, description="By the desk: whom it goes to; of a reply by default the requester"
    )
    cc: list[Address] = Field(
        default_factory=list, max_length=20, description="By the desk: further mail addresses"
    )
    bcc: list[Address] = Field(
        default_factory=list, max_length=20, description="By the desk: addresses nobody else sees"
    )
    forward_of: UUID | None = Field(None, description="Of a forward: the message passed on")
    subject: Annotated[str, StringConstraints(max_length=300)] = Field("", description="Of a forward")
    attachments: list[UUID] = Field(
        default_factory=list, max_length=20, description="Files of this ticket that go with it"
    )
    direction: Literal["inbound", "outbound"] = Field("inbound", description="Of a call: who called")
    at: Moment | None = Field(None, description="Of a call: when it was, if it is entered later")
    talk_seconds: int | None = Field(None, ge=0, le=24 * 3600, description="Of a call: how long it took")


class PlannedIn(Schema):
    """An answer, or a message passed on, that is sent later."""

    kind: Literal["reply", "forward"] = "reply"
    text: Words = Field("", examples=["Does it work again?"])
    send_at: Moment = Field(description="When it is sent, within a year")
    to: list[Address] | None = Field(None, max_length=20, description="By default the requester")
    cc: list[Address] = Field(default_factory=list, max_length=20)
    bcc: list[Address] = Field(default_factory=list, max_length=20)
    forward_of: UUID | None = Field(None, description="Of a forward: the message passed on")
    subject: Annotated[str, StringConstraints(max_length=300)] = Field("", description="Of a forward")
    attachments: list[UUID] = Field(default_factory=list, max_length=20)
    after: Literal["", "waiting_requester", "resolved"] = Field(
        "", description="What becomes of the ticket when it is sent"
    )


class PlannedTimeIn(Schema):
    """Another time."""

    send_at: Moment


class PlannedOut(Schema):
    """An answer that waits. `held`: something spoke against sending it, `problem` says what."""

    id: UUID
    state: PlannedState
    problem: PlannedProblem | None
    send_at: datetime
    author: Ref | None
    text: str
    subject: str
    is_forward: bool
    recipients: list[RecipientOut]
    after: str

    @classmethod
    def of(cls, row: PlannedReply) -> "PlannedOut":
        """The answer with its `author` loaded."""
        return cls(
            id=row.public_id,
            state=PlannedState(row.state),
            problem=PlannedProblem(row.problem) if row.problem else None,
            send_at=row.due_at,
            author=person_ref(row.author),
            text=row.text,
            subject=row.subject,
            is_forward=row.is_forward,
            recipients=[
                RecipientOut(role=RecipientRole(role), email=email, name=name, delivery_state="")
                for role, email, name in row.recipients
            ],
            after=row.after,
        )


class MessageFilters(Schema):
    """Which stretch of the conversation."""

    order: Literal["newest", "oldest"] = "oldest"
    cursor: Annotated[str | None, Field(None, max_length=4000, description="`next` of the page before")]
    limit: Annotated[int, Field(50, ge=1, le=100)]
