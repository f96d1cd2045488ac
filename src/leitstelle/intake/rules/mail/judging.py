"""What a mail is once all of it is read: its words and files put together, machine or person, what bounced."""

import re
from collections.abc import Iterable
from dataclasses import replace

from .automatic import KIND_BOUNCE, KIND_COMPLAINT, KIND_READ_RECEIPT, AutomaticFacts, recognise
from .body import Body
from .bounce import from_delivery_status, from_text
from .charsets import unique
from .html import html_to_text, sanitize
from .mime import Part, Reader
from .parsed import (
    Automatic,
    Bounce,
    CalendarEvent,
    MailAttachment,
    ParsedMail,
)
from .reply import split_reply

_ORIGINAL_ID = re.compile(r"^Message-ID:\s*<([^<>\s]{1,500})>", re.IGNORECASE | re.MULTILINE)


def with_body(reader: Reader, mail: ParsedMail, body: Body) -> ParsedMail:
    """The mail with its words, clean HTML, answer and files."""
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


def with_verdict(
    reader: Reader, mail: ParsedMail, top: Part, body: Body, own: frozenset[str], is_own: bool
) -> ParsedMail:
    """The mail with what kind it is, and whom and what a report is about."""
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


def _bounce(mail: ParsedMail, body: Body, verdict: Automatic, own: frozenset[str]) -> Bounce | None:
    if verdict.kind != KIND_BOUNCE:
        return None
    for status in body.statuses:
        found = from_delivery_status(status, body.original)
        if found is not None:
            return found
    return from_text(mail.headers, mail.text, body.original, own)
