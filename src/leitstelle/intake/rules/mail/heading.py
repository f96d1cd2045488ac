"""What the headers of a mail say: who, to whom, when, about what, in answer to what."""

from .headers import parse_addresses, parse_date, parse_ids
from .mime import Part, Reader, decoded_fields
from .parsed import (
    Address,
    Headers,
    ParsedMail,
)


def with_headers(reader: Reader, top: Part) -> ParsedMail:
    """The mail as far as its headers tell; what is wrong with them is noted."""
    headers = Headers(decoded_fields(top))
    for name in ("from", "subject", "date", "message-id", "to"):
        if len(headers.all(name)) > 1:
            reader.defect(f"header {name} stands more than once")
    if any(not value.isascii() for _, value in top.fields):
        reader.defect("header with raw 8-bit characters")
    senders = _addresses(top, "from") or _addresses(top, "sender")
    if not senders:
        reader.defect("no sender")
    date = parse_date(headers.get("date"))
    if date is None:
        reader.defect(
            "no date" if not headers.get("date") else f"date not understood: {headers.get('date')[:60]}"
        )
    ids = parse_ids(headers.get("message-id"))
    if not ids:
        reader.defect("no Message-ID")
    answered = parse_ids(headers.get("in-reply-to"))
    return ParsedMail(
        headers=headers,
        message_id=ids[0] if ids else "",
        date=date,
        subject=headers.get("subject"),
        sender=senders[0] if senders else None,
        to=tuple(_addresses(top, "to")),
        cc=tuple(_addresses(top, "cc")),
        reply_to=next(iter(_addresses(top, "reply-to")), None),
        in_reply_to=answered[0] if answered else "",
        references=parse_ids(" ".join(headers.all("references"))),
    )


def _addresses(top: Part, name: str) -> list[Address]:
    found = [address for key, value in top.fields if key == name for address in parse_addresses(value)]
    return list(dict.fromkeys(found))
