"""One mail understood: `parse_mail` turns any bytes into a `ParsedMail` and never raises.

Owns which parts are the text, which are files, and puts the other rules of this package together.
"""

import re
from collections.abc import Callable

from .automatic import OWN_HEADER
from .body import MAX_TEXT, Body
from .charsets import decode_text
from .enclosed import content_id, given_name, keep_file
from .files import file_name, name_for_mail
from .headers import decode_header, one_line, parse_date
from .heading import with_headers
from .judging import with_body, with_verdict
from .mime import Part, Reader
from .parsed import MailAttachment, ParsedMail
from .sealed import MAX_OPENED, SMIME_TYPES, Unlock, opened, pgp_opened
from .signatures import as_far_as_it_goes, note_signature
from .words import as_html, is_text, read_text

_REPORTS = {
    "message/delivery-status",
    "message/global-delivery-status",
    "message/disposition-notification",
    "message/feedback-report",
}
_ORIGINALS = {"message/rfc822", "text/rfc822-headers", "message/global", "message/rfc822-headers"}
_REPORTED = re.compile(rb"^Original-Message-ID:\s*<([^<>\s]{1,500})>", re.IGNORECASE | re.MULTILINE)


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
    body = Body(unlock=unlock or Unlock(), date=parse_date(decode_header(top.first("date"))), whole=top)
    _walk(reader, top, body, nested)
    mail = with_headers(reader, top)
    mail = with_body(reader, mail, body)
    mark = mail.headers.get(OWN_HEADER)
    own = bool(mark) and is_own(mark, mail.message_id)
    return with_verdict(reader, mail, top, body, own_addresses, own)


def _walk(reader: Reader, part: Part, body: Body, nested: bool) -> None:
    kind = part.content_type
    if part.children:
        _walk_children(reader, part, body, nested)
    elif part.main_type == "multipart":
        keep_file(reader, part, body)
    elif kind in _ORIGINALS or kind in _REPORTS:
        _mail_part(reader, part, body, nested)
    elif is_text(part):
        read_text(reader, part, body)
    elif kind in SMIME_TYPES and _sealed(reader, part, body, nested):
        return
    else:
        keep_file(reader, part, body)


def _walk_children(reader: Reader, part: Part, body: Body, nested: bool) -> None:
    if part.content_type == "multipart/alternative":
        _alternative(reader, part, body, nested)
        return
    if part.content_type == "multipart/encrypted":
        if _pgp_sealed(reader, part, body, nested):
            return
        reader.defect("encrypted (PGP), shown as files")
        body.encrypted = body.encrypted or "pgp-closed"
    elif part.content_type == "multipart/signed":
        note_signature(reader, part, body)
    for child in part.children:
        _walk(reader, child, body, nested)


def _pgp_sealed(reader: Reader, part: Part, body: Body, nested: bool) -> bool:
    """Walk what stands in a message of PGP/MIME (RFC 3156); False where no key opens it."""
    body.opened += 1
    if body.opened > MAX_OPENED or len(part.children) < 2:
        return False
    found = pgp_opened(reader.content(part.children[1]), body.unlock)
    if found is None:
        return False
    body.encrypted = "pgp"
    if found.signature is not None and body.signature is None:
        body.signature = as_far_as_it_goes(found.signature, part, body)
    inner = reader.inner(found.content)
    body.whole = inner if part is body.whole else body.whole
    _walk(reader, inner, body, nested)
    return True


def _sealed(reader: Reader, part: Part, body: Body, nested: bool) -> bool:
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
        body.signature = as_far_as_it_goes(found.signature, part, body)
    if not inner.strip():
        return False
    content = reader.inner(inner)
    body.whole = content if part is body.whole else body.whole
    _walk(reader, content, body, nested)
    return True


def _alternative(reader: Reader, part: Part, body: Body, nested: bool) -> None:
    """Every form of one text: the plain and the HTML form are both kept, never one behind the other."""
    own = Body(unlock=body.unlock, date=body.date, opened=body.opened, signature=body.signature)
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
        body.htmls.append(as_html(body.texts[-1]))
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


def _mail_part(reader: Reader, part: Part, body: Body, nested: bool) -> None:
    data = reader.content(part)
    if part.content_type in _REPORTS:
        if "delivery-status" in part.content_type:
            body.statuses.append(decode_text(data).text)
        else:
            found = _REPORTED.search(data[:64_000])
            body.reported = body.reported or (one_line(decode_header(found[1])) if found else "")
        body.disposition = body.disposition or "disposition" in part.content_type
        keep_file(reader, part, body)
        return
    body.original = body.original or decode_text(data[:64_000]).text
    text = subject = ""
    if not nested:  # one level is read; what lies deeper stays inside the file
        inner = parse_mail(data, nested=True)
        subject, text = inner.subject, _readable(inner)
    original = given_name(part)
    name = file_name(original) if original else name_for_mail(subject)
    body.files.append(MailAttachment(name, part.content_type, data, False, content_id(part), original, text))


def _readable(mail: ParsedMail) -> str:
    sender = f"{mail.sender.name} <{mail.sender.email}>".strip() if mail.sender else ""
    return f"{mail.subject}\n{sender}\n\n{mail.text}"[:200_000].strip()
