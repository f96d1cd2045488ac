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


class Reason(TextChoices):
    """Why a mail waits in quarantine or was kept without a ticket."""

    FAILED = "failed"
    DIED = "died"
    TOO_LARGE = "too_large"
    ID_REUSED = "id_reused"
    OWN_MAIL = "own_mail"
    AUTOMATIC = "automatic"
    DROPPED = "dropped"


class Step(TextChoices):
    """What the flight recorder tells about a mail, in the order things were decided."""

    UNDERSTOOD = "understood"
    AUTOMATIC = "automatic"
    SECOND_COPY = "second_copy"
    SENDER = "sender"
    THREAD = "thread"
    TICKET = "ticket"
    FORWARDED = "forwarded"
    BOUNCE = "bounce"
    REPLAYED = "replayed"
