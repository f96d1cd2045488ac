"""Parts of a mail that are files: appointments and Outlook packets are read, everything is kept."""

import re

from .body import MAX_TEXT, Body
from .calendar import read_calendar
from .charsets import decode_text
from .files import file_name
from .headers import decode_header, one_line
from .mime import Part, Reader
from .msg import read_msg
from .parsed import MailAttachment
from .sealed import MAX_OPENED
from .tnef import read_tnef

_METHOD = re.compile(rb"^METHOD:\s*([A-Za-z]+)", re.IGNORECASE | re.MULTILINE)


def keep_file(reader: Reader, part: Part, body: Body) -> None:
    """Keep a part as a file; what stands in appointments and Outlook packets is read as well."""
    data = reader.content(part) if part.main_type != "multipart" else part.body
    original = given_name(part)
    disposition, _ = part.disposition
    identifier = content_id(part)
    inline = disposition == "inline" or (bool(identifier) and disposition != "attachment")
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
        MailAttachment(name, kind[:100], data, inline, identifier, original, "" if inline else read_msg(data))
    )


def _unpacked(reader: Reader, data: bytes, body: Body) -> bool:
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


def given_name(part: Part) -> str:
    """The name a part was given, as written."""
    _, params = part.disposition
    return params.get("filename", "") or part.params.get("name", "")


def content_id(part: Part) -> str:
    """The Content-ID by which HTML refers to a part, without brackets."""
    return one_line(decode_header(part.first("content-id"))).strip("<> ")[:500]
