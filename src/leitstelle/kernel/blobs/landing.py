"""Files that land on the disk of this machine and go on to a bucket.

Nothing here waits for the network while a transaction is open: a file is durable on the disk first, is taken to the
bucket after the commit, and stays on the disk for a day, while it is scanned, drawn, processed and sent. Where the
bucket cannot be reached, files wait on the disk and work goes on.
"""

import hashlib
import logging
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from leitstelle.kernel.blobs.errors import FileDamaged, FileStoreDown
from leitstelle.kernel.blobs.gateways.s3 import Bucket
from leitstelle.kernel.blobs.holding import kept_unless_cleaning
from leitstelle.kernel.blobs.storage import DiskStorage

logger = logging.getLogger("leitstelle.blobs")

# How long a file stays on the disk after it arrived, in seconds: whoever works on it soon finds it there.
LINGER = 24 * 3600.0
# An object as young as this is not written again when the same content arrives; far below the grace of the clean-up.
_YOUNG = 24 * 3600.0
# After a failure answers to people do not wait for the bucket again for so long; the worker goes on trying.
_REST = 30.0
_OURS = re.compile(r"[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{64}")

_rest_until = 0.0


class LandingStorage(DiskStorage):
    """A directory before a bucket: what is in either is there. Keys in the bucket that are not ours are left alone."""

    def __init__(self, root: Path, bucket: Bucket) -> None:
        super().__init__(root)
        self.bucket = bucket

    def adopt(self, temporary: Path, key: str) -> None:
        self._mark(key)
        super().adopt(temporary, key)

    def open(self, key: str) -> BinaryIO:
        """From the disk, or brought here from the bucket and compared. Raises FileStoreDown, FileDamaged."""
        try:
            return super().open(key)
        except FileNotFoundError:
            return self.bring(key)

    def exists(self, key: str) -> bool:
        return super().exists(key) or self.bucket.head(key) is not None

    def known(self) -> Callable[[str], bool]:
        held = {key for key, _written in self._remote()}
        return lambda key: key in held or DiskStorage.exists(self, key)

    def discard(self, key: str, before: float) -> bool:
        held = self.bucket.head(key)
        if held is not None and held.written >= before:
            return False
        gone = super().discard(key, before)
        if held is None or super().exists(key):
            return gone
        self.bucket.remove(key)
        return True

    def contents(self) -> Iterator[tuple[str, float]]:
        """Every key once; of a file in both places the later time."""
        here = dict(super().contents())
        for key, written in self._remote():
            yield key, max(written, here.pop(key, written))
        yield from here.items()

    def bring(self, key: str) -> BinaryIO:
        """A nameless copy of an object on this disk, compared with its digest; the caller closes it."""
        folder = self.root / "tmp"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - the caller closes it
        try:
            self.copy(key, file)
            file.seek(0)
        except BaseException:
            file.close()
            raise
        return file

    def copy(self, key: str, target: BinaryIO) -> None:
        """Write an object into an open file and flush it. Raises FileNotFoundError, FileStoreDown, FileDamaged."""
        digest = hashlib.sha256()
        for piece in self.bucket.fetch(key):
            digest.update(piece)
            target.write(piece)
        if digest.hexdigest() != Path(key).name:
            raise FileDamaged(key=key)
        target.flush()
        os.fsync(target.fileno())

    def waiting(self) -> list[tuple[str, float]]:
        """Keys of files that are not in the bucket yet, the oldest first, each with the time it arrived."""
        found = []
        for mark in (self.root / "waiting").glob("*"):
            try:
                found.append((_key_of(mark.name), mark.stat().st_mtime))
            except FileNotFoundError:
                # Taken over meanwhile by another process.
                continue
        return sorted(found, key=lambda pair: pair[1])

    def forward(self, key: str) -> bool:
        """Take a file to the bucket; returns whether it is there now. Raises FileStoreDown.

        While the clean-up runs it stays here: that may just be removing the same content from the bucket.
        """
        with kept_unless_cleaning() as kept:
            if not kept:
                return False
            path = self.root / key
            try:
                size = path.stat().st_size
                held = self.bucket.head(key)
                if held is None or held.size != size or held.written < time.time() - _YOUNG:
                    self.bucket.put(path, key)
                    held = self.bucket.head(key)
            except FileNotFoundError:
                # Another process took it there, and the day after it left this disk.
                held, size = None, -1
            if size >= 0 and (held is None or held.size != size):
                raise FileStoreDown(reason=f"{key} did not arrive whole")
            (self.root / "waiting" / Path(key).name).unlink(missing_ok=True)
            return True

    def release(self, before: float) -> int:
        """Remove from the disk what arrived before then and is in the bucket; returns how many files.

        What is not there (after a restore, or from the time when files lay here alone) is marked to be taken there.
        """
        waiting, count = {key for key, _since in self.waiting()}, 0
        for key, written in list(super().contents()):
            if written >= before or key in waiting:
                continue
            path = self.root / key
            held = self.bucket.head(key)
            if held is not None and held.size == path.stat().st_size:
                path.unlink(missing_ok=True)
                count += 1
            else:
                self._mark(key)
        return count

    def _mark(self, key: str) -> None:
        """Not flushed: a mark that a power cut takes is set again when the file would leave the disk."""
        mark = self.root / "waiting" / Path(key).name
        mark.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        mark.touch(mode=0o600)

    def _remote(self) -> Iterator[tuple[str, float]]:
        for key, held in self.bucket.contents():
            if is_key(key):
                yield key, held.written


def storage() -> DiskStorage:
    """The storage of this installation."""
    return DiskStorage(settings.BLOB_ROOT) if settings.S3 is None else landing()


def landing() -> LandingStorage:
    """The storage of an installation that has a bucket."""
    assert settings.S3 is not None
    return LandingStorage(settings.BLOB_ROOT, Bucket(settings.S3))


def forward_soon(key: str) -> None:
    """Take a file to the bucket right after its commit; where that fails, the worker does it later."""
    global _rest_until
    if settings.S3 is None or time.monotonic() < _rest_until:
        return
    try:
        landing().forward(key)
    except OSError as error:
        _rest_until = time.monotonic() + _REST
        logger.warning("a file waits on this machine: %s", error)


def forward_waiting(limit: int = 500) -> int:
    """Take what waits to the bucket, the oldest first; returns how many files. Raises FileStoreDown."""
    if settings.S3 is None:
        return 0
    place = landing()
    return sum(place.forward(key) for key, _since in place.waiting()[:limit])


def release_forwarded() -> int:
    """Remove from the disk what is in the bucket for a day; returns how many files."""
    return 0 if settings.S3 is None else landing().release(time.time() - LINGER)


def is_key(key: str) -> bool:
    """Whether an object of the bucket is one of our files."""
    return bool(_OURS.fullmatch(key))


def _key_of(digest: str) -> str:
    return f"{digest[:2]}/{digest[2:4]}/{digest}"
