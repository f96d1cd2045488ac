"""What intake keeps: mailboxes and mail, guests' reports, calls entered; telephone systems and their calls; chats."""

from leitstelle.intake.models.availability import AgentAvailability
from leitstelle.intake.models.chat import Chat, ChatAgent, ChatDoor, ChatLine
from leitstelle.intake.models.contents import ExternalNumber, MailEvent, MailKey
from leitstelle.intake.models.corrections import MailCorrection
from leitstelle.intake.models.mail import (
    SECRETS,
    Call,
    GuestFile,
    GuestReport,
    InboundMail,
    InboundMailQuerySet,
    Mailbox,
    MailboxQuerySet,
    MailOAuth,
    MailReference,
    PopMail,
)
from leitstelle.intake.models.telephony import (
    CallBack,
    PhoneCall,
    PhoneCallPerson,
    PhoneRinging,
    TelephonyEvent,
    TelephonyLine,
    TelephonySource,
    TelephonySourceQuerySet,
)

__all__ = [
    "SECRETS",
    "AgentAvailability",
    "Call",
    "CallBack",
    "Chat",
    "ChatAgent",
    "ChatDoor",
    "ChatLine",
    "ExternalNumber",
    "GuestFile",
    "GuestReport",
    "InboundMail",
    "InboundMailQuerySet",
    "MailCorrection",
    "MailEvent",
    "MailKey",
    "MailOAuth",
    "MailReference",
    "Mailbox",
    "MailboxQuerySet",
    "PhoneCall",
    "PhoneCallPerson",
    "PhoneRinging",
    "PopMail",
    "TelephonyEvent",
    "TelephonyLine",
    "TelephonySource",
    "TelephonySourceQuerySet",
]
