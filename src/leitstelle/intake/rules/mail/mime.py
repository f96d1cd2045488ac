"""The tree of parts of a mail: one pass over the bytes, bounded in depth and number, never an error.

Owns RFC 2045/2046 structure and transfer encodings. Python's own parser feeds line by line and recurses with
the nesting; this one cuts at boundaries, so hostile nesting costs nothing and large files are not copied twice.
"""

import binascii
import re
from dataclasses import dataclass, field

from .headers import decode_base64, decode_header, one_line, parse_value

MAX_DEPTH = 25
MAX_PARTS = 1_000
MAX_HEADER_BYTES = 512_000
MAX_FIELDS = 2_000
_FIELD = re.compile(rb"^([!-9;-~]{1,200})[ \t]*:(.*)$", re.DOTALL)
_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,100}\Z")
_BLANK = re.compile(rb"\r?\n[ \t]*\r?\n")
_GUESS = re.compile(rb"^--([^\s]{1,200})[ \t]*\r?\n[Cc]ontent-", re.MULTILINE)


@dataclass
class Part:
    """One node. `body` is undecoded; `content` removes the transfer encoding."""

    fields: list[tuple[str, bytes]]
    body: bytes = field(repr=False)
    content_type: str = "text/plain"
    params: dict[str, str] = field(default_factory=dict)
    children: list["Part"] = field(default_factory=list)
    raw: bytes = field(default=b"", repr=False)

    def first(self, name: str) -> bytes:
        return next((value for key, value in self.fields if key == name), b"")

    @property
    def disposition(self) -> tuple[str, dict[str, str]]:
        return parse_value(self.first("content-disposition"))

    @property
    def main_type(self) -> str:
        return self.content_type.partition("/")[0]


