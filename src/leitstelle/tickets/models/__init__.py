"""Tables of the ticket core."""

from leitstelle.tickets.models.messages import Attachment, Message, MessageBody, MessageRecipient
from leitstelle.tickets.models.statuses import Status, Transition
from leitstelle.tickets.models.tickets import (
    NO_DEADLINE,
    ONGOING,
    WAITING,
    NumberCounter,
    Participant,
    Ticket,
    TicketAlias,
    TicketLink,
)
from leitstelle.tickets.models.work import Draft, Handover

__all__ = [
    "NO_DEADLINE",
    "ONGOING",
    "WAITING",
    "Attachment",
    "Draft",
    "Handover",
    "Message",
    "MessageBody",
    "MessageRecipient",
    "NumberCounter",
    "Participant",
    "Status",
    "Ticket",
    "TicketAlias",
    "TicketLink",
    "Transition",
]
