"""Message-IDs of our own mail: they carry the ticket and a signature, so that an answer finds its way back.

Deterministic: the same message always gets the same id, also on every try. The signature makes it unguessable.
"""

import hmac
import re
from collections.abc import Sequence
from hashlib import sha256

_PREFIX = "lt"
VENDOR_PART = "v"  # parts of mails in a vendor's thread begin so
_TOKEN = re.compile(r"^lt\.(\d{1,18})\.([a-z]\d{1,18})\.([0-9a-f]{24})$")


def make_message_id(ticket: int, part: str, *, secret: str, domain: str) -> str:
    """Message-ID without brackets; `part` is a letter and a number that tell mails of one ticket apart."""
    return f"{make_token(ticket, part, secret=secret)}@{domain}"


def make_token(ticket: int, part: str, *, secret: str) -> str:
    """The signed left part; also usable behind `+` in an address."""
    return f"{_PREFIX}.{ticket}.{part}.{_signature(ticket, part, secret)}"


def ticket_of(value: str, *, secrets: Sequence[str]) -> int | None:
    """The ticket a Message-ID or token of ours names; None for foreign or forged ones."""
    named = _named(value, secrets)
    return named[0] if named else None


def vendor_message_of(value: str, *, secrets: Sequence[str]) -> int | None:
    """The message of a vendor's thread that a Message-ID or token of ours names; None for any other."""
    named = _named(value, secrets)
    return int(named[1][1:]) if named and named[1].startswith(VENDOR_PART) else None


def _named(value: str, secrets: Sequence[str]) -> tuple[int, str] | None:
    """Ticket and part of a token of ours."""
    found = _TOKEN.match(value.partition("@")[0].strip("<> ").lower())
    if found is None:
        return None
    ticket = int(found[1])
    valid = any(hmac.compare_digest(_signature(ticket, found[2], secret), found[3]) for secret in secrets)
    return (ticket, found[2]) if valid else None


def _signature(ticket: int, part: str, secret: str) -> str:
    message = f"leitstelle.mail-thread|{ticket}|{part}".encode()
    return hmac.new(secret.encode(), message, sha256).hexdigest()[:24]
