"""One mail understood: `parse_mail` turns any bytes into a `ParsedMail` and never raises.

Owns which parts are the text, which are files, and puts the other rules of this package together.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from .automatic import KIND_BOUNCE, KIND_COMPLAINT, KIND_READ_RECEIPT, OWN_HEADER, AutomaticFacts, recognise
from .bounce import from_delivery_status, from_text
from .calendar import read_calendar
from .charsets import codec_for, decode_text, unique
from .files import file_name, name_for_mail
from .flowed import unflow
from .headers import decode_header, one_line, parse_addresses, parse_date, parse_ids
from .html import html_to_text, sanitize
from .mime import Part, Reader, decoded_fields
from .msg import read_msg
from .parsed import (
    Address,
    Automatic,
    Bounce,
    CalendarEvent,
    Headers,
    MailAttachment,
    ParsedMail,
    Signature,
)
from .reply import split_reply
from .sealed import (
    MAX_OPENED,
    PGP_SIGNATURE,
    SEALED_IN_LINE,
    SMIME_SIGNATURES,
    SMIME_TYPES,
    Unlock,
    only_a_part,
    opened,
    pgp_opened,
    pgp_signed_apart,
    pgp_signed_in_line,
    signed_apart,
    without_armour,
)
from .tnef import Tnef, read_tnef

MAX_TEXT = 2_000_000
_REPORTS = {
    "message/delivery-status",
    "message/global-delivery-status",
    "message/disposition-notification",
    "message/feedback-report",
}
_ORIGINALS = {"message/rfc822", "text/rfc822-headers", "message/global", "message/rfc822-headers"}
_REPORTED = re.compile(rb"^Original-Message-ID:\s*<([^<>\s]{1,500})>", re.IGNORECASE | re.MULTILINE)
_ORIGINAL_ID = re.compile(r"^Message-ID:\s*<([^<>\s]{1,500})>", re.IGNORECASE | re.MULTILINE)
_METHOD = re.compile(rb"^METHOD:\s*([A-Za-z]+)", re.IGNORECASE | re.MULTILINE)


@dataclass
class _Body:
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


def parse_mail(
    raw: bytes,
    *,
    own_addresses: frozenset[str] = frozenset(),
    is_own: Callable[[str, str], bool] = lambda mark, message_id: False,
    nested: bool = False,
    unlock: Unlock | None = None,
) -> ParsedMail:
    """Everything intake understands of a mail (RFC 5322, MIME), for any bytes.

    `own_addresses` (lower case) and `is_own(mark, message id)` let it recognise our own mail; `unlock` brings the keys
    for mail that is signed or encrypted. What was wrong with the mail is told in `defects`, and so is a failure of the
    parser itself.
    """
    reader = Reader()
    try:
        top = reader.read(raw)
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        return ParsedMail(
            text=decode_text(raw[:MAX_TEXT]).text, defects=(f"not understood: {type(error).__name__}",)
        )
    body = _Body(unlock=unlock or Unlock(), date=parse_date(decode_header(top.first("date"))), whole=top)
    _walk(reader, top, body, nested)
    mail = _with_headers(reader, top)
    mail = _with_body(reader, mail, body)
    mark = mail.headers.get(OWN_HEADER)
    own = bool(mark) and is_own(mark, mail.message_id)
    return _with_verdict(reader, mail, top, body, own_addresses, own)


def _with_headers(reader: Reader, top: Part) -> ParsedMail:
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


# --- parts ---


def _walk(reader: Reader, part: Part, body: _Body, nested: bool) -> None:
    kind = part.content_type
    if part.children:
        _walk_children(reader, part, body, nested)
    elif part.main_type == "multipart":
        _leaf_file(reader, part, body)
    elif kind in _ORIGINALS or kind in _REPORTS:
        _mail_part(reader, part, body, nested)
    elif _is_text(part):
        _text(reader, part, body)
    elif kind in SMIME_TYPES and _sealed(reader, part, body, nested):
        return
    else:
        _leaf_file(reader, part, body)


def _walk_children(reader: Reader, part: Part, body: _Body, nested: bool) -> None:
    if part.content_type == "multipart/alternative":
        _alternative(reader, part, body, nested)
        return
    if part.content_type == "multipart/encrypted":
        if _pgp_sealed(reader, part, body, nested):
            return
        reader.defect("encrypted (PGP), shown as files")
        body.encrypted = body.encrypted or "pgp-closed"
    elif part.content_type == "multipart/signed":
        _signed(reader, part, body)
    for child in part.children:
        _walk(reader, child, body, nested)


def _signed(reader: Reader, part: Part, body: _Body) -> None:
    """The outermost signature counts; the signed part is walked like any other."""
    if len(part.children) < 2 or body.signature is not None:
        return
    kind = part.children[1].content_type
    data = reader.content(part.children[1]) if kind in (*SMIME_SIGNATURES, PGP_SIGNATURE) else b""
    if kind in SMIME_SIGNATURES:
        found = signed_apart(part.children[0], data, body.unlock, body.date)
        body.signature = _as_far_as_it_goes(found, part, body)
    elif kind == PGP_SIGNATURE:
        body.signature = _as_far_as_it_goes(pgp_signed_apart(part.children[0], data, body.unlock), part, body)


def _as_far_as_it_goes(found: Signature, part: Part, body: _Body) -> Signature:
    """Words beside a signed part are nobody's: somebody may have put them around what another one signed."""
    alone = part is body.whole and len(part.children) <= 2
    return found if alone or found.state != "good" else only_a_part(found)


