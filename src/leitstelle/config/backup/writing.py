"""Making a backup while everybody goes on working: one snapshot of the database, then the files it refers to.

The clean-up of files is held off meanwhile. The archive is written under a temporary name, flushed, read back and
compared, and only then gets its name: a file that looks like a backup is one.
"""

import gzip
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Any, BinaryIO

from django.conf import settings
from django.db import DatabaseError, models

import leitstelle
from leitstelle.config.backup import keys, manifest, portable, reading, sealing
from leitstelle.config.backup.container import Writer
from leitstelle.config.backup.errors import BackupError
from leitstelle.config.backup.manifest import Files, Manifest, RowSum, Table
from leitstelle.config.texts import _
from leitstelle.kernel.blobs.errors import FileDamaged, FileStoreDown
from leitstelle.kernel.blobs.holding import keep_files
from leitstelle.kernel.blobs.landing import storage
from leitstelle.kernel.blobs.models import Blob
from leitstelle.kernel.db import Snapshot, is_postgres, snapshot
from leitstelle.kernel.durable import flush_directory
from leitstelle.kernel.events.models import Checkpoint, Event, EventHead

ENDING, SEALED_ENDING = ".tar", ".tar.sealed"
_SPARE = 64 * 1024 * 1024
# Larger files are read twice, to know their digest before the first byte is written.
_IN_MEMORY = 8 * 1024 * 1024

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Wish:
    """What is to be made. `target` is a file or a directory; `quick` leaves out reading everything back."""

    target: Path
    passphrase: bytes | None = None
    include_key: bool = False
    quick: bool = False


@dataclass(frozen=True)
class Made:
    """A finished backup; `verify_seconds` is None where it was not read back."""

    path: Path
    manifest: Manifest
    size: int
    seconds: float
    verify_seconds: float | None


def make(wish: Wish, now: datetime, progress: Progress) -> Made:
    """Write an archive and return what is in it. `progress(what, done, total)` in rows, files, then bytes.

    Raises BackupError where the place cannot be written or is too small, Damaged where what was written does not read
    back the same.
    """
    final = place_for(wish.target, now, sealed=wish.passphrase is not None)
    temporary = final.with_name(f".{final.name}.{os.getpid()}.partial")
    started = monotonic()
    try:
        with keep_files():
            found = _write(wish, temporary, now, progress)
        seconds, verified = monotonic() - started, None
        if not wish.quick:
            started = monotonic()
            reading.verify(temporary, wish.passphrase, lambda done, total: progress("verify", done, total))
            verified = monotonic() - started
        temporary.replace(final)
        flush_directory(final.parent)
    except FileStoreDown as error:
        raise BackupError(_("The store of files cannot be read: %(reason)s") % {"reason": error}) from None
    except OSError as error:
        text = _("%(path)s cannot be written: %(reason)s")
        raise BackupError(text % {"path": final, "reason": error.strerror or error}) from None
    except DatabaseError as error:
        text = _("The database cannot be read: %(reason)s. `leitstelle doctor` says more.")
        raise BackupError(text % {"reason": str(error).strip().splitlines()[0]}) from error
    finally:
        temporary.unlink(missing_ok=True)
    return Made(final, found, final.stat().st_size, seconds, verified)


def place_for(target: Path, now: datetime, *, sealed: bool) -> Path:
    """The file an archive gets: the target itself, or a name with the time (UTC) in the target directory."""
    name = f"leitstelle-{now:%Y%m%dT%H%M%SZ}{SEALED_ENDING if sealed else ENDING}"
    final = target / name if target.is_dir() or not target.name.endswith((ENDING, SEALED_ENDING)) else target
    try:
        final.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        text = _("%(path)s cannot be written: %(reason)s")
        raise BackupError(text % {"path": final.parent, "reason": error.strerror}) from None
    if final.exists():
        raise BackupError(_("%(path)s exists already.") % {"path": final})
    return final


def _write(wish: Wish, path: Path, now: datetime, progress: Progress) -> Manifest:
    own = keys.Keys(settings.SECRET_KEY, tuple(settings.ENCRYPTION_KEYS))
    with snapshot() as source, _sink(path, wish.passphrase) as out:
        # The moment is the snapshot's: what was written while it opened is not in it.
        plan = _Plan(source, Writer(out, int(now.timestamp())), progress)
        found = plan.manifest(own, now, includes_keys=wish.include_key or wish.passphrase is not None)
        _check_space(path.parent, source.size() + sum(size for _digest, _key, size in plan.blobs()))
        plan.describe(manifest.HEAD, b'{"leitstelle archive": %d}\n' % manifest.FORMAT)
        if found.includes_keys:
            plan.describe(manifest.KEYS, own.to_bytes())
        plan.copy_tables(found)
        plan.copy_files(found)
        raw = found.to_bytes()
        plan.writer.add(manifest.MANIFEST, raw)
        plan.writer.add(manifest.MANIFEST_DIGEST, hashlib.sha256(raw).hexdigest().encode() + b"\n")
        plan.writer.finish()
    return found