class Reader:
    """Reads one mail. Collects what was wrong in `defects`, each said once. `structure=False` leaves parts uncut."""

    def __init__(self, structure: bool = True) -> None:
        self.defects: list[str] = []
        self._parts = 0
        self._structure = structure

    def defect(self, text: str) -> None:
        text = one_line(text)
        if text and text not in self.defects and len(self.defects) < 50:
            self.defects.append(text)

    def read(self, raw: bytes) -> Part:
        """The tree of a whole mail."""
        data = raw.lstrip(b"\r\n\t \xef\xbb\xbf") if raw[:1] in b"\r\n\t \xef" else raw
        if data.startswith((b"From ", b">From ")):
            data = data.partition(b"\n")[2]  # the separator line of an mbox file
        if b"\n" not in data and b"\r" in data:
            data = data.replace(b"\r", b"\n")
            self.defect("line ends are CR only")
        return self._part(data, 0, "text/plain", top=True)

    def inner(self, data: bytes) -> Part:
        """The tree of what stood in an envelope; it counts towards the bounds of its mail."""
        return self._part(data, MAX_DEPTH // 2, "text/plain")

    def _part(self, data: bytes, depth: int, default: str, top: bool = False) -> Part:
        self._parts += 1
        fields, body = self._split(data, top)
        part = Part(fields=fields, body=body, raw=data)
        declared = part.first("content-type")
        part.content_type, part.params = parse_value(declared)
        if not _TYPE.match(part.content_type):
            if declared.strip():
                self.defect("Content-Type is not understood")
            part.content_type = self._guess_type(part, default)
        if part.main_type == "multipart" and self._structure:
            self._open(part, depth)
        return part

    def _guess_type(self, part: Part, default: str) -> str:
        if b"mime-version" in part.raw[:4000].lower():
            found = _GUESS.search(part.body[:4000])
            if found:
                self.defect("multipart without Content-Type")
                part.params["boundary"] = found[1].decode("latin-1")
                return "multipart/mixed"
        return default

    def _split(self, data: bytes, top: bool) -> tuple[list[tuple[str, bytes]], bytes]:
        if data.startswith((b"\n", b"\r\n")):
            return [], data.lstrip(b"\r\n") if not top else data
        found = _BLANK.search(data[: MAX_HEADER_BYTES + 4])
        if found:
            head, body = data[: found.start()], data[found.end() :]
        elif len(data) > MAX_HEADER_BYTES:
            self.defect("headers too large, cut")
            head, body = data[:MAX_HEADER_BYTES], data[MAX_HEADER_BYTES:]
        else:
            head, body = data, b""
        return self._fields(head, body, top)

    def _fields(self, head: bytes, body: bytes, top: bool) -> tuple[list[tuple[str, bytes]], bytes]:
        found: list[tuple[str, list[bytes]]] = []
        lines = head.split(b"\n")
        for number, line in enumerate(lines):
            line = line.rstrip(b"\r")
            match = None if line[:1] in (b" ", b"\t") else _FIELD.match(line)
            if match:
                found.append((match[1].decode("ascii").lower(), [match[2].strip()]))
            elif line[:1] in (b" ", b"\t") and found:
                found[-1][1].append(line)
            elif line.strip():
                rest = lines[number:]
                if not any(_FIELD.match(later) for later in rest[1:20]):
                    self.defect("no empty line between headers and text")
                    return _joined(found), b"\n".join(rest) + (b"\n\n" + body if body else b"")
                self.defect("a header line is not understood")
            if len(found) >= MAX_FIELDS:
                self.defect("too many headers, cut")
                break
        if top and not found and head.strip():
            return [], head + b"\n\n" + body
        return _joined(found), body

    def _open(self, part: Part, depth: int) -> None:
        boundary = part.params.get("boundary", "")
        if depth >= MAX_DEPTH:
            self.defect(f"nested deeper than {MAX_DEPTH} levels, kept as a file")
            part.content_type = "application/octet-stream"
            return
        if not boundary:
            found = _GUESS.search(part.body[:4000])
            if not found:
                self.defect("multipart without boundary, read as text")
                part.content_type, part.params = "text/plain", {}
                return
            boundary = found[1].decode("latin-1")
            self.defect("multipart without boundary, guessed")
        pieces = self._cut(part.body, boundary.encode("latin-1", "replace"))
        default = "message/rfc822" if part.content_type == "multipart/digest" else "text/plain"
        for piece in pieces:
            if self._parts >= MAX_PARTS:
                self.defect(f"more than {MAX_PARTS} parts, the rest is only in the source")
                break
            part.children.append(self._part(piece, depth + 1, default))
        if not pieces:
            self.defect("multipart holds no part, read as text")
            part.content_type, part.params = "text/plain", {}

    def _cut(self, body: bytes, boundary: bytes) -> list[bytes]:
        marker = re.compile(rb"(?:^|\r?\n)--" + re.escape(boundary) + rb"(--)?[ \t]*(?=\r?\n|\Z)")
        pieces: list[bytes] = []
        start = -1
        for found in marker.finditer(body):
            if start >= 0:
                pieces.append(body[start : found.start()])
            if found[1]:
                return pieces
            after = body.find(b"\n", found.end())
            start = after + 1 if after >= 0 else len(body)
            if len(pieces) > MAX_PARTS:
                break
        if start >= 0:
            self.defect("multipart is not closed")
            pieces.append(body[start:])
        return pieces

    def content(self, part: Part) -> bytes:
        """The bytes of a leaf without its transfer encoding."""
        encoding = (
            part.first("content-transfer-encoding").decode("ascii", "replace").strip().lower().strip('"')
        )
        encoding = encoding.partition(";")[0].strip()
        if encoding == "base64":
            if len(part.body) > 100 and not re.match(rb"[A-Za-z0-9+/=\s]*\Z", part.body):
                self.defect("base64 with foreign characters")
            return decode_base64(part.body)
        if encoding in ("quoted-printable", "quoted-printeable", "quoted_printable"):
            return _quoted_printable(part.body)
        if encoding not in ("", "7bit", "8bit", "binary", "7-bit", "8-bit", "none"):
            self.defect(f"transfer encoding unknown: {encoding[:40]}")
        return part.body


def _joined(found: list[tuple[str, list[bytes]]]) -> list[tuple[str, bytes]]:
    """Fields with their folded lines in one piece."""
    return [(name, b"\n".join(lines)) for name, lines in found]


def _quoted_printable(body: bytes) -> bytes:
    try:
        return binascii.a2b_qp(body)
    except (binascii.Error, ValueError):
        return body


def decoded_fields(part: Part) -> tuple[tuple[str, str], ...]:
    """Header fields as readable text."""
    return tuple((name, decode_header(value)) for name, value in part.fields)
