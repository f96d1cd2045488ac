"""Header fields: RFC 2047 and RFC 2231 as they are really sent, addresses, dates, message ids.

Everything works on bytes, never raises, and leaves the meaning of a field to its callers.
"""

import base64
import binascii
import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz
from urllib.parse import unquote_to_bytes

from .charsets import clean_text, decode_text
from .parsed import Address

_WORD = re.compile(rb"=\?([!-<>@-~]{1,60}?)\?([bBqQ])\?(.*?)\?=", re.DOTALL)
_BETWEEN = re.compile(rb"[ \t\r\n]+\Z")
_SPACES = re.compile(r"[ \t\r\n]+")
MAX_VALUE = 65_536
MAX_ADDRESSES = 500


def decode_header(raw: bytes) -> str:
    """One line of readable text: encoded words decoded (also inside quotes), raw 8-bit read, folds removed."""
    pieces: list[str] = []
    pending: tuple[bytes, bytes] | None = None  # charset and bytes of encoded words that belong together
    position = 0
    raw = raw[:MAX_VALUE]
    for found in _WORD.finditer(raw):
        between = raw[position : found.start()]
        if pending is not None and between.strip():
            pieces.append(_flush(pending))
            pending = None
        if between.strip() or pending is None and between and not pieces:
            pieces.append(_plain(between))
        elif between and pending is None:
            pieces.append(" ")
        charset, data = found[1].split(b"*")[0].lower(), _word_bytes(found[2], found[3])
        if pending is not None and pending[0] == charset:
            pending = (charset, pending[1] + data)  # a character may be split over two words
        else:
            if pending is not None:
                pieces.append(_flush(pending))
            pending = (charset, data)
        position = found.end()
    if pending is not None:
        pieces.append(_flush(pending))
    pieces.append(_plain(raw[position:]))
    return one_line("".join(pieces))


def one_line(text: str) -> str:
    """White space folded to single blanks, controls dropped."""
    return _SPACES.sub(" ", clean_text(text).replace("\x1b", "")).strip()


def _plain(raw: bytes) -> str:
    return decode_text(raw).text if raw else ""


def _flush(pending: tuple[bytes, bytes]) -> str:
    return decode_text(pending[1], pending[0].decode("ascii", "replace")).text


def _word_bytes(encoding: bytes, payload: bytes) -> bytes:
    payload = re.sub(rb"[\r\n]+[ \t]*", b"", payload)
    if encoding in b"bB":
        return decode_base64(payload)
    return binascii.a2b_qp(payload.replace(b"\n", b""), header=True)


def decode_base64(data: bytes) -> bytes:
    """As much as can be read: foreign characters and wrong padding do not stop it."""
    cleaned = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
    cleaned = cleaned[: len(cleaned) - 1] if len(cleaned) % 4 == 1 else cleaned
    return base64.b64decode(cleaned + b"=" * (-len(cleaned) % 4))


# --- parameters (Content-Type, Content-Disposition) ---

_PARAM = re.compile(rb';[\s;]*([^\s=;"]+)\s*=\s*("(?:\\.|[^"\\])*"?|[^;]*)', re.DOTALL)
_SECTION = re.compile(r"^([^*]+)(?:\*(\d{1,3}))?(\*)?$")


def parse_value(raw: bytes) -> tuple[str, dict[str, str]]:
    """Main value (lower case) and decoded parameters of a structured MIME field (RFC 2045, 2231)."""
    raw = raw[:MAX_VALUE]
    main = raw.partition(b";")[0].decode("ascii", "replace").strip().lower()
    plain: dict[str, str] = {}
    sections: dict[str, dict[int, tuple[bytes, bool]]] = {}
    for found in _PARAM.finditer(raw):
        name = found[1].decode("ascii", "replace").lower()
        value = _unquote(found[2])
        match = _SECTION.match(name)
        if match is None or (match[2] is None and match[3] is None):
            plain.setdefault(name, decode_header(value))
            continue
        part = (value, match[3] is not None)
        sections.setdefault(match[1], {}).setdefault(int(match[2] or 0), part)
    for name, parts in sections.items():
        plain[name] = _continued(parts)
    return main, plain


def _unquote(value: bytes) -> bytes:
    value = value.strip()
    if value.startswith(b'"'):
        value = value[1:-1] if value.endswith(b'"') and len(value) > 1 else value[1:]
        return re.sub(rb"\\(.)", rb"\1", value) if b'\\"' in value or b"\\\\" in value else value
    return value


def _continued(parts: dict[int, tuple[bytes, bool]]) -> str:
    charset, joined = "", b""
    for index in sorted(parts):
        value, encoded = parts[index]
        if encoded:
            if index == min(parts) and value.count(b"'") >= 2:
                label, _, value = value.split(b"'", 2)
                charset = label.decode("ascii", "replace")
            value = unquote_to_bytes(value)
        joined += value
    return one_line(decode_text(joined, charset).text)


