"""Reading an archive from its first byte to its last: what is in it, and whether every digest fits.

Needs neither Django nor a database. Memory stays bounded whatever the archive says: members are read in pieces, one
table chunk at a time is unpacked, and never beyond its limit.
"""

import gzip
import hashlib
import io
import re
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from leitstelle.config.backup import manifest as manifests
from leitstelle.config.backup import sealing
from leitstelle.config.backup.container import Member, Source, members
from leitstelle.config.backup.errors import BackupError, Damaged
from leitstelle.config.backup.keys import Keys
from leitstelle.config.backup.keys import parse as parse_keys
from leitstelle.config.backup.manifest import Manifest, RowSum
from leitstelle.config.texts import _

# A chunk ends with the row that exceeds CHUNK; the longest row is a message of the size of a mail.
CHUNK = 16 * 1024 * 1024
LONGEST_LINE = 256 * 1024 * 1024
PACKED_LIMIT = CHUNK + LONGEST_LINE
TABLE = re.compile(r"tables/([a-z][a-z0-9_]{0,62})/(\d{6})\.jsonl\.gz")
FILE = re.compile(r"files/([0-9a-f]{64})")
Progress = Callable[[int, int], None]
_ORDER = {"head": 0, "keys": 1, "table": 2, "file": 3, "manifest": 4, "digest": 5}


@dataclass
class Seen:
    """What a reading found; afterwards it is compared with the manifest."""

    manifest: Manifest | None = None
    keys: Keys | None = None
    sums: dict[str, RowSum] = field(default_factory=lambda: defaultdict(RowSum))
    members: dict[str, str] = field(default_factory=dict)
    files: int = 0
    file_bytes: int = 0
    file_lines: "hashlib._Hash" = field(default_factory=hashlib.sha256)
    last_file: str = ""
    stage: int = -1
    manifest_digest: str = ""


@contextmanager
def opened(path: Path, passphrase: bytes | None) -> Iterator[tuple[BinaryIO, Source]]:
    """Open an archive: the file itself (for its position) and its plain bytes. Raises BackupError."""
    try:
        file = path.open("rb")
    except OSError as error:
        text = _("%(path)s cannot be read: %(reason)s") % {"path": path, "reason": error.strerror}
        raise BackupError(text) from None
    with file:
        sealed = file.read(len(sealing.MAGIC)) == sealing.MAGIC
        file.seek(0)
        if sealed and passphrase is None:
            raise BackupError(
                _("This archive is sealed: name the file of its passphrase with --passphrase-file.")
            )
        yield file, sealing.UnsealingReader(file, passphrase) if sealed and passphrase else file


def verify(path: Path, passphrase: bytes | None = None, progress: Progress | None = None) -> Seen:
    """Read everything and compare every digest; returns what was seen, with the manifest.

    Raises Damaged where anything is missing, too much or changed, BackupError where it cannot be read at all.
    """
    seen = Seen()
    total = path.stat().st_size if path.exists() else 0
    with opened(path, passphrase) as (file, source):
        for member in members(source):
            _take(member, seen)
            if progress is not None:
                progress(file.tell(), total)
    _compare(seen)
    return seen


def manifest_of(seen: Seen) -> Manifest:
    """The manifest of a verified archive."""
    if seen.manifest is None:
        raise Damaged(_("The archive has no manifest: it was not finished."))
    return seen.manifest


def lines(packed: bytes) -> Iterator[bytes]:
    """Unpack the rows of a chunk one by one; raises Damaged, also where it unpacks to more than a chunk ever holds."""
    total = 0
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(packed)) as unpacked:
            while line := unpacked.readline(LONGEST_LINE + 1):
                total += len(line)
                if total > PACKED_LIMIT or not line.endswith(b"\n"):
                    raise Damaged(_("The archive holds a table that unpacks to more than it may."))
                yield line[:-1]
    except (OSError, EOFError, zlib.error):
        raise Damaged(_("A table in the archive is damaged.")) from None


