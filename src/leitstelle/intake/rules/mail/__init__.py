"""Understanding mail: bytes in, plain values out. No Django, no clock, no network, no error for any bytes.

`parse_mail` is the door for mails, `split_reply` for plain bodies, `acceptance_key` for exactly-once intake.
"""

from .acceptance import acceptance_key
from .parse import parse_mail
from .parsed import Address, Automatic, Bounce, Headers, MailAttachment, ParsedMail
from .reply import Reply, split_reply

__all__ = [
    "Address",
    "Automatic",
    "Bounce",
    "Headers",
    "MailAttachment",
    "ParsedMail",
    "Reply",
    "acceptance_key",
    "parse_mail",
    "split_reply",
]