# --- addresses ---

_TOKEN = re.compile(rb'"(?:\\.|[^"\\])*"?|<[^<>]*>?|\((?:\\.|[^()\\])*\)?|[,;:]|[^"<(,;:]+|.', re.DOTALL)
# The length is bounded, or a long word without "@" would be read anew from each of its letters.
_EMAIL = re.compile(r"[^\s<>,;:\"()\[\]]{1,320}@[^\s<>,;:\"()]+")


def parse_addresses(raw: bytes) -> list[Address]:
    """All mailboxes of an address field. Groups are opened, comments serve as names, bare words are kept."""
    found: list[Address] = []
    words: list[bytes] = []
    angle: bytes | None = None
    comment = b""
    for match in _TOKEN.finditer(raw[:MAX_VALUE]):
        token = match[0]
        if token in (b",", b";"):
            _add(found, words, angle, comment)
            words, angle, comment = [], None, b""
        elif token == b":" and angle is None and not any(b"@" in word for word in words):
            words = []  # the name of a group
        elif token[:1] == b"<":
            angle = token.strip(b"<>").strip()
        elif token[:1] == b"(":
            comment = token.strip(b"()")
        else:
            words.append(token)
        if len(found) >= MAX_ADDRESSES:
            return found
    _add(found, words, angle, comment)
    return found


def _add(found: list[Address], words: list[bytes], angle: bytes | None, comment: bytes) -> None:
    phrase = b"".join(words).strip()
    if angle is not None:
        email = decode_header(angle).rpartition(":")[2].replace(" ", "").strip("'\"")
        name = _name(phrase) or _name(comment)
    else:
        text = decode_header(phrase)
        match = _EMAIL.search(text)
        email = match[0] if match else ""
        name = _name(comment) if match else _name(phrase)
        if match and not name:
            name = text.replace(match[0], "").strip(" \t\"'<>")
    if email or name:
        found.append(Address(name="" if name.lower() == email.lower() else name, email=clean_email(email)))


def _name(phrase: bytes) -> str:
    text = decode_header(re.sub(rb"\\(.)", rb"\1", phrase)).replace('"', "").strip()
    return text[1:-1].strip() if len(text) > 1 and text[0] == text[-1] == "'" else text


def clean_email(address: str) -> str:
    """The address with its domain in lower case; the local part keeps its case (RFC 5321 §2.4)."""
    local, at, domain = address.strip().strip(".").rpartition("@")
    return f"{local}@{domain.lower().rstrip('.>')}" if at else address.strip()


# --- dates and message ids ---

_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d))?\s*(Z|[+-]\d\d:?\d\d)?")


def parse_date(text: str) -> datetime | None:
    """The moment in UTC, or None where the field holds no usable date between 1970 and 2200."""
    moment = _rfc_date(text) or _iso_date(text)
    if moment is None or not 1970 <= moment.year <= 2200:
        return None
    return moment


# Names of zones that old programs of Europe write instead of a number; RFC 5322 knows those of America only.
_ZONES = {
    "WEST": "+0100", "BST": "+0100", "MET": "+0100", "CET": "+0100", "MEZ": "+0100", "MEST": "+0200",
    "CEST": "+0200", "MESZ": "+0200", "EET": "+0200", "EEST": "+0300",
}  # fmt: skip
_ZONE_NAME = re.compile(rf"(\d:\d\d\s+)({'|'.join(_ZONES)})\b", re.IGNORECASE)


def _rfc_date(text: str) -> datetime | None:
    try:
        fields = parsedate_tz(_ZONE_NAME.sub(lambda found: found[1] + _ZONES[found[2].upper()], text))
        if fields is None:
            return None
        offset = timedelta(seconds=fields[9] or 0)
        if abs(offset) >= timedelta(hours=24):
            offset = timedelta(0)
        second = min(fields[5], 59)  # a leap second is a valid date and no valid datetime
        return datetime(*fields[:5], second, tzinfo=timezone(offset)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _iso_date(text: str) -> datetime | None:
    found = _ISO.search(text)
    if found is None:
        return None
    zone = found[7] or "+00:00"
    zone = "+00:00" if zone == "Z" else zone
    second = min(int(found[6] or 0), 59)
    try:
        moment = datetime.fromisoformat(
            f"{found[1]}-{found[2]}-{found[3]}T{found[4]}:{found[5]}:{second:02}{zone[:3]}:{zone[-2:]}"
        )
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


_ID = re.compile(r"<([^<>\s]{1,998})>")


def parse_ids(text: str) -> tuple[str, ...]:
    """Message ids of a field, without brackets, once each, in order. Bare ids count where no bracket stands."""
    found = _ID.findall(text) or [word.strip("<>,;") for word in text.split() if "@" in word]
    return tuple(dict.fromkeys(item for item in found if item))
