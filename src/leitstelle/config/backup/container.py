"""The archive's container: a plain tar file, read strictly.

Any tar program can list and unpack an archive. Our own reader never unpacks by name: it hands out members one after the
other, knows regular files with short plain names only, and holds no more than one header in memory. Links, absolute or
climbing paths, extension headers and anything behind the end are refused.
"""

import re
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from leitstelle.config.backup.errors import Damaged
from leitstelle.config.texts import _

_RECORD = tarfile.BLOCKSIZE
_CHUNK = 1024 * 1024
_NAME = re.compile(r"[a-z0-9_]+(/[a-z0-9_]+)*(\.[a-z0-9]+){0,2}")


class Source(Protocol):
    """Anything read in order."""

    def read(self, size: int, /) -> bytes: ...


class Sink(Protocol):
    """Anything written in order."""

    def write(self, data: bytes, /) -> int: ...


class Writer:
    """Writes members one after the other; `written` counts the bytes."""

    def __init__(self, out: Sink, mtime: int) -> None:
        self._out, self._mtime = out, mtime
        self.written = 0

    def add(self, name: str, data: bytes) -> None:
        """Write a member that is in memory."""
        self._begin(name, len(data))
        self._put(data)
        self._pad(len(data))

    def add_from(self, name: str, source: BinaryIO, size: int) -> None:
        """Write a member of exactly `size` bytes; raises OSError where the source is shorter."""
        self._begin(name, size)
        left = size
        while left:
            chunk = source.read(min(_CHUNK, left))
            if not chunk:
                raise OSError(f"{name} became shorter while it was read")
            self._put(chunk)
            left -= len(chunk)
        self._pad(size)

    def finish(self) -> None:
        """Write the end mark: two empty records."""
        self._put(bytes(2 * _RECORD))

    def _begin(self, name: str, size: int) -> None:
        info = tarfile.TarInfo(name)
        info.size, info.mode, info.mtime = size, 0o600, self._mtime
        self._put(info.tobuf(tarfile.GNU_FORMAT))

    def _pad(self, size: int) -> None:
        self._put(bytes(-size % _RECORD))

    def _put(self, data: bytes) -> None:
        self._out.write(data)
        self.written += len(data)


@dataclass
class Member:
    """One member under the reader's hand; `read` gives its bytes in order, nothing of the next."""

    name: str
    size: int
    _source: Source
    _left: int

    def read(self, size: int) -> bytes:
        """Return the next bytes, at most `size`; nothing at the end of the member."""
        wanted = min(size, self._left)
        data = _exactly(self._source, wanted) if wanted else b""
        self._left -= len(data)
        return data

    def chunks(self) -> Iterator[bytes]:
        """The rest of the member in pieces."""
        while chunk := self.read(_CHUNK):
            yield chunk

    def whole(self, most: int) -> bytes:
        """The whole member; raises Damaged where it is larger than `most`."""
        if self.size > most:
            raise Damaged(_("The archive holds %(name)s of a size it never has.") % {"name": self.name})
        return self.read(self.size)


def members(source: Source) -> Iterator[Member]:
    """Hand out each member in order; raises Damaged for whatever we would not have written."""
    while True:
        header = _exactly(source, _RECORD)
        if not any(header):
            if any(_exactly(source, _RECORD)) or source.read(1):
                raise Damaged(_("Something follows behind the end of the archive."))
            return
        info = _parsed(header)
        member = Member(info.name, info.size, source, info.size)
        yield member
        for _skipped in member.chunks():
            pass
        _exactly(source, -info.size % _RECORD)


def _parsed(header: bytes) -> tarfile.TarInfo:
    try:
        info = tarfile.TarInfo.frombuf(header, "ascii", "strict")
    except (tarfile.HeaderError, UnicodeError):
        raise Damaged(_("This is no archive of Leitstelle, or it is damaged.")) from None
    if info.type != tarfile.REGTYPE or info.size < 0 or not _NAME.fullmatch(info.name):
        raise Damaged(
            _("The archive holds something that Leitstelle never writes: %(name)r.") % {"name": info.name}
        )
    return info


def _exactly(source: Source, size: int) -> bytes:
    data = source.read(size)
    if len(data) != size:
        raise Damaged(_("The archive is cut off."))
    return data