def _pgp_sealed(reader: Reader, part: Part, body: _Body, nested: bool) -> bool:
    """Walk what stands in a message of PGP/MIME (RFC 3156); False where no key opens it."""
    body.opened += 1
    if body.opened > MAX_OPENED or len(part.children) < 2:
        return False
    found = pgp_opened(reader.content(part.children[1]), body.unlock)
    if found is None:
        return False
    body.encrypted = "pgp"
    if found.signature is not None and body.signature is None:
        body.signature = _as_far_as_it_goes(found.signature, part, body)
    inner = reader.inner(found.content)
    body.whole = inner if part is body.whole else body.whole
    _walk(reader, inner, body, nested)
    return True


def _unsealed_words(reader: Reader, data: bytes, part: Part, body: _Body) -> bytes:
    """The bytes of a text with what was sealed in line opened, as far as a key fits."""
    sealed = SEALED_IN_LINE.search(data)
    body.opened += 1
    found = pgp_opened(sealed[0], body.unlock) if sealed and body.opened <= MAX_OPENED else None
    if sealed is None or found is None:
        reader.defect("encrypted (PGP), shown as it is")
        body.encrypted = body.encrypted or "pgp-closed"
        return data
    body.encrypted = "pgp"
    rest = data[: sealed.start()] + data[sealed.end() :]
    if found.signature is not None and body.signature is None:
        good = found.signature.state == "good"
        whole = part is body.whole and not rest.strip()
        body.signature = found.signature if whole or not good else only_a_part(found.signature)
    return data[: sealed.start()] + found.content + b"\n" + data[sealed.end() :]


def _sealed(reader: Reader, part: Part, body: _Body, nested: bool) -> bool:
    """Walk what stands in an S/MIME part; False where it stays a file."""
    body.opened += 1
    if body.opened > MAX_OPENED:
        return False
    data = reader.content(part)
    found = opened(data, body.unlock, body.date)
    if found is None:
        reader.defect("S/MIME, not opened, shown as a file")
        return False
    inner = found.content
    if found.is_envelope:
        plain = body.unlock.decrypt(data)
        body.encrypted = "smime" if plain is not None else "smime-closed"
        if plain is None:
            reader.defect("S/MIME, no key opens it, shown as a file")
            return False
        inner = plain
    elif body.signature is None and found.signature is not None:
        body.signature = _as_far_as_it_goes(found.signature, part, body)
    if not inner.strip():
        return False
    content = reader.inner(inner)
    body.whole = content if part is body.whole else body.whole
    _walk(reader, content, body, nested)
    return True


def _alternative(reader: Reader, part: Part, body: _Body, nested: bool) -> None:
    """Every form of one text: the plain and the HTML form are both kept, never one behind the other."""
    own = _Body(unlock=body.unlock, date=body.date, opened=body.opened, signature=body.signature)
    own.whole = body.whole
    for child in part.children:
        _walk(reader, child, own, nested)
    plain = [text for text in own.texts if text.strip()]
    if own.htmls:
        body.htmls.append("\n".join(own.htmls))
        body.texts.append(plain[0] if plain else "")
    elif own.texts:
        body.texts.append(plain[0] if plain else "")
    if body.htmls and not own.htmls and own.texts:
        body.htmls.append(_as_html(body.texts[-1]))
    body.files += own.files
    body.charsets += own.charsets
    body.statuses += own.statuses
    body.original = body.original or own.original
    body.disposition = body.disposition or own.disposition
    body.reported = body.reported or own.reported
    body.method = body.method or own.method
    body.events += own.events
    body.packed += own.packed
    body.signature = body.signature or own.signature
    body.encrypted = body.encrypted or own.encrypted
    body.opened = own.opened