@contextmanager
def _sink(path: Path, passphrase: bytes | None) -> Iterator[Any]:
    """A new file that only its owner reads; everything is on the disk when the block ends."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        sealed = sealing.SealingWriter(file, passphrase) if passphrase is not None else None
        yield sealed or file
        if sealed is not None:
            sealed.finish()
        file.flush()
        os.fsync(file.fileno())


class _Plan:
    """One backup under way."""

    def __init__(self, source: Snapshot, writer: Writer, progress: Progress) -> None:
        self.source, self.writer, self.progress = source, writer, progress
        self._members: dict[str, str] = {}
        self._total = 0

    def manifest(self, own: keys.Keys, now: datetime, *, includes_keys: bool) -> Manifest:
        """The manifest before anything is counted."""
        found = portable.saved_models()
        last = self.source.sequences([model._meta.db_table for model in found])
        tables = [
            Table(model._meta.db_table, portable.columns(model), sequence=last.get(model._meta.db_table))
            for model in found
        ]
        return Manifest(
            format=manifest.FORMAT,
            version=leitstelle.__version__,
            database="postgresql" if is_postgres() else "sqlite",
            created_at=now.isoformat(timespec="microseconds"),
            migrations=self._migrations(),
            tables=tables,
            files=Files(),
            members=self._members,
            key=keys.mark(own.secret),
            encryption_keys=[keys.mark(key) for key in own.encryption],
            includes_keys=includes_keys,
            journal=self._journal(),
        )

    def _migrations(self) -> list[list[str]]:
        fields = [_named(models.CharField(), "app"), _named(models.CharField(), "name")]
        return sorted([app, name] for app, name in self.source.rows("django_migrations", fields))

    def _journal(self) -> dict[str, Any]:
        """Where the journal stood: the line of its last checkpoint, to be compared with one kept elsewhere."""
        wanted = ("at", "heads", "events", "digest", "signature")
        fields = [_field(Checkpoint, name) for name in wanted]
        every = list(self.source.rows(Checkpoint._meta.db_table, fields, order="id"))
        if not every:
            return {"checkpoint": None}
        at, *others = every[-1]
        return {"checkpoint": dict(zip(wanted, (at.isoformat(), *others), strict=True))}

    def blobs(self) -> Iterator[tuple[str, str, int]]:
        """Digest, key and size of every file, in the order of the digests."""
        fields = [_field(Blob, name) for name in ("digest", "key", "size")]
        for digest, key, size in self.source.rows(Blob._meta.db_table, fields, order="digest"):
            yield str(digest), str(key), int(size)

    def describe(self, name: str, raw: bytes) -> None:
        """Write a small member and remember its digest."""
        self.writer.add(name, raw)
        self._members[name] = hashlib.sha256(raw).hexdigest()

    def copy_tables(self, found: Manifest) -> None:
        """Write every table, chunk by chunk."""
        self._total = len(found.tables)
        for number, table in enumerate(found.tables):
            self.progress("tables", number, self._total)
            self._copy_table(table)
        counted = {"events": Event, "heads": EventHead}
        for name, model in counted.items():
            known = found.table(model._meta.db_table)
            found.journal[name] = known.rows if known else 0

    def _copy_table(self, table: Table) -> None:
        encode, chunk, size, number, total = portable.encoder(table.columns), [], 0, 0, RowSum()
        fields = [portable.plain_field(column) for column in table.columns]
        for row in self.source.rows(table.name, fields):
            line = encode(row)
            total.add(line)
            chunk.append(line)
            size += len(line) + 1
            if size > reading.CHUNK:
                self._write_chunk(table.name, number, chunk)
                chunk, size, number = [], 0, number + 1
        if chunk:
            self._write_chunk(table.name, number, chunk)
        table.rows, table.bytes, table.digest = total.rows, total.bytes, total.digest

    def _write_chunk(self, table: str, number: int, chunk: list[bytes]) -> None:
        packed = gzip.compress(b"\n".join(chunk) + b"\n", compresslevel=4, mtime=0)
        self.describe(f"tables/{table}/{number:06d}.jsonl.gz", packed)

    def copy_files(self, found: Manifest) -> None:
        """Write every file whose bytes are what they should be; the others are named in the manifest."""
        files, lines = found.files, hashlib.sha256()
        blobs = found.table(Blob._meta.db_table)
        total = blobs.rows if blobs else 0
        for number, (digest, key, size) in enumerate(self.blobs()):
            self.progress("files", number, total)
            if not self._copy_file(digest, key, size):
                files.missing.append(digest)
                continue
            files.count += 1
            files.bytes += size
            lines.update(reading.file_line(digest, size))
        files.digest = lines.hexdigest()

    def _copy_file(self, digest: str, key: str, size: int) -> bool:
        name = f"files/{digest}"
        try:
            with storage().open(key) as file:
                if os.fstat(file.fileno()).st_size != size:
                    return False
                if size <= _IN_MEMORY:
                    data = file.read()
                    fits = hashlib.sha256(data).hexdigest() == digest
                    if fits:
                        self.writer.add(name, data)
                    return fits
                if _digest_of(file) != digest:
                    return False
                file.seek(0)
                self.writer.add_from(name, file, size)
        except (FileNotFoundError, FileDamaged):
            return False
        return True


def _digest_of(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    while chunk := file.read(_IN_MEMORY):
        digest.update(chunk)
    return digest.hexdigest()


def _field(model: type[models.Model], name: str) -> portable.Field:
    return {field.name: field for field in model._meta.concrete_fields}[name]


def _named(field: portable.Field, name: str) -> portable.Field:
    field.set_attributes_from_name(name)
    return field


def _check_space(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed + _SPARE:
        text = _("%(path)s has %(free)s MB left, the backup may need %(needed)s MB.")
        megabytes = {"free": free // 1024**2, "needed": (needed + _SPARE) // 1024**2}
        raise BackupError(text % {"path": folder, **megabytes})
