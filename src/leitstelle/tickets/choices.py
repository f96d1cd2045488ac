"""Codes of the tickets domain; their translated names are in `labels`."""

from django.db.models import TextChoices


class Kind(TextChoices):
    INCIDENT = "incident"
    REQUEST = "request"
    ADVICE = "advice"
    COMPLAINT = "complaint"


class StatusType(TextChoices):
    NEW = "new"
    OPEN = "open"
    WAITING = "waiting"
    SCHEDULED = "scheduled"
    RESOLVED = "resolved"
    CLOSED = "closed"
    MERGED = "merged"
    REJECTED = "rejected"


WAITING_TYPES = (StatusType.WAITING, StatusType.SCHEDULED)
ONGOING_TYPES = (StatusType.NEW, StatusType.OPEN, StatusType.WAITING, StatusType.SCHEDULED)
ENDED_TYPES = (StatusType.CLOSED, StatusType.MERGED, StatusType.REJECTED)


class ClockEffect(TextChoices):
    """What a status does to a clock; `agreement` leaves it to the agreement."""

    RUN = "run"
    PAUSE = "pause"
    AGREEMENT = "agreement"
    STOP = "stop"
    LEAVE = "leave"


class Verb(TextChoices):
    """Intents that move a ticket from one status to another."""

    TAKE = "take"
    START = "start"
    WAIT = "wait"
    SCHEDULE = "schedule"
    CONTINUE = "continue"
    RESOLVE = "resolve"
    CONFIRM = "confirm"
    CLOSE = "close"
    REOPEN = "reopen"
    REJECT = "reject"


class MergeVerb(TextChoices):
    """How a merge and its undoing move the status of the ticket that is merged away; no steps of the life cycle."""

    MERGE = "merge"
    UNMERGE = "unmerge"


class Channel(TextChoices):
    MAIL = "mail"
    PORTAL = "portal"
    PHONE = "phone"
    WALK_IN = "walk_in"
    CHAT = "chat"
    API = "api"
    MONITORING = "monitoring"
    WORKSPACE = "workspace"


class Direction(TextChoices):
    INBOUND = "inbound"
    OUTBOUND = "outbound"
    INTERNAL = "internal"


class Talk(TextChoices):
    """How people spoke with each other."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"
    WALK_IN = "walk_in"


class Audience(TextChoices):
    """Who may read a message."""

    PUBLIC = "public"
    INTERNAL = "internal"
    VENDOR = "vendor"
    RESTRICTED = "restricted"


class ParticipantRole(TextChoices):
    REQUESTER = "requester"
    AFFECTED = "affected"
    WATCHER = "watcher"
    APPROVER = "approver"
    VENDOR_CONTACT = "vendor_contact"


class HandoverState(TextChoices):
    OFFERED = "offered"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    SUPERSEDED = "superseded"


class TriedStep(TextChoices):
    """Usual steps to tick when a ticket is handed over."""

    RESTARTED = "restarted"
    CABLES = "cables"
    OTHER_DEVICE = "other_device"
    OTHER_ACCOUNT = "other_account"
    UPDATED = "updated"
    REMOTE = "remote"
    KNOWLEDGE = "knowledge"
    ASKED = "asked"


class VendorState(TextChoices):
    """Where a case at a vendor stands; `ours` means that they wait for us."""

    OPEN = "open"
    ANSWERED = "answered"
    OURS = "ours"
    SOLVED = "solved"
    WITHDRAWN = "withdrawn"


ONGOING_VENDOR_STATES = (VendorState.OPEN, VendorState.ANSWERED, VendorState.OURS)


class VendorVerb(TextChoices):
    """What moves a case at a vendor from one state to another."""

    ANSWER = "answer"
    OWE = "owe"
    CONTINUE = "continue"
    SOLVE = "solve"
    WITHDRAW = "withdraw"
    REOPEN = "reopen"


class LinkKind(TextChoices):
    RELATED = "related"
    DUPLICATE_OF = "duplicate_of"
    CHILD_OF = "child_of"
    CAUSED_BY = "caused_by"


class RecipientRole(TextChoices):
    TO = "to"
    CC = "cc"
    BCC = "bcc"


class DraftMode(TextChoices):
    REPLY = "reply"
    NOTE = "note"
    HANDOVER = "handover"
    NEW = "new"
    CALL = "call"
    FORWARD = "forward"


class PlannedState(TextChoices):
    """Where a planned answer stands; `held`: something spoke against sending it when its time came."""

    WAITING = "waiting"
    HELD = "held"
    SENT = "sent"
    WITHDRAWN = "withdrawn"


class PlannedProblem(TextChoices):
    """Why a planned answer was not sent when its time came."""

    ANSWERED = "answered"
    NO_RIGHT = "no_right"
    MERGED = "merged"
    ENDED = "ended"
    REFUSED = "refused"


class SnippetUse(TextChoices):
    """Where a text template is used."""

    ANSWER = "answer"
    ACKNOWLEDGEMENT = "acknowledgement"
