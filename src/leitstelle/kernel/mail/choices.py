"""Codes of the outbox."""

from enum import StrEnum


class MailState(StrEnum):
    """Where a mail stands.

    `unknown`: the server had everything, but the connection died before it answered. `skipped`: automatic mail
    whose recipients are all of the kind that never gets any, or that was withdrawn before it left.
    """

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    HELD = "held"
    SKIPPED = "skipped"


class RecipientState(StrEnum):
    """Where one recipient stands; `skipped`: an address that automatic mail never goes to."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"


class AccountSignIn(StrEnum):
    """How the account of the house signs in: by its password, or by a token of its provider (OAuth2)."""

    PASSWORD = "password"  # noqa: S105
    OAUTH2 = "oauth2"


class HoldReason(StrEnum):
    """Why a mail is held back."""

    NO_TRANSPORT = "no_transport"
    # Too many automatic mails in an hour: to one recipient, or about one subject.
    LOOP = "loop"
    THREAD = "thread_loop"
    # Waited when a backup was made that was restored since: it may have been sent meanwhile.
    RESTORED = "restored"
