"""Plain values that describe one understood mail. No behaviour beyond small lookups; `parse` fills them."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Address:
    """One mailbox of an address header. `email` is empty where only a name was written."""

    name: str
    email: str


@dataclass(frozen=True)
class MailAttachment:
    """One file of a mail, bytes exactly as decoded from the transfer encoding, never transcoded.

    `filename` is safe to show and to offer; `original_name` is what the sender wrote, decoded only.
    `text` is readable text where the file is itself a mail (for reading and finding), otherwise empty.
    """

    filename: str
    content_type: str
    data: bytes = field(repr=False)
    inline: bool = False
    content_id: str = ""
    original_name: str = ""
    text: str = field(default="", repr=False)

    @property
    def size(self) -> int:
        return len(self.data)


@dataclass(frozen=True)
class Automatic:
    """Whether a machine wrote the mail, which kind of machine, and the evidence in plain words."""

    is_automatic: bool = False
    kind: str = ""
    why: str = ""


@dataclass(frozen=True)
class Bounce:
    """What a delivery report says about one recipient. `status` as RFC 3463, empty where unknown."""

    recipient: str
    status: str
    action: str
    original_message_id: str = ""
    diagnostic: str = ""

    @property
    def permanent(self) -> bool:
        return self.status.startswith("5") or (not self.status and self.action == "failed")


@dataclass(frozen=True)
class CalendarEvent:
    """An invitation, its change, cancellation or answer. Moments are UTC; `zone` is the one it was written in."""

    method: str = ""
    uid: str = ""
    sequence: int = 0
    summary: str = ""
    start: datetime | None = None
    end: datetime | None = None
    all_day: bool = False
    zone: str = ""
    location: str = ""
    organizer: str = ""
    attendee: str = ""
    answer: str = ""
    status: str = ""
    repeats: bool = False


@dataclass(frozen=True)
class Signature:
    """What a signature says: `state` good, unknown (nobody here vouches for the signer), broken, or unchecked."""

    kind: str
    state: str
    signer: str = ""
    why: str = ""


@dataclass(frozen=True)
class Headers:
    """Decoded header fields in their order, names in lower case."""

    items: tuple[tuple[str, str], ...] = ()

    def get(self, name: str, default: str = "") -> str:
        """The first field of that name (lower case)."""
        return next((value for key, value in self.items if key == name), default)

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.items if key == name]

    def has(self, name: str) -> bool:
        return any(key == name for key, _ in self.items)


@dataclass(frozen=True)
class ParsedMail:
    """Everything that intake understands of one mail. Message ids are kept without angle brackets."""

    headers: Headers = Headers()
    message_id: str = ""
    date: datetime | None = None
    subject: str = ""
    sender: Address | None = None
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    reply_to: Address | None = None
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    text: str = field(default="", repr=False)
    html: str = field(default="", repr=False)
    remote_images: int = 0
    reply_text: str = field(default="", repr=False)
    quoted_text: str = field(default="", repr=False)
    attachments: tuple[MailAttachment, ...] = ()
    automatic: Automatic = Automatic()
    bounce: Bounce | None = None
    events: tuple[CalendarEvent, ...] = ()
    signature: Signature | None = None
    # `smime` or `pgp` where it came encrypted, followed by `-closed` where no key opened it.
    encrypted: str = ""
    charsets: tuple[str, ...] = ()
    defects: tuple[str, ...] = ()