def _is_text(part: Part) -> bool:
    if part.content_type not in ("text/plain", "text/html", "text", "text/enriched"):
        return False
    disposition, params = part.disposition
    return disposition != "attachment" and not (params.get("filename") or part.params.get("name"))


def _text(reader: Reader, part: Part, body: _Body) -> None:
    data = reader.content(part)
    if len(data) > MAX_TEXT:
        reader.defect("text too large, cut")
        data = data[:MAX_TEXT]
    if part.content_type == "text/plain" and b"-----BEGIN PGP MESSAGE-----" in data:
        data = _unsealed_words(reader, data, part, body)
    declared = part.params.get("charset", "")
    decoded = decode_text(data, declared or (_meta_charset(data) if part.content_type == "text/html" else ""))
    reader.defect(decoded.defect)
    body.charsets.append(declared.lower() if declared and not decoded.defect else decoded.used)
    if part.content_type == "text/html":
        body.htmls.append(decoded.text)
        return
    text = decoded.text
    if part.params.get("format", "").lower() == "flowed":
        text = unflow(text, part.params.get("delsp", "").lower() == "yes")
    plain = without_armour(text)
    if plain != text:
        text = plain
        if body.signature is None:
            found = pgp_signed_in_line(data, body.unlock)
            alone = part is body.whole or found.state != "good"
            body.signature = found if alone else only_a_part(found)
    if body.htmls and text.strip():
        body.htmls.append(_as_html(text))
    body.texts.append(text)


def _meta_charset(data: bytes) -> str:
    found = re.search(rb"<meta[^>]{0,200}charset=[\"']?\s*([\w-]{1,40})", data[:4000], re.IGNORECASE)
    label = found[1].decode("ascii", "replace") if found else ""
    return label if codec_for(label) else ""


