"""Codes of automation."""

from django.db.models import TextChoices


class ReportState(TextChoices):
    """What became of a report; `KEPT` is not understood yet."""

    KEPT = "kept"
    OPENED = "opened"
    ADDED = "added"
    ENDED = "ended"
    REPEATED = "repeated"
    IGNORED = "ignored"
    MALFORMED = "malformed"
    REFUSED = "refused"


class ReportReason(TextChoices):
    NOT_PROVEN = "not_proven"
    NOT_JSON = "not_json"
    NOT_WANTED = "not_wanted"
    NOTHING_OPEN = "nothing_open"
    NO_SUBJECT = "no_subject"
    NOT_POSSIBLE = "not_possible"


class CallState(TextChoices):
    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"
