"""Tables of the ticket core."""

from leitstelle.tickets.models.bulk import BulkRow, BulkRun
from leitstelle.tickets.models.devices import TicketAsset
from leitstelle.tickets.models.guides import GuideRun
from leitstelle.tickets.models.merging import TicketMerge
from leitstelle.tickets.models.messages import Attachment, Message, MessageBody, MessageRecipient
from leitstelle.tickets.models.planned import PlannedFile, PlannedReply
from leitstelle.tickets.models.snippets import Snippet, SnippetVersion
from leitstelle.tickets.models.statuses import Status, Transition
from leitstelle.tickets.models.tickets import (
    NO_DEADLINE,
    NO_LEVEL,
    ONGOING,
    WAITING,
    NumberCounter,
    Participant,
    Ticket,
    TicketAlias,
    TicketLink,
)
from leitstelle.tickets.models.vendor import VendorCase, VendorMessage
from leitstelle.tickets.models.views import SavedView, ViewArrangement
from leitstelle.tickets.models.work import Draft, Handover, LevelCategory, OpenTicket

__all__ = [
    "NO_DEADLINE",
    "NO_LEVEL",
    "ONGOING",
    "WAITING",
    "Attachment",
    "BulkRow",
    "BulkRun",
    "Draft",
    "GuideRun",
    "Handover",
    "LevelCategory",
    "Message",
    "MessageBody",
    "MessageRecipient",
    "NumberCounter",
    "OpenTicket",
    "Participant",
    "PlannedFile",
    "PlannedReply",
    "SavedView",
    "Snippet",
    "SnippetVersion",
    "Status",
    "Ticket",
    "TicketAlias",
    "TicketAsset",
    "TicketLink",
    "TicketMerge",
    "Transition",
    "VendorCase",
    "VendorMessage",
    "ViewArrangement",
]