def _as_html(text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<pre>{escaped}</pre>" if text.strip() else ""


def _mail_part(reader: Reader, part: Part, body: _Body, nested: bool) -> None:
    data = reader.content(part)
    if part.content_type in _REPORTS:
        if "delivery-status" in part.content_type:
            body.statuses.append(decode_text(data).text)
        else:
            found = _REPORTED.search(data[:64_000])
            body.reported = body.reported or (one_line(decode_header(found[1])) if found else "")
        body.disposition = body.disposition or "disposition" in part.content_type
        _leaf_file(reader, part, body)
        return
    body.original = body.original or decode_text(data[:64_000]).text
    text = subject = ""
    if not nested:  # one level is read; what lies deeper stays inside the file
        inner = parse_mail(data, nested=True)
        subject, text = inner.subject, _readable(inner)
    original = _given_name(part)
    name = file_name(original) if original else name_for_mail(subject)
    body.files.append(MailAttachment(name, part.content_type, data, False, _content_id(part), original, text))


def _readable(mail: ParsedMail) -> str:
    sender = f"{mail.sender.name} <{mail.sender.email}>".strip() if mail.sender else ""
    return f"{mail.subject}\n{sender}\n\n{mail.text}"[:200_000].strip()


def _leaf_file(reader: Reader, part: Part, body: _Body) -> None:
    data = reader.content(part) if part.main_type != "multipart" else part.body
    original = _given_name(part)
    disposition, _ = part.disposition
    content_id = _content_id(part)
    inline = disposition == "inline" or (bool(content_id) and disposition != "attachment")
    kind = part.content_type
    if (kind == "application/ms-tnef" or original.lower() == "winmail.dat") and _unpacked(reader, data, body):
        return
    if kind == "text/calendar":
        found = _METHOD.search(data)
        body.method = (
            body.method or part.params.get("method", "") or (found[1].decode("ascii") if found else "")
        )
        words = decode_text(data[:MAX_TEXT], part.params.get("charset", "") or "utf-8").text
        body.events += read_calendar(words, part.params.get("method", ""))
    name = file_name(original, kind)
    body.files.append(
        MailAttachment(name, kind[:100], data, inline, content_id, original, "" if inline else read_msg(data))
    )


def _unpacked(reader: Reader, data: bytes, body: _Body) -> bool:
    """Take what stands in a `winmail.dat`; False where it stays a file as well."""
    found = read_tnef(data) if len(body.packed) < MAX_OPENED else None
    if found is None:
        reader.defect("winmail.dat, shown as a file")
        return False
    body.packed.append(found)
    for file in found.files:
        name = file_name(file.name, file.content_type)
        kind = file.content_type[:100] or "application/octet-stream"
        inline = bool(file.content_id)
        body.files.append(MailAttachment(name, kind, file.data, inline, file.content_id[:500], file.name))
    if found.event is not None:
        body.events.append(found.event)
        body.method = body.method or found.event.method
    anything = bool(found.files or found.text or found.html or found.event)
    if not found.is_whole or not anything:
        reader.defect("winmail.dat, shown as a file")
        return False
    return True


def _given_name(part: Part) -> str:
    _, params = part.disposition
    return params.get("filename", "") or part.params.get("name", "")


def _content_id(part: Part) -> str:
    return one_line(decode_header(part.first("content-id"))).strip("<> ")[:500]


# --- putting it together ---


def _with_body(reader: Reader, mail: ParsedMail, body: _Body) -> ParsedMail:
    for packed in body.packed:  # what Outlook packed is the text only where no other is there
        if not any(piece.strip() for piece in (*body.texts, *body.htmls)):
            body.texts.append(packed.text)
            body.htmls += [packed.html] if packed.html else []
    text = "\n\n".join(piece for piece in body.texts if piece.strip())
    clean = sanitize("\n".join(piece for piece in body.htmls if piece)) if body.htmls else None
    if clean is not None:
        reader.defect(clean.defect)
        text = text if text.strip() else html_to_text(clean.html)
    answer = split_reply(text)
    return replace(
        mail,
        text=text.strip("\n"),
        html=clean.html if clean else "",
        remote_images=clean.remote_images if clean else 0,
        reply_text=answer.reply,
        quoted_text=answer.quoted,
        attachments=tuple(_told_apart(body.files)),
        events=tuple(_distinct(body.events)),
        signature=body.signature,
        encrypted=body.encrypted,
        charsets=unique(body.charsets),
    )


def _distinct(events: list[CalendarEvent]) -> list[CalendarEvent]:
    """Outlook and Google send an invitation twice in one mail: once of each is enough."""
    return list({(event.uid, event.start, event.method): event for event in reversed(events)}.values())[:20]


def _told_apart(files: Iterable[MailAttachment]) -> list[MailAttachment]:
    """Files of one name get a number, so that none hides another when all are saved."""
    seen: dict[str, int] = {}
    result = []
    for item in files:
        count = seen[item.filename.lower()] = seen.get(item.filename.lower(), 0) + 1
        if count > 1:
            stem, dot, end = item.filename.rpartition(".")
            item = replace(item, filename=f"{stem} ({count}).{end}" if dot else f"{item.filename} ({count})")
        result.append(item)
    return result


def _with_verdict(
    reader: Reader, mail: ParsedMail, top: Part, body: _Body, own: frozenset[str], is_own: bool
) -> ParsedMail:
    facts = AutomaticFacts(
        headers=mail.headers,
        content_type=top.content_type,
        report_type=top.params.get("report-type", "") if top.content_type == "multipart/report" else "",
        calendar_method=body.method,
        subject=mail.subject,
        text=mail.reply_text or mail.text,
        sender=mail.sender,
        reply_to=mail.reply_to,
        has_delivery_status=bool(body.statuses),
        has_disposition=body.disposition,
        is_own=is_own,
        own_addresses=own,
    )
    verdict = recognise(facts)
    if verdict.kind in (KIND_READ_RECEIPT, KIND_COMPLAINT) and not mail.in_reply_to:
        found = _ORIGINAL_ID.search(body.original)
        mail = replace(mail, in_reply_to=body.reported or (found[1] if found else ""))
    return replace(
        mail, automatic=verdict, bounce=_bounce(mail, body, verdict, own), defects=tuple(reader.defects)
    )


def _bounce(mail: ParsedMail, body: _Body, verdict: Automatic, own: frozenset[str]) -> Bounce | None:
    if verdict.kind != KIND_BOUNCE:
        return None
    for status in body.statuses:
        found = from_delivery_status(status, body.original)
        if found is not None:
            return found
    return from_text(mail.headers, mail.text, body.original, own)
