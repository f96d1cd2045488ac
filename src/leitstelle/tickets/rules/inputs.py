"""What callers hand to the actions: messages, files and recipients as plain values."""

from dataclasses import dataclass
from datetime import datetime

from leitstelle.tickets.choices import Audience, Channel, Direction, RecipientRole


@dataclass(frozen=True, kw_only=True)
class NewFile:
    """A stored file that is to hang on a message; `words` are those of a file that is itself a mail."""

    blob_id: int
    filename: str
    content_type: str
    size: int
    is_inline: bool = False
    content_id: str = ""
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class NewRecipient:
    """An address a message goes, or went, to."""

    email: str
    name: str = ""
    role: RecipientRole = RecipientRole.TO
    person_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class NewMessage:
    """A message to add. `at` (aware) is when it was said, default the moment of entering.

    `talk_seconds` is how long a call or visit took. `asks_nothing`: whoever wrote it wants nothing done, so it neither
    continues nor reopens the ticket.
    """

    text: str
    direction: Direction
    channel: Channel
    audience: Audience
    html: str = ""
    quoted_text: str = ""
    author_id: int | None = None
    author_is_agent: bool = False
    at: datetime | None = None
    from_name: str = ""
    from_email: str = ""
    subject: str = ""
    rfc_message_id: str = ""
    automatic_kind: str = ""
    talk_seconds: int | None = None
    asks_nothing: bool = False
    # The ticket it was sent to, where that has become an alias.
    written_to: int | None = None
    recipients: tuple[NewRecipient, ...] = ()
    files: tuple[NewFile, ...] = ()
