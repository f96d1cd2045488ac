"""`winmail.dat` (TNEF, MS-OXTNEF): files, body and meeting of a mail that Outlook packed for Exchange.

Bounded in number and size, never raises: of a damaged file what stands before the damage is taken.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from .charsets import decode_text
from .parsed import CalendarEvent
from .rtf import decompress, rtf_text

SIGNATURE = b"\x78\x9f\x3e\x22"
MAX_FILES = 500
MAX_PROPERTIES = 5_000
_CLASS, _BODY, _SUBJECT, _CODE_PAGE = 0x8008, 0x800C, 0x8004, 0x9007
_NEW_FILE, _FILE_DATA, _FILE_NAME, _FILE_PROPERTIES, _PROPERTIES = 0x9002, 0x800F, 0x8010, 0x9005, 0x9003
_SIZES = {0x2: 4, 0x3: 4, 0x4: 4, 0x5: 8, 0x6: 8, 0x7: 8, 0xA: 4, 0xB: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_VARIABLE = frozenset({0x1E, 0x1F, 0x102, 0xD})
_APPOINTMENT = bytes.fromhex("0220060000000000c000000000000046")
_MEETING = bytes.fromhex("90dad86e0b451b1098da00aa003f1305")
_START, _END, _LOCATION, _SEQUENCE, _WHOLE_DAY, _UID = 0x820D, 0x820E, 0x8208, 0x8201, 0x8215, 0x23
_METHODS = (
    (("ipm.microsoft schedule.mtgreq", "ipm.schedule.meeting.request"), "REQUEST", ""),
    (("ipm.microsoft schedule.mtgcncl", "ipm.schedule.meeting.canceled"), "CANCEL", ""),
    (("ipm.microsoft schedule.mtgrespp", "ipm.schedule.meeting.resp.pos"), "REPLY", "ACCEPTED"),
    (("ipm.microsoft schedule.mtgrespn", "ipm.schedule.meeting.resp.neg"), "REPLY", "DECLINED"),
    (("ipm.microsoft schedule.mtgrespa", "ipm.schedule.meeting.resp.tent"), "REPLY", "TENTATIVE"),
)


@dataclass
class TnefFile:
    """One file that was packed."""

    name: str = ""
    content_type: str = ""
    content_id: str = ""
    data: bytes = field(default=b"", repr=False)


@dataclass
class Tnef:
    """What a `winmail.dat` holds."""

    text: str = ""
    html: str = ""
    files: list[TnefFile] = field(default_factory=list)
    event: CalendarEvent | None = None
    is_whole: bool = True


Key = tuple[bytes, int]


def read_tnef(data: bytes) -> Tnef | None:
    """What stands in it; None where it is no such file."""
    if not data.startswith(SIGNATURE):
        return None
    found, page = Tnef(), "cp1252"
    message_class = subject = ""
    properties: dict[Key, bytes | int] = {}
    try:
        for tag, value in _attributes(data):
            if tag == _CODE_PAGE and len(value) >= 4:
                page = f"cp{int.from_bytes(value[:4], 'little')}"
            elif tag == _CLASS:
                message_class = _words(value, page)
            elif tag == _SUBJECT:
                subject = _words(value, page)
            elif tag == _BODY:
                found.text = _words(value, page)
            elif tag == _PROPERTIES:
                properties = dict(_mapi(value, page))
            else:
                _file_part(found, tag, value, page)
    except (struct.error, ValueError, IndexError, OverflowError):
        found.is_whole = False
    _body(found, properties, page)
    found.event = _event(properties, message_class, subject)
    found.files = [file for file in found.files if file.data or file.name]
    return found


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 6
    while at + 11 <= len(data):
        tag, length = struct.unpack_from("<II", data, at + 1)
        value = data[at + 9 : at + 9 + length]
        if len(value) < length:
            raise ValueError("cut")
        yield tag & 0xFFFF, value
        at += 9 + length + 2


def _file_part(found: Tnef, tag: int, value: bytes, page: str) -> None:
    if tag == _NEW_FILE:
        if len(found.files) >= MAX_FILES:
            raise ValueError("too many files")
        found.files.append(TnefFile())
    elif not found.files:
        return
    elif tag == _FILE_DATA:
        found.files[-1].data = value
    elif tag == _FILE_NAME:
        found.files[-1].name = found.files[-1].name or _words(value, page)
    elif tag == _FILE_PROPERTIES:
        own, file = dict(_mapi(value, page)), found.files[-1]
        file.name = (
            _text(own, 0x3707, page) or file.name or _text(own, 0x3704, page) or _text(own, 0x3001, page)
        )
        file.content_type = _text(own, 0x370E, page).lower() or file.content_type
        file.content_id = _text(own, 0x3712, page)
        inner = own.get((b"", 0x3701))
        if isinstance(inner, bytes) and not file.data:
            # An object begins with the id of its interface; a mail in a mail is again such a file.
            file.data = inner[16:] if inner[16:20] == SIGNATURE else inner


def _mapi(data: bytes, page: str) -> Iterator[tuple[Key, bytes | int]]:
    """Properties by (set, id); fixed values as numbers, others as bytes, texts as UTF-8."""
    reader = _Properties(data, page)
    for _ in range(min(reader.number(), MAX_PROPERTIES)):
        if reader.at + 4 > len(data):
            return
        yield reader.property()


class _Properties:
    """A place in the bytes of MAPI properties."""

    def __init__(self, data: bytes, page: str) -> None:
        self._data, self._page = data, page
        self.at = 0

    def number(self) -> int:
        value: int = struct.unpack_from("<I", self._data, self.at)[0]
        self.at += 4
        return value

    def property(self) -> tuple[Key, bytes | int]:
        kind, number = struct.unpack_from("<HH", self._data, self.at)
        self.at += 4
        group = b""
        if number >= 0x8000:
            group, number = self._name()
        return (group, number), self._value(kind & 0xEFFF, many=bool(kind & 0x1000))

    def _name(self) -> Key:
        group = self._data[self.at : self.at + 16]
        self.at += 16
        if self.number() == 0:
            return group, self.number()
        length = self.number()
        self.at += length + (-length % 4)
        return group, -1

    def _value(self, kind: int, *, many: bool) -> bytes | int:
        if kind not in _VARIABLE and not many:
            if kind not in _SIZES:
                raise ValueError("unknown type")
            value = int.from_bytes(self._data[self.at : self.at + _SIZES[kind]], "little")
            self.at += _SIZES[kind]
            return value
        count, last = self.number(), b""
        if count > MAX_PROPERTIES:
            raise ValueError("too many values")
        for _ in range(count):
            length = self.number() if kind in _VARIABLE else _SIZES.get(kind, 4)
            last = self._data[self.at : self.at + length]
            self.at += length + (-length % 4)
        if kind == 0x1F:
            return last.decode("utf-16-le", "replace").encode("utf-8")
        return _words(last, self._page).encode("utf-8") if kind == 0x1E else last


def _words(value: bytes, page: str) -> str:
    return decode_text(value.rstrip(b"\x00"), page).text.replace("\x00", "")


def _text(properties: dict[Key, bytes | int], number: int, page: str, group: bytes = b"") -> str:
    value = properties.get((group, number))
    return value.decode("utf-8", "replace").replace("\x00", "").strip() if isinstance(value, bytes) else ""


def _body(found: Tnef, properties: dict[Key, bytes | int], page: str) -> None:
    html = properties.get((b"", 0x1013))
    internet = properties.get((b"", 0x3FDE))
    if isinstance(html, bytes) and html:
        found.html = decode_text(html, f"cp{internet}" if isinstance(internet, int) else page).text
    found.text = _text(properties, 0x1000, page) or found.text
    rich = properties.get((b"", 0x1009))
    if not found.text and not found.html and isinstance(rich, bytes):
        found.text = rtf_text(decompress(rich))


def _moment(value: bytes | int | None) -> datetime | None:
    """A FILETIME: tenths of microseconds since 1601."""
    if not isinstance(value, int) or not 0 < value < 3_000_000_000_000_000_000:
        return None
    try:
        return datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=value // 10)
    except OverflowError:
        return None


def _event(properties: dict[Key, bytes | int], message_class: str, subject: str) -> CalendarEvent | None:
    kind = message_class.lower()
    method, answer = next(((m, a) for names, m, a in _METHODS if kind.startswith(names)), ("", ""))
    start = _moment(properties.get((_APPOINTMENT, _START)) or properties.get((b"", 0x60)))
    if not method:
        return None
    uid, sequence = properties.get((_MEETING, _UID)), properties.get((_APPOINTMENT, _SEQUENCE))
    return CalendarEvent(
        method=method,
        uid=uid.hex()[:255] if isinstance(uid, bytes) else "",
        sequence=sequence if isinstance(sequence, int) and sequence < 2**31 else 0,
        summary=(_text(properties, 0x37, "") or subject)[:300],
        start=start,
        end=_moment(properties.get((_APPOINTMENT, _END)) or properties.get((b"", 0x61))),
        all_day=bool(properties.get((_APPOINTMENT, _WHOLE_DAY))),
        location=_text(properties, _LOCATION, "", _APPOINTMENT)[:300],
        answer=answer,
    )
