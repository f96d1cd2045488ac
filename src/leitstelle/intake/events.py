"""Past-tense facts of intake: ids and codes only. Their subject is the inbound mail or the mailbox."""

from dataclasses import dataclass
from typing import ClassVar

from leitstelle.kernel.events import EventData


@dataclass(frozen=True)
class MailAccepted(EventData):
    """The raw mail is durable; the worker shall understand it."""

    code: ClassVar[str] = "intake.mail_accepted"

    mailbox_id: int
    source: str


@dataclass(frozen=True)
class MailProcessed(EventData):
    """What became of a mail: `outcome` is opened, added, joined or kept."""

    code: ClassVar[str] = "intake.mail_processed"

    outcome: str
    ticket_id: int | None
    message_id: int | None
    automatic_kind: str


@dataclass(frozen=True)
class MailQuarantined(EventData):
    code: ClassVar[str] = "intake.mail_quarantined"

    reason: str


@dataclass(frozen=True)
class MailReplayed(EventData):
    """A person asks for another try of what stood in quarantine."""

    code: ClassVar[str] = "intake.mail_replayed"


@dataclass(frozen=True)
class MailDropped(EventData):
    """A person decided that nothing shall come of a mail."""

    code: ClassVar[str] = "intake.mail_dropped"


@dataclass(frozen=True)
class MailJoined(EventData):
    """A copy of a ticket's mail arrived in a second mailbox; the subject is the ticket."""

    code: ClassVar[str] = "intake.mail_joined"

    inbound_id: int
    mailbox_id: int


@dataclass(frozen=True)
class MailboxStateChanged(EventData):
    """Fetching began to fail or works again."""

    code: ClassVar[str] = "intake.mailbox_state_changed"

    state: str


@dataclass(frozen=True)
class MailboxCreated(EventData):
    code: ClassVar[str] = "intake.mailbox_created"


@dataclass(frozen=True)
class MailboxChanged(EventData):
    """Names of the settings that changed, never their values."""

    code: ClassVar[str] = "intake.mailbox_changed"

    fields: tuple[str, ...]


@dataclass(frozen=True)
class GuestReportKept(EventData):
    """A guest wrote in the portal; the subject is the report, which waits for the confirmed address."""

    code: ClassVar[str] = "intake.guest_report_kept"

    files: int


@dataclass(frozen=True)
class GuestReportConfirmed(EventData):
    code: ClassVar[str] = "intake.guest_report_confirmed"

    ticket_id: int


@dataclass(frozen=True)
class TelephonySourceCreated(EventData):
    """Subject: telephony_source."""

    code: ClassVar[str] = "intake.telephony_source_created"

    kind: str


@dataclass(frozen=True)
class TelephonySourceChanged(EventData):
    """Names of what changed: columns, `secret` or `lines`; never their values."""

    code: ClassVar[str] = "intake.telephony_source_changed"

    fields: tuple[str, ...]


@dataclass(frozen=True)
class CallAsked(EventData):
    """An agent asked for a call by a click; subject: telephony_dialling, by the id of the telephone system."""

    code: ClassVar[str] = "intake.call_asked"

    problem: str


@dataclass(frozen=True)
class AvailabilityChosen(EventData):
    """An agent is away from their place or there again; subject: availability, by the id of the person."""

    code: ClassVar[str] = "intake.availability_chosen"

    is_away: bool


@dataclass(frozen=True)
class CallRang(EventData):
    """A telephone rings, or an agent dials; the subject is the call."""

    code: ClassVar[str] = "intake.call_rang"

    direction: str
    agents: tuple[int, ...]


@dataclass(frozen=True)
class CallAnswered(EventData):
    code: ClassVar[str] = "intake.call_answered"

    agent_id: int | None
    agents: tuple[int, ...]


@dataclass(frozen=True)
class CallEnded(EventData):
    """`outcome` is a `PhoneOutcome`; told again where a late report changes it."""

    code: ClassVar[str] = "intake.call_ended"

    outcome: str
    agents: tuple[int, ...]


@dataclass(frozen=True)
class CallJoined(EventData):
    """A call belongs to a message of a ticket now: entered by an agent, or its call-back ticket."""

    code: ClassVar[str] = "intake.call_joined"

    ticket_id: int
    agents: tuple[int, ...]


@dataclass(frozen=True)
class MailCorrected(EventData):
    """Somebody corrected what became of a mail. Subject: inbound_mail."""

    code: ClassVar[str] = "intake.mail_corrected"

    kind: str
    before: int
    after: int


@dataclass(frozen=True)
class MailNotSpam(EventData):
    """Somebody said that a mail is none. Subject: inbound_mail."""

    code: ClassVar[str] = "intake.mail_not_spam"


@dataclass(frozen=True)
class ChatDoorCreated(EventData):
    """Subject: chat_door."""

    code: ClassVar[str] = "intake.chat_door_created"


@dataclass(frozen=True)
class ChatDoorChanged(EventData):
    """Names of the settings that changed, never their values. Subject: chat_door."""

    code: ClassVar[str] = "intake.chat_door_changed"

    fields: tuple[str, ...]


@dataclass(frozen=True)
class ChatOpened(EventData):
    """Somebody began a chat, or left a message; subject: chat."""

    code: ClassVar[str] = "intake.chat_opened"

    door_id: int
    ticket_id: int
    state: str


@dataclass(frozen=True)
class ChatSaid(EventData):
    """A line was written; the message tells what. Subject: chat."""

    code: ClassVar[str] = "intake.chat_said"

    number: int
    by_agent: bool
    agent_id: int | None


@dataclass(frozen=True)
class ChatAided(EventData):
    """A level-0 dialogue began, went on or was left; what was answered stands on the ticket. Subject: chat."""

    code: ClassVar[str] = "intake.chat_aided"


@dataclass(frozen=True)
class ChatTranscriptSent(EventData):
    """A visitor had what was said sent to them by mail. Subject: chat."""

    code: ClassVar[str] = "intake.chat_transcript_sent"

    mail_id: int


@dataclass(frozen=True)
class ChatMoved(EventData):
    """A chat was taken, passed on or ended; `note` is a `ChatNote`. Subject: chat."""

    code: ClassVar[str] = "intake.chat_moved"

    note: str
    state: str
    agent_id: int | None
