"""What a caller hands to the outbox."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from leitstelle.kernel.events.data import Subject


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """A mail to be sent. Addresses are plain (`name@host`) or with a display name (`"A B" <a@b>`).

    `attachments` holds (blob id, file name, content type). `transport` names the account that sends it, such as
    `default` or `mailbox:3`. `message_id` and `references` are written with angle brackets or without.
    `headers` adds further ones; those the outbox itself writes are refused. `automatic` marks mail no person wrote.
    """

    to: Sequence[str]
    subject: str
    text: str
    from_email: str
    cc: Sequence[str] = ()
    bcc: Sequence[str] = ()
    html: str = ""
    from_name: str = ""
    reply_to: str = ""
    message_id: str = ""
    in_reply_to: str = ""
    references: Sequence[str] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    attachments: Sequence[tuple[int, str, str]] = ()
    transport: str = "default"
    subject_ref: Subject | None = None
    automatic: bool = False
