"""What is collected while the parts of a mail are walked."""

from dataclasses import dataclass, field
from datetime import datetime

from .mime import Part
from .parsed import CalendarEvent, MailAttachment, Signature
from .sealed import Unlock
from .tnef import Tnef

MAX_TEXT = 2_000_000


@dataclass
class Body:
    """What is collected while walking the parts."""

    texts: list[str] = field(default_factory=list)
    htmls: list[str] = field(default_factory=list)
    files: list[MailAttachment] = field(default_factory=list)
    charsets: list[str] = field(default_factory=list)
    statuses: list[str] = field(default_factory=list)
    original: str = ""
    disposition: bool = False
    reported: str = ""
    method: str = ""
    events: list[CalendarEvent] = field(default_factory=list)
    signature: Signature | None = None
    encrypted: str = ""
    packed: list[Tnef] = field(default_factory=list)
    opened: int = 0
    unlock: Unlock = field(default_factory=Unlock)
    date: datetime | None = None
    # The part that is all of the mail: a signature of another one vouches for a part of it only.
    whole: Part | None = None
