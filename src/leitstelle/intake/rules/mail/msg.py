"""Mails that Outlook saved as a file (`.msg`, MS-OXMSG in a compound file, MS-CFB): what can be read in them.

Only words are taken, for reading and finding; the file itself stays as it is. Bounded in number and size, never raises.
"""

import re
import struct
from collections.abc import Iterator

from .charsets import decode_text
from .html import html_to_text, sanitize

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MAX_SECTORS = 200_000
MAX_ENTRIES = 5_000
MAX_WORDS = 2_000_000
_END = 0xFFFFFFFA  # from here on numbers mark the end of a chain, free sectors and tables
_STREAM = re.compile(r"__substg1\.0_([0-9A-F]{4})(001F|001E|0102)\Z")
_SUBJECT, _NAME, _ADDRESS, _SMTP, _BODY, _HTML = "0037", "0C1A", "0C1F", "5D01", "1000", "1013"


def read_msg(data: bytes) -> str:
    """Subject, sender and words of such a file; empty where it is none, or nothing can be read."""
    if not data.startswith(SIGNATURE):
        return ""
    try:
        found = dict(_Compound(data).words())
    except (struct.error, ValueError, IndexError, OverflowError):
        return ""
    if not found.keys() & {_SUBJECT, _BODY, _HTML}:
        return ""  # another program's compound file
    address = found.get(_SMTP) or found.get(_ADDRESS, "")
    sender = f"{found.get(_NAME, '')} <{address}>" if "@" in address else found.get(_NAME, "")
    text = found.get(_BODY, "")
    if not text.strip() and found.get(_HTML):
        text = html_to_text(sanitize(found[_HTML]).html)
    return f"{found.get(_SUBJECT, '')}\n{sender.strip()}\n\n{text}"[:200_000].strip()


class _Compound:
    """A file system in a file: sectors in chains, an index, and small streams packed into one large."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        shift, small_shift = struct.unpack_from("<HH", data, 30)
        if shift not in (9, 12) or small_shift != 6:
            raise ValueError("sizes")
        self._size = 1 << shift
        first_index, self._cutoff, first_small, first_more = self._header()
        self._next = self._table(first_more)
        self._index = self._chain(first_index)
        self._small_next = _numbers(self._chain(first_small)) if first_small < _END else ()
        root = self._index[:128]
        self._small = self._chain(struct.unpack_from("<I", root, 116)[0])

    def _header(self) -> tuple[int, int, int, int]:
        first, _transaction, cutoff, small = struct.unpack_from("<IIII", self._data, 48)
        return first, cutoff, small, struct.unpack_from("<I", self._data, 68)[0]

    def _table(self, more: int) -> tuple[int, ...]:
        """Which sector follows which; its own sectors are named in the header, and where it is long in further ones."""
        places = [place for place in struct.unpack_from("<109I", self._data, 76) if place < _END]
        per = self._size // 4 - 1
        seen = 0
        while more < _END and seen <= MAX_SECTORS // per:
            numbers = _numbers(self._sector(more))
            places += [place for place in numbers[:per] if place < _END]
            more, seen = numbers[per], seen + 1
        if len(places) * (per + 1) > MAX_SECTORS * 2:
            raise ValueError("too many sectors")
        return tuple(number for place in places for number in _numbers(self._sector(place)))

    def _sector(self, place: int) -> bytes:
        begin = (place + 1) * self._size
        return self._data[begin : begin + self._size].ljust(self._size, b"\0")

    def _chain(self, place: int, most: int = MAX_SECTORS) -> bytes:
        pieces: list[bytes] = []
        while place < _END:
            if len(pieces) > most or place >= len(self._next) or (place + 1) * self._size >= len(self._data):
                raise ValueError("chain")
            pieces.append(self._sector(place))
            place = self._next[place]
        return b"".join(pieces)

    def _stream(self, first: int, size: int) -> bytes:
        size = min(size, MAX_WORDS)
        if size >= self._cutoff:
            return self._chain(first)[:size]
        pieces: list[bytes] = []
        while first < _END and len(pieces) * 64 < size:
            if first >= len(self._small_next):
                raise ValueError("chain")
            pieces.append(self._small[first * 64 : first * 64 + 64])
            first = self._small_next[first]
        return b"".join(pieces)[:size]

    def words(self) -> Iterator[tuple[str, str]]:
        """Texts of the mail itself, not of its recipients and files, by the number of their property."""
        entries = [self._index[at : at + 128] for at in range(0, len(self._index), 128)][:MAX_ENTRIES]
        for entry in self._children(entries):
            name = entry[: max(struct.unpack_from("<H", entry, 64)[0] - 2, 0)].decode("utf-16-le", "replace")
            found = _STREAM.match(name)
            if found is not None and found[1] in (_SUBJECT, _NAME, _ADDRESS, _SMTP, _BODY, _HTML):
                first, size = struct.unpack_from("<II", entry, 116)
                data = self._stream(first, size)
                text = data.decode("utf-16-le", "replace") if found[2] == "001F" else decode_text(data).text
                yield found[1], text.strip("\0")

    def _children(self, entries: list[bytes]) -> Iterator[bytes]:
        """The entries directly below the root: a tree by number, left and right of each."""
        waiting, seen = [struct.unpack_from("<I", entries[0], 76)[0]], set[int]()
        while waiting:
            number = waiting.pop()
            if number in seen or number >= len(entries):
                continue
            seen.add(number)
            entry = entries[number]
            waiting += struct.unpack_from("<II", entry, 68)
            if entry[66] == 2:
                yield entry


def _numbers(data: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])
