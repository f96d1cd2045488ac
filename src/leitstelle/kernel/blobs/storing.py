"""Storing and reading contents."""

import hashlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from leitstelle.kernel.blobs.landing import forward_soon, storage
from leitstelle.kernel.blobs.models import Blob
from leitstelle.kernel.blobs.sniffing import HEAD_BYTES, sniff
from leitstelle.kernel.blobs.storage import DiskStorage
from leitstelle.kernel.errors import DomainError

_CHUNK = 1024 * 1024
# Far below the grace period of the clean-up, and spares a write for what arrives again and again (logos).
_TOUCH_AFTER = timedelta(hours=12)


class FileTooLarge(DomainError):
    """The file is larger than allowed; `params` hold `limit` (bytes) and `limit_mb`."""

    code = "file_too_large"
    status = 413
    default_message = _("The file is too large: at most %(limit_mb)s MB are possible.")


class Readable(Protocol):
    """Anything with `read`: an open file, an upload of Django."""

    def read(self, size: int = -1, /) -> bytes: ...


class _Written(NamedTuple):
    path: Path
    digest: str
    size: int
    head: bytes


def store(data: bytes | Readable, *, declared_type: str = "", max_bytes: int | None = None) -> Blob:
    """Keep a content and return its row; the same content is kept once.

    The bytes are durable before the row is written, so a row never points at nothing; bytes whose transaction was
    rolled back are removed later by the clean-up. `declared_type` counts only for text that looks like nothing
    else (`text/csv`, `message/rfc822`) and never makes a file one that a browser runs. Raises `FileTooLarge`.
    """
    place = storage()
    source = BytesIO(data) if isinstance(data, bytes) else data
    written = _write(place, source, max_bytes)
    key = f"{written.digest[:2]}/{written.digest[2:4]}/{written.digest}"
    place.adopt(written.path, key)
    now = datetime.now(UTC)
    blob, created = Blob.objects.get_or_create(
        digest=written.digest,
        defaults={
            "size": written.size,
            "content_type": _content_type(written.head, declared_type),
            "key": key,
            "created_at": now,
            "stored_at": now,
        },
    )
    if settings.S3 is not None:
        transaction.on_commit(partial(forward_soon, key), robust=True)
    if not created and now - blob.stored_at > _TOUCH_AFTER:
        Blob.objects.filter(pk=blob.pk).update(stored_at=now)
    return blob


def open_blob(blob: Blob) -> BinaryIO:
    """Open the content for reading; the caller closes it. Raises FileNotFoundError, FileStoreDown, FileDamaged."""
    return storage().open(blob.key)


def read_blob(blob: Blob) -> bytes:
    """Return the whole content; raises as `open_blob`."""
    with open_blob(blob) as file:
        return file.read()


def _write(place: DiskStorage, source: Readable, max_bytes: int | None) -> _Written:
    target, path = place.temporary()
    digest, size, head = hashlib.sha256(), 0, b""
    try:
        with target:
            for chunk in _chunks(source):
                size += len(chunk)
                if max_bytes is not None and size > max_bytes:
                    raise FileTooLarge(limit=max_bytes, limit_mb=_megabytes(max_bytes))
                head = head or chunk[:HEAD_BYTES]
                digest.update(chunk)
                target.write(chunk)
            target.flush()
            os.fsync(target.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return _Written(path, digest.hexdigest(), size, head)


def _chunks(source: Readable) -> Iterator[bytes]:
    while chunk := source.read(_CHUNK):
        yield chunk


def _megabytes(size: int) -> str:
    return f"{size / 1024 / 1024:.1f}".removesuffix(".0")


_HARMLESS_TEXT = frozenset({"text/csv", "text/calendar", "text/vcard", "message/rfc822", "application/json"})


def _content_type(head: bytes, declared: str) -> str:
    sniffed = sniff(head)
    wanted = declared.partition(";")[0].strip().lower()
    return wanted if sniffed == "text/plain" and wanted in _HARMLESS_TEXT else sniffed
