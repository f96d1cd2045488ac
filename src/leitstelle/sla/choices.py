"""Codes of the sla domain; their translated names are in `labels`."""

from django.db.models import TextChoices


class Metric(TextChoices):
    """What a clock measures. Internal (OLA): how long one support level keeps the ticket."""

    RESPONSE = "response"
    UPDATE = "update"
    WORKAROUND = "workaround"
    RESOLUTION = "resolution"
    INTERNAL = "internal"


# What is promised to customers, in the order people read it; the internal targets are the house's own matter.
PROMISED = (Metric.RESPONSE, Metric.UPDATE, Metric.WORKAROUND, Metric.RESOLUTION)


class ClockState(TextChoices):
    """Where a clock stands; a breach is `breached_at`, not a state."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    LEFT = "left"


class StepAction(TextChoices):
    """What a step of an escalation chain does."""

    REMIND = "remind"
    LEAD = "lead"
    MANAGER = "manager"
    CONTACT = "contact"
    RAISE = "raise"
    REASSIGN = "reassign"
    CALL = "call"


class Cause(TextChoices):
    """What a missed target was waiting for most of its time."""

    QUEUE = "queue"
    HANDOVER = "handover"
    VENDOR = "vendor"
    THIRD = "third"
    CLOSED = "closed"
    WORK = "work"


class Verdict(TextChoices):
    """Why an agreement applies to a ticket, or does not."""

    APPLIES = "applies"
    LESS_SPECIFIC = "less_specific"
    OTHER_ORGANISATION = "other_organisation"
    OTHER_SERVICE = "other_service"
    OTHER_CATEGORY = "other_category"
    OTHER_KIND = "other_kind"
    OTHER_PRIORITY = "other_priority"
    NOT_YET = "not_yet"
    CONTRACT_NOT_YET = "contract_not_yet"
    CONTRACT_OVER = "contract_over"
    CONTRACT_OTHER = "contract_other"
    ENDED = "ended"
