"""Past-tense facts of the ticket core: ids and codes only."""

from dataclasses import dataclass
from typing import ClassVar

from leitstelle.kernel.events import EventData

Change = tuple[str, str, str]  # field, code before, code after


@dataclass(frozen=True)
class TicketOpened(EventData):
    code: ClassVar[str] = "ticket.opened"

    channel: str
    kind: str
    message_id: int | None
    is_response: bool
    organisation_id: int | None
    requester_id: int | None


@dataclass(frozen=True)
class MessageAdded(EventData):
    code: ClassVar[str] = "ticket.message_added"

    message_id: int
    direction: str
    channel: str
    audience: str
    by_agent: bool
    automatic_kind: str
    is_response: bool


@dataclass(frozen=True)
class StatusChanged(EventData):
    """The clock effects of the status are part of the fact: editing a status later changes no past."""

    code: ClassVar[str] = "ticket.status_changed"

    verb: str
    before: str
    after: str
    before_type: str
    after_type: str
    response_clock: str
    resolution_clock: str
    wait_until: str | None = None
    resolution_code: str | None = None
    message_id: int | None = None


@dataclass(frozen=True)
class TicketAssigned(EventData):
    code: ClassVar[str] = "ticket.assigned"

    verb: str
    before_person: int | None
    after_person: int | None
    before_team: int | None
    after_team: int | None


@dataclass(frozen=True)
class TicketHandedOver(EventData):
    code: ClassVar[str] = "ticket.handed_over"

    handover_id: int
    from_team: int | None
    to_team: int
    from_level: int | None
    to_level: int
    to_person: int | None


@dataclass(frozen=True)
class HandoverAccepted(EventData):
    code: ClassVar[str] = "ticket.handover_accepted"

    handover_id: int
    person_id: int | None


@dataclass(frozen=True)
class HandoverReturned(EventData):
    code: ClassVar[str] = "ticket.handover_returned"

    handover_id: int
    to_team: int | None
    to_level: int | None


@dataclass(frozen=True)
class TicketClassified(EventData):
    code: ClassVar[str] = "ticket.classified"

    changes: tuple[Change, ...]
    priority_before: int
    priority_after: int


@dataclass(frozen=True)
class SubjectChanged(EventData):
    code: ClassVar[str] = "ticket.subject_changed"

    length: int


@dataclass(frozen=True)
class RequesterChanged(EventData):
    code: ClassVar[str] = "ticket.requester_changed"

    before: int | None
    after: int | None
    organisation_id: int | None


@dataclass(frozen=True)
class TicketsLinked(EventData):
    code: ClassVar[str] = "ticket.linked"

    target_id: int
    kind: str


@dataclass(frozen=True)
class TicketsUnlinked(EventData):
    code: ClassVar[str] = "ticket.unlinked"

    target_id: int
    kind: str


@dataclass(frozen=True)
class ParticipantAdded(EventData):
    code: ClassVar[str] = "ticket.participant_added"

    person_id: int
    role: str


@dataclass(frozen=True)
class ParticipantRemoved(EventData):
    code: ClassVar[str] = "ticket.participant_removed"

    person_id: int
    role: str


@dataclass(frozen=True)
class DeliveryReported(EventData):
    """What became of an outgoing message at one recipient."""

    code: ClassVar[str] = "ticket.delivery_reported"

    message_id: int
    state: str
