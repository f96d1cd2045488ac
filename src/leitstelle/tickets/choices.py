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