def _take(member: Member, seen: Seen) -> None:
    if found := TABLE.fullmatch(member.name):
        _at(seen, "table", member)
        packed = member.whole(PACKED_LIMIT)
        seen.members[member.name] = hashlib.sha256(packed).hexdigest()
        for line in lines(packed):
            seen.sums[found[1]].add(line)
    elif found := FILE.fullmatch(member.name):
        _at(seen, "file", member)
        _take_file(member, found[1], seen)
    else:
        _take_description(member, seen)


def _take_file(member: Member, name: str, seen: Seen) -> None:
    digest = hashlib.sha256()
    for chunk in member.chunks():
        digest.update(chunk)
    if digest.hexdigest() != name or name <= seen.last_file:
        raise Damaged(_("The file %(name)s in the archive is damaged.") % {"name": name[:12]})
    seen.last_file = name
    seen.files += 1
    seen.file_bytes += member.size
    seen.file_lines.update(file_line(name, member.size))


def file_line(digest: str, size: int) -> bytes:
    """The line of a file that goes into the digest over all files."""
    return f"{digest} {size}\n".encode()


def _take_description(member: Member, seen: Seen) -> None:
    kinds = {
        manifests.HEAD: "head",
        manifests.KEYS: "keys",
        manifests.MANIFEST: "manifest",
        manifests.MANIFEST_DIGEST: "digest",
    }
    kind = kinds.get(member.name)
    if kind is None:
        raise Damaged(
            _("The archive holds something that Leitstelle never writes: %(name)r.") % {"name": member.name}
        )
    _at(seen, kind, member)
    raw = member.whole(manifests.LARGEST)
    digest = hashlib.sha256(raw).hexdigest()
    if kind == "manifest":
        seen.manifest, seen.manifest_digest = manifests.parse(raw), digest
    elif kind == "digest":
        if raw.decode("ascii", "replace").strip() != seen.manifest_digest:
            raise Damaged(_("The manifest of the archive was changed."))
    else:
        seen.members[member.name] = digest
        if kind == "head":
            _check_head(raw)
        else:
            seen.keys = parse_keys(raw)


def _check_head(raw: bytes) -> None:
    if not raw.startswith(b'{"leitstelle archive": '):
        raise Damaged(_("This is no archive of Leitstelle, or it is damaged."))
    number = raw.split(b": ", 1)[1].rstrip(b"}\n")
    if number != str(manifests.FORMAT).encode():
        text = _(
            "The archive has format %(format)s; this version reads format %(own)s. Use a newer Leitstelle."
        )
        raise BackupError(text % {"format": number[:20].decode("ascii", "replace"), "own": manifests.FORMAT})


def _at(seen: Seen, kind: str, member: Member) -> None:
    """Members come in their order, descriptions once, tables chunk by chunk."""
    stage = _ORDER[kind]
    again = kind in {"table", "file"} and stage == seen.stage
    first = seen.stage == -1 and kind != "head"
    if first or member.name in seen.members or (stage <= seen.stage and not again):
        raise Damaged(
            _("The archive holds something that Leitstelle never writes: %(name)r.") % {"name": member.name}
        )
    seen.stage = stage


def _compare(seen: Seen) -> None:
    found = manifest_of(seen)
    if seen.stage != _ORDER["digest"]:
        raise Damaged(_("The archive has no manifest: it was not finished."))
    if seen.members != found.members:
        raise Damaged(_("The archive does not hold what its manifest lists."))
    listed = {table.name: (table.rows, table.bytes, table.digest) for table in found.tables if table.rows}
    if listed != {name: (one.rows, one.bytes, one.digest) for name, one in seen.sums.items()}:
        raise Damaged(_("The rows in the archive are not those its manifest lists."))
    files = (found.files.count, found.files.bytes, found.files.digest)
    if files != (seen.files, seen.file_bytes, seen.file_lines.hexdigest()):
        raise Damaged(_("The files in the archive are not those its manifest lists."))
