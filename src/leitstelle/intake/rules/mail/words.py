"""The text parts of a mail: their charset, what is sealed or signed in line, plain words beside HTML."""

import re

from .body import MAX_TEXT, Body
from .charsets import codec_for, decode_text
from .flowed import unflow
from .mime import Part, Reader
from .sealed import (
    only_a_part,
    pgp_signed_in_line,
    without_armour,
)
from .signatures import unsealed_words


def is_text(part: Part) -> bool:
    """Whether a part is words of the mail, and no file."""
    if part.content_type not in ("text/plain", "text/html", "text", "text/enriched"):
        return False
    disposition, params = part.disposition
    return disposition != "attachment" and not (params.get("filename") or part.params.get("name"))


def read_text(reader: Reader, part: Part, body: Body) -> None:
    """Take the words of a part, as plain text or HTML."""
    data = reader.content(part)
    if len(data) > MAX_TEXT:
        reader.defect("text too large, cut")
        data = data[:MAX_TEXT]
    if part.content_type == "text/plain" and b"-----BEGIN PGP MESSAGE-----" in data:
        data = unsealed_words(reader, data, part, body)
    declared = part.params.get("charset", "")
    decoded = decode_text(data, declared or (meta_charset(data) if part.content_type == "text/html" else ""))
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
        body.htmls.append(as_html(text))
    body.texts.append(text)


def meta_charset(data: bytes) -> str:
    found = re.search(rb"<meta[^>]{0,200}charset=[\"']?\s*([\w-]{1,40})", data[:4000], re.IGNORECASE)
    label = found[1].decode("ascii", "replace") if found else ""
    return label if codec_for(label) else ""


def as_html(text: str) -> str:
    """Plain words to stand beside HTML."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<pre>{escaped}</pre>" if text.strip() else ""
