"""Under which key a mail is accepted, so that the same mail delivered twice is one mail.

The key is the Message-ID, within one mailbox. A mail without one gets a hash over everything except the fields
that transport adds, as those differ between two deliveries of the same mail.
"""

import hashlib
import re
from dataclasses import dataclass

from .headers import decode_header, parse_addresses, parse_ids
from .mime import Part, Reader

_TRACE = re.compile(
    r"(received|return-path|delivered-to|envelope-to|authentication-results|dkim-.*|arc-.*|x-.*|status|lines"
    r"|content-length|apparently-to|original-recipient)\Z"
)


def acceptance_key(raw: bytes) -> str:
    """At most 70 characters: `id:` or `hash:` and a digest. Never raises."""
    top = _top(raw)
    ids = parse_ids(top.first("message-id").decode("utf-8", "replace")) if top else ()
    if ids:
        return "id:" + hashlib.sha256(ids[0].encode()).hexdigest()
    return "hash:" + content_digest(raw)


def content_digest(raw: bytes) -> str:
    """Hash of the mail without trace fields. Line ends do not count: transports change them."""
    top = _top(raw)
    digest = hashlib.sha256()
    if top is None:
        digest.update(raw)
        return digest.hexdigest()
    for name, value in top.fields:
        if not _TRACE.match(name):
            digest.update(name.encode() + b":" + b" ".join(value.split()) + b"\n")
    digest.update(b"\n" + top.body.replace(b"\r\n", b"\n").rstrip())
    return digest.hexdigest()


def same_content_digest(raw: bytes) -> str:
    """Hash of sender, subject and body only: tells a second delivery from a device that reuses its Message-ID."""
    top = _top(raw)
    if top is None:
        return hashlib.sha256(raw).hexdigest()
    fields = b"\n".join(b" ".join(top.first(name).split()) for name in ("from", "subject"))
    return hashlib.sha256(fields + b"\n\n" + top.body.replace(b"\r\n", b"\n").rstrip()).hexdigest()


def header_part(raw: bytes) -> bytes:
    """Only the header block, for mail that is too large to be kept whole."""
    end = re.search(rb"\r?\n[ \t]*\r?\n", raw[:512_000])
    return raw[: end.end()] if end else raw[:64_000]


def _top(raw: bytes) -> Part | None:
    """The top level only: the body is left in one piece."""
    reader = Reader(structure=False)
    try:
        return reader.read(raw)
    except (ValueError, RecursionError, MemoryError, OverflowError):
        return None


@dataclass(frozen=True)
class Outline:
    """What lists show of a mail before it is understood."""

    message_id: str
    sender: str
    subject: str


def summary(raw: bytes) -> Outline:
    """Message-ID, sender address and subject from the headers alone. Never raises."""
    top = _top(raw)
    if top is None:
        return Outline("", "", "")
    ids = parse_ids(decode_header(top.first("message-id")))
    senders = parse_addresses(top.first("from")) or parse_addresses(top.first("sender"))
    sender = senders[0].email or senders[0].name if senders else ""
    return Outline(ids[0] if ids else "", sender, decode_header(top.first("subject")))


def recipients(raw: bytes) -> list[str]:
    """Addresses a mail was delivered to, envelope traces first, then To and Cc."""
    top = _top(raw)
    if top is None:
        return []
    found: list[str] = []
    for name in ("delivered-to", "x-original-to", "envelope-to", "to", "cc"):
        for key, value in top.fields:
            if key == name:
                found += [address.email for address in parse_addresses(value) if address.email]
    return list(dict.fromkeys(found))
