"""Codes of the intake domain; their translated names are in `labels`."""

from django.db.models import TextChoices


class MailboxFetch(TextChoices):
    """How mail reaches the mailbox: piped by an MTA, or fetched from a server."""

    PIPE = "pipe"
    IMAP = "imap"


class TlsMode(TextChoices):
    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


class MailboxState(TextChoices):
    UNKNOWN = "unknown"
    OK = "ok"
    FAILING = "failing"


class InboundState(TextChoices):
    ACCEPTED = "accepted"
    PROCESSED = "processed"
    QUARANTINED = "quarantined"
    DISCARDED = "discarded"
