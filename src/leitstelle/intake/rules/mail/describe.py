"""A parsed mail as plain data (for JSON) and as text for people. The JSON form is a stable interface."""

from datetime import UTC
from typing import Any

from .parsed import Address, ParsedMail


def as_data(file: str, mail: ParsedMail) -> dict[str, Any]:
    """The object that `leitstelle mail inspect --json` prints, keys in fixed order."""
    return {
        "file": file,
        "message_id": mail.message_id or None,
        "date": _moment(mail),
        "subject": mail.subject,
        "from": _address(mail.sender),
        "to": [_address(item) for item in mail.to],
        "cc": [_address(item) for item in mail.cc],
        "reply_to": _address(mail.reply_to),
        "in_reply_to": mail.in_reply_to or None,
        "references": list(mail.references),
        "text": mail.text,
        "html": mail.html,
        "reply_text": mail.reply_text,
        "attachments": [
            {
                "filename": item.filename,
                "content_type": item.content_type,
                "size": item.size,
                "inline": item.inline,
                "content_id": item.content_id or None,
            }
            for item in mail.attachments
        ],
        "automatic": {
            "is": mail.automatic.is_automatic,
            "kind": mail.automatic.kind or None,
            "why": mail.automatic.why or None,
        },
        "bounce": None
        if mail.bounce is None
        else {
            "recipient": mail.bounce.recipient,
            "status": mail.bounce.status or None,
            "action": mail.bounce.action,
        },
        "charsets": list(mail.charsets),
        "defects": list(mail.defects),
        "events": [
            {
                "method": event.method,
                "uid": event.uid,
                "sequence": event.sequence,
                "summary": event.summary,
                "start": event.start.strftime("%Y-%m-%dT%H:%M:%SZ") if event.start else None,
                "end": event.end.strftime("%Y-%m-%dT%H:%M:%SZ") if event.end else None,
                "all_day": event.all_day,
                "location": event.location,
                "organizer": event.organizer,
                "answer": event.answer or None,
            }
            for event in mail.events
        ],
        "signature": None
        if mail.signature is None
        else {
            "kind": mail.signature.kind,
            "state": mail.signature.state,
            "signer": mail.signature.signer or None,
            "why": mail.signature.why or None,
        },
        "encrypted": mail.encrypted or None,
    }


def as_text(file: str, mail: ParsedMail) -> str:
    """The same for reading, without the quoted part."""
    lines = [
        f"== {file}",
        f"From:        {_shown(mail.sender)}",
        f"To:          {', '.join(map(_shown, mail.to))}",
        f"Date:        {_moment(mail) or '-'}",
        f"Subject:     {mail.subject}",
        f"Message-ID:  {mail.message_id or '-'}",
        f"Automatic:   {mail.automatic.kind + ' (' + mail.automatic.why + ')' if mail.automatic.kind else 'no'}",
        f"Charsets:    {', '.join(mail.charsets) or '-'}",
    ]
    if mail.bounce:
        lines.append(f"Bounce:      {mail.bounce.recipient} {mail.bounce.status} {mail.bounce.action}")
    lines += [
        f"Attachment:  {item.filename} ({item.content_type}, {item.size} bytes)" for item in mail.attachments
    ]
    lines += [f"Defect:      {item}" for item in mail.defects]
    return "\n".join([*lines, "", mail.reply_text, ""])


def _moment(mail: ParsedMail) -> str | None:
    return mail.date.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if mail.date else None


def _address(item: Address | None) -> dict[str, str] | None:
    return {"name": item.name, "email": item.email} if item else None


def _shown(item: Address | None) -> str:
    return f"{item.name} <{item.email}>".strip() if item else "-"
