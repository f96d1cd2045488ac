"""Past-tense facts of the ticket core: ids and codes only."""

from dataclasses import dataclass
from typing import ClassVar

from leitstelle.kernel.events import EventData

Change = tuple[str, str, str]  # field, code before, code after
# Impact, urgency, version of the matrix, what it said, and by modifier: its id, the rank before and after.
PriorityBasis = tuple[str, str, int | None, int, tuple[tuple[int, int, int], ...]]


@dataclass(frozen=True)
class TicketOpened(EventData):
    code: ClassVar[str] = "ticket.opened"

    channel: str
    kind: str
    message_id: int | None
    is_response: bool
    organisation_id: int | None
    requester_id: int | None
    basis: PriorityBasis | None = None


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
    """`basis` is what the priority stands on where it was calculated, also where another one was set by hand."""

    code: ClassVar[str] = "ticket.classified"

    changes: tuple[Change, ...]
    priority_before: int
    priority_after: int
    basis: PriorityBasis | None = None
    by_hand: bool = False


@dataclass(frozen=True)
class MajorDeclared(EventData):
    """The ticket concerns so many that it gets a process of its own."""

    code: ClassVar[str] = "ticket.major_declared"


@dataclass(frozen=True)
class MajorLifted(EventData):
    code: ClassVar[str] = "ticket.major_lifted"


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
class DeviceLinked(EventData):
    code: ClassVar[str] = "ticket.device_linked"

    asset_id: int


@dataclass(frozen=True)
class DeviceUnlinked(EventData):
    code: ClassVar[str] = "ticket.device_unlinked"

    asset_id: int


@dataclass(frozen=True)
class GuideBegun(EventData):
    """A guide is gone through on the ticket, in this version."""

    code: ClassVar[str] = "ticket.guide_begun"

    guide_id: int
    number: int


@dataclass(frozen=True)
class GuideAnswered(EventData):
    """Answers changed: pairs of question and chosen answer; of free texts only that there are some."""

    code: ClassVar[str] = "ticket.guide_answered"

    guide_id: int
    number: int
    chosen: tuple[tuple[str, str], ...]
    texts: tuple[str, ...]
    done: tuple[str, ...]
    is_complete: bool


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


@dataclass(frozen=True)
class ViewSaved(EventData):
    """A saved view was made or changed; who may use it besides its owner is part of the fact."""

    code: ClassVar[str] = "view.saved"

    shared_with_all: bool
    team_ids: tuple[int, ...]


@dataclass(frozen=True)
class ViewDeleted(EventData):
    code: ClassVar[str] = "view.deleted"

    owner_id: int


@dataclass(frozen=True)
class ViewsArranged(EventData):
    """A person put their views in order, or chose the one they start with."""

    code: ClassVar[str] = "views.arranged"

    start: str


@dataclass(frozen=True)
class BulkStarted(EventData):
    """Somebody acts on many tickets; what happens to each is an event of that ticket."""

    code: ClassVar[str] = "bulk.started"

    action: str
    count: int


@dataclass(frozen=True)
class VendorCaseOpened(EventData):
    code: ClassVar[str] = "ticket.vendor_case_opened"

    case_id: int
    vendor_id: int
    contract_id: int | None


@dataclass(frozen=True)
class VendorCaseMoved(EventData):
    """The state of a case changed; `verb` says by what."""

    code: ClassVar[str] = "ticket.vendor_case_moved"

    case_id: int
    vendor_id: int
    verb: str
    before: str
    after: str


@dataclass(frozen=True)
class VendorNumberNoted(EventData):
    """Their number is known, or another one; `read`: it stood in their mail."""

    code: ClassVar[str] = "ticket.vendor_number_noted"

    case_id: int
    vendor_id: int
    read: bool


@dataclass(frozen=True)
class LevelCategoriesChanged(EventData):
    """Subject: level_scheme. Which branches of categories one of its levels solves; none means all."""

    code: ClassVar[str] = "level_scheme.categories_changed"

    level_id: int
    category_ids: tuple[int, ...]


@dataclass(frozen=True)
class ReplyPlanned(EventData):
    """An answer was written that is sent at `due_at`; moved to another time it is planned again."""

    code: ClassVar[str] = "ticket.reply_planned"

    planned_id: int
    due_at: str
    is_scheduled: bool


@dataclass(frozen=True)
class ReplyWithdrawn(EventData):
    """A planned answer is not sent."""

    code: ClassVar[str] = "ticket.reply_withdrawn"

    planned_id: int


@dataclass(frozen=True)
class ReplyHeld(EventData):
    """The time of a planned answer came, and something spoke against sending it."""

    code: ClassVar[str] = "ticket.reply_held"

    planned_id: int
    problem: str


@dataclass(frozen=True)
class SnippetSaved(EventData):
    """A text template says something else from now on. Subject: snippet."""

    code: ClassVar[str] = "snippet.saved"

    number: int


@dataclass(frozen=True)
class TicketsMerged(EventData):
    """The source is an alias of the target now. Recorded on both; `apart`: requesters do not read each other."""

    code: ClassVar[str] = "ticket.merged"

    merge_id: int
    source_id: int
    target_id: int
    apart: bool


@dataclass(frozen=True)
class TicketsUnmerged(EventData):
    """A merge was taken back. Recorded on the source and where its rows had gone; `messages`: what it has now."""

    code: ClassVar[str] = "ticket.merge_undone"

    merge_id: int
    source_id: int
    target_id: int
    messages: int


@dataclass(frozen=True)
class MessageMoved(EventData):
    """A message belongs to another ticket. Recorded on both."""

    code: ClassVar[str] = "ticket.message_moved"

    message_id: int
    before: int
    after: int
