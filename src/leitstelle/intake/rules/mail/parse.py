"""One mail understood: `parse_mail` turns any bytes into a `ParsedMail` and never raises.

Owns which parts are the text, which are files, and puts the other rules of this package together.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from .automatic import KIND_BOUNCE, OWN_HEADER, AutomaticFacts, recognise
from .bounce import from_delivery_status, from_text
from .charsets import codec_for, decode_text, unique
from .files import file_name, name_for_mail
from .flowed import unflow
from .headers import decode_header, one_line, parse_addresses, parse_date, parse_ids
from .html import html_to_text, sanitize
from .mime import Part, Reader, decoded_fields
from .parsed import Address, Automatic, Bounce, Headers, MailAttachment, ParsedMail
from .reply import split_reply

MAX_TEXT = 2_000_000
_REPORTS = {
    "message/delivery-status",
    "message/global-delivery-status",
    "message/disposition-notification",
    "message/feedback-report",
}
_ORIGINALS = {"message/rfc822", "text/rfc822-headers", "message/global", "message/rfc822-headers"}
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
    method: str = ""


def parse_mail(
    raw: bytes,
    *,
    own_addresses: frozenset[str] = frozenset(),
    is_own: Callable[[str, str], bool] = lambda mark, message_id: False,
    nested: bool = False,
) -> ParsedMail:
    """Everything intake understands of a mail (RFC 5322, MIME), for any bytes.

    `own_addresses` (lower case) and `is_own(mark, message id)` let it recognise our own mail. What was wrong with
    the mail is told in `defects`. A failure of the parser itself is a defect too.
    """
    reader = Reader()
    try:
        top = reader.read(raw)
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        return ParsedMail(
            text=decode_text(raw[:MAX_TEXT]).text, defects=(f"not understood: {type(error).__name__}",)
        )
    body = _Body()
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
    else:
        _leaf_file(reader, part, body)


def _walk_children(reader: Reader, part: Part, body: _Body, nested: bool) -> None:
    if part.content_type == "multipart/alternative":
        _alternative(reader, part, body, nested)
        return
    if part.content_type == "multipart/encrypted":
        reader.defect("encrypted (PGP), shown as files")
    for child in part.children:
        _walk(reader, child, body, nested)


def _alternative(reader: Reader, part: Part, body: _Body, nested: bool) -> None:
    """Every form of one text: the plain and the HTML form are both kept, never one behind the other."""
    own = _Body()
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
    body.method = body.method or own.method


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
    if kind in ("application/pkcs7-mime", "application/x-pkcs7-mime"):
        reader.defect("S/MIME, not opened, shown as a file")
    elif kind == "application/ms-tnef" or original.lower() == "winmail.dat":
        reader.defect("winmail.dat, shown as a file")
    elif kind == "text/calendar":
        found = _METHOD.search(data)
        body.method = (
            body.method or part.params.get("method", "") or (found[1].decode("ascii") if found else "")
        )
    name = file_name(original, kind)
    body.files.append(MailAttachment(name, kind[:100], data, inline, content_id, original))


def _given_name(part: Part) -> str:
    _, params = part.disposition
    return params.get("filename", "") or part.params.get("name", "")


def _content_id(part: Part) -> str:
    return one_line(decode_header(part.first("content-id"))).strip("<> ")[:500]


# --- putting it together ---


def _with_body(reader: Reader, mail: ParsedMail, body: _Body) -> ParsedMail:
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
        charsets=unique(body.charsets),
    )


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
