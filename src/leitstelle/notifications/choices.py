"""Codes of the notifications domain; their translated names are in `labels`."""

from django.db.models import TextChoices

from leitstelle.accounts.choices import Role


class Kind(TextChoices):
    """What somebody is told about, in the order of the preferences page."""

    MENTIONED = "mentioned"
    ASSIGNED = "assigned"
    HANDED_OVER = "handed_over"
    RETURNED = "returned"
    TEAM_QUEUE = "team_queue"
    REQUESTER_WROTE = "requester_wrote"
    ANSWERED = "answered"
    NOTE = "note"
    STATUS = "status"
    WARNING = "warning"
    BREACH = "breach"
    UNDELIVERED = "undelivered"
    QUARANTINE = "quarantine"
    OUTAGE = "outage"
    UNASSIGNED = "unassigned"
    AWAY = "away"
    LATE = "late"


class Reason(TextChoices):
    """Why a person is told, strongest first: of several the first is stated."""

    MENTIONED = "mentioned"
    ASSIGNEE = "assignee"
    AUTHOR = "author"
    TEAM = "team"
    LEAD = "lead"
    MANAGER = "manager"
    DEPUTY = "deputy"
    FOLLOWER = "follower"
    REQUESTER = "requester"
    PARTICIPANT = "participant"
    CONTACT = "contact"


class MailChoice(TextChoices):
    """When a kind is mailed; `batched` collects for the person's minutes, `daily` for their hour of the day."""

    OFF = "off"
    AT_ONCE = "at_once"
    BATCHED = "batched"
    DAILY = "daily"


class MailState(TextChoices):
    WAITING = "waiting"
    SENT = "sent"
    DROPPED = "dropped"


class Dropped(TextChoices):
    """Why a mail that waited was not sent after all."""

    INVISIBLE = "invisible"
    INACTIVE = "inactive"
    MERGED = "merged"
    MOVED = "moved"
    READ = "read"
    NO_ADDRESS = "no_address"


# The columns of the default matrix, strongest first: of several roles the first counts.
DESK_ROLES = (Role.ADMINISTRATOR, Role.TEAM_LEAD, Role.AGENT)
ROLES = (*DESK_ROLES, Role.REQUESTER)
# What people without a role on the desk are told: only what the portal shows.
PORTAL_KINDS = (Kind.ANSWERED, Kind.STATUS, Kind.LATE)
# What the desk is told: everything but what is put into plain words for the portal only.
DESK_KINDS = tuple(kind for kind in Kind if kind is not Kind.LATE)
