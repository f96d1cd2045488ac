"""Events of the journal as integrators read them: codes and public ids."""

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Schema
from pydantic import Field


class SubjectOut(Schema):
    """What an event happened to."""

    kind: str = Field(examples=["ticket"])
    id: UUID


class ActorOut(Schema):
    """Who did it: a person, a token (then `id` is its person), a rule, or the product itself."""

    kind: str = Field(examples=["person"])
    id: UUID | None


class EventOut(Schema):
    """One fact. It holds codes and ids, never words; read the subject for those."""

    id: int = Field(description="Grows; unique")
    code: str = Field(examples=["ticket.status_changed"])
    version: int = Field(description="Of the shape of `data`")
    subject: SubjectOut
    actor: ActorOut
    at: datetime = Field(description="When it happened")
    recorded_at: datetime = Field(description="When it was entered")
    data: dict[str, Any]
    state: dict[str, Any] | None = Field(
        description="What the subject was afterwards; null for requesters",
        examples=[{"status": "in_progress", "status_type": "open", "priority": 2}],
    )


class EventFeed(Schema):
    """A stretch of the journal. `next` is the next request's `after`, also where nothing new was there."""

    items: list[EventOut]
    next: str
    more: bool = Field(description="Whether there is more to read at once; otherwise ask again in a while")
