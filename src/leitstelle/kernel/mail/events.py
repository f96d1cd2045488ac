"""Facts of the outbox; their subject is what the mail is about (`subject_ref`), else the outbox row itself."""

from dataclasses import dataclass
from typing import ClassVar

from leitstelle.kernel.events.data import EventData


@dataclass(frozen=True)
class MailQueued(EventData):
    """A mail was rendered and waits for the worker."""

    code: ClassVar[str] = "mail.queued"

    mail: int
    message_id: str
    automatic: bool


@dataclass(frozen=True)
class MailReleased(EventData):
    """A held or failed mail shall be tried again."""

    code: ClassVar[str] = "mail.released"

    mail: int


@dataclass(frozen=True)
class MailSent(EventData):
    """The server took the mail for at least one recipient; `refused` counts the others."""

    code: ClassVar[str] = "mail.sent"

    mail: int
    recipients: int
    refused: int


@dataclass(frozen=True)
class MailFailed(EventData):
    """The mail was given up, or nobody can say whether it arrived (`state` is `failed` or `unknown`)."""

    code: ClassVar[str] = "mail.failed"

    mail: int
    state: str
    reason: str
    smtp_code: int | None


@dataclass(frozen=True)
class MailHeld(EventData):
    """The mail waits for a person: no account to send with, or too many automatic mails to one recipient."""

    code: ClassVar[str] = "mail.held"

    mail: int
    reason: str


@dataclass(frozen=True)
class OutgoingAccountChanged(EventData):
    """The account of the house sends from now on with other settings. Subject: mail_account."""

    code: ClassVar[str] = "mail.account_changed"

    fields: tuple[str, ...]


@dataclass(frozen=True)
class MailDropped(EventData):
    """A held mail shall not leave: a person says that it went out before."""

    code: ClassVar[str] = "mail.dropped"

    mail: int


@dataclass(frozen=True)
class MailWithdrawn(EventData):
    """A mail that waited for its next try does not leave: its reader may no longer see what it says."""

    code: ClassVar[str] = "mail.withdrawn"

    mail: int
