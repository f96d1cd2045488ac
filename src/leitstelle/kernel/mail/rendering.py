"""Writing a mail down: the bytes that leave, made once.

Header injection is impossible: addresses and ids are checked, everything else loses its control characters.
"""

from collections.abc import Iterable
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from django.core.signing import BadSignature

from leitstelle.kernel.blobs import Blob, clean_filename, read_blob
from leitstelle.kernel.blobs.choices import ScanState
from leitstelle.kernel.ids import uuid7
from leitstelle.kernel.mail.outgoing import Outgoing
from leitstelle.kernel.mail.rules import message_id, one_line, parse_address
from leitstelle.kernel.mail.signatures import Sign, signed_body
from leitstelle.kernel.secrets import sign, unsign

ORIGIN_HEADER = "X-Leitstelle-Origin"
_ORIGIN = "mail.origin"
# Enough to thread by, and far from the limits of servers.
_MAX_REFERENCES = 20
_OWN = frozenset(
    [
        "from",
        "to",
        "cc",
        "bcc",
        "sender",
        "reply-to",
        "subject",
        "date",
        "message-id",
        "in-reply-to",
        "references",
        "mime-version",
        "received",
        "return-path",
        "auto-submitted",
        "x-auto-response-suppress",
        "x-leitstelle-origin",
        "dkim-signature",
    ]
)


def new_message_id(from_email: str) -> str:
    """A Message-ID at the sender's domain."""
    return f"<{uuid7().hex}@{parse_address(from_email).domain}>"


def render(outgoing: Outgoing, own_id: str, now: datetime, sign: Sign | None = None) -> bytes:
    """Return the mail as RFC 5322 bytes, with `sign` signed. Raises ValueError for what cannot be used in a header."""
    message = EmailMessage(policy=SMTP)
    _addresses(message, outgoing)
    message["Subject"] = one_line(outgoing.subject)
    message["Date"] = format_datetime(now)
    for name, value in outgoing.headers.items():
        if (
            name.lower() in _OWN
            or name.lower().startswith(("content-", "resent-"))
            or not _is_header_name(name)
        ):
            raise ValueError(f"header {name!r} is not for callers")
        message[name] = one_line(value)
    if outgoing.automatic:
        message["Auto-Submitted"] = "auto-replied" if outgoing.in_reply_to else "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
    # Written by hand: the library would fold long ids into encoded words, which no program threads by.
    ids = _id_headers(outgoing, own_id)
    if sign is None:
        _content(message, outgoing)
        return ids + message.as_bytes()
    content = EmailMessage(policy=SMTP)
    _content(content, outgoing)
    del content["MIME-Version"]
    message["MIME-Version"] = "1.0"
    headers = message.as_bytes().rstrip(b"\r\n") + b"\r\n"
    return ids + headers + signed_body(content.as_bytes(), sign, own_id)


def is_own_mail(origin: str, own_id: str) -> bool:
    """Whether a header `X-Leitstelle-Origin` was written by this installation for a mail with this Message-ID."""
    try:
        return unsign(origin.strip(), _ORIGIN) == message_id(own_id)
    except (BadSignature, ValueError):
        return False


def _addresses(message: EmailMessage, outgoing: Outgoing) -> None:
    sender = parse_address(outgoing.from_email)
    message["From"] = Address(one_line(outgoing.from_name), sender.username, sender.domain)
    for header, addresses in (("To", outgoing.to), ("Cc", outgoing.cc)):
        if addresses:
            message[header] = [parse_address(address) for address in addresses]
    if not outgoing.to and not outgoing.cc:
        message["To"] = "undisclosed-recipients:;"
    if outgoing.reply_to:
        message["Reply-To"] = parse_address(outgoing.reply_to)


def _id_headers(outgoing: Outgoing, own_id: str) -> bytes:
    lines = [f"Message-ID: {own_id}", f"{ORIGIN_HEADER}: {sign(own_id, _ORIGIN)}"]
    if outgoing.in_reply_to:
        lines.append(f"In-Reply-To: {message_id(outgoing.in_reply_to)}")
    if references := _references(outgoing):
        lines.append("References: " + "\r\n ".join(references))
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def _references(outgoing: Outgoing) -> list[str]:
    ids = [*outgoing.references, *([outgoing.in_reply_to] if outgoing.in_reply_to else [])]
    unique = list(dict.fromkeys(_valid_ids(ids)))
    # The first one holds the thread together, the last ones show the place in it.
    return unique if len(unique) <= _MAX_REFERENCES else [unique[0], *unique[1 - _MAX_REFERENCES :]]


def _valid_ids(ids: Iterable[str]) -> Iterable[str]:
    """References come from strangers: what is no id is left out instead of stopping the answer."""
    for text in ids:
        try:
            yield message_id(text)
        except ValueError:
            continue


def _content(message: EmailMessage, outgoing: Outgoing) -> None:
    message.set_content(_storable(outgoing.text), cte="quoted-printable")
    if outgoing.html:
        message.add_alternative(_storable(outgoing.html), subtype="html", cte="quoted-printable")
    blobs = Blob.objects.in_bulk([blob_id for blob_id, _, _ in outgoing.attachments])
    for blob_id, filename, content_type in outgoing.attachments:
        if blobs[blob_id].scan_state == ScanState.INFECTED:
            raise ValueError(f"the virus scanner found {blobs[blob_id].scan_detail} in {one_line(filename)}")
        main, _, sub = (content_type or blobs[blob_id].content_type).partition("/")
        if (
            main not in {"application", "image", "audio", "video", "text"}
            or not sub.replace("-", "").isascii()
        ):
            main, sub = "application", "octet-stream"
        message.add_attachment(
            read_blob(blobs[blob_id]),
            maintype=main,
            subtype=one_line(sub.partition(";")[0]) or "octet-stream",
            filename=clean_filename(filename),
        )


def _storable(text: str) -> str:
    """Lone surrogates, as broken mail brings them, cannot be written in any charset."""
    return text.encode("utf-8", "replace").decode()


def _is_header_name(name: str) -> bool:
    return name.isascii() and name.replace("-", "").isalnum()
