"""Copying files between the disk of this machine and the bucket: each compared, none copied twice."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from leitstelle.kernel.blobs.errors import FileDamaged
from leitstelle.kernel.blobs.landing import LandingStorage, is_key
from leitstelle.kernel.blobs.models import Blob
from leitstelle.kernel.blobs.storage import DiskStorage

Progress = Callable[[int, int], None]


@dataclass
class Moved:
    """What came of it: files copied now, there before, and digests of files that were damaged or are nowhere."""

    copied: int = 0
    present: int = 0
    bytes: int = 0
    damaged: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def to_bucket(place: LandingStorage, progress: Progress, *, compare: bool = True) -> Moved:
    """Copy every file of this disk into the bucket; with `compare` each is read back. Raises FileStoreDown.

    May be broken off and begun again at any time: what is there in its size is not copied again.
    """
    moved = Moved()
    held = {key: found.size for key, found in place.bucket.contents()}
    keys = sorted(key for key, _written in DiskStorage.contents(place))
    for number, key in enumerate(keys):
        progress(number, len(keys))
        path = place.root / key
        size = path.stat().st_size
        if held.get(key) == size:
            moved.present += 1
            continue
        if _digest(path) != path.name:
            moved.damaged.append(path.name)
            continue
        place.bucket.put(path, key)
        if compare:
            place.bring(key).close()
        held[key] = size
        moved.copied += 1
        moved.bytes += size
    _look_for_missing(moved, held.__contains__)
    return moved


def to_disk(place: LandingStorage, progress: Progress) -> Moved:
    """Copy every object of the bucket onto this disk, compared with its digest on the way. Raises FileStoreDown."""
    moved, disk = Moved(), DiskStorage(place.root)
    objects = sorted((key, found.size) for key, found in place.bucket.contents() if is_key(key))
    for number, (key, size) in enumerate(objects):
        progress(number, len(objects))
        path = place.root / key
        if path.is_file() and path.stat().st_size == size:
            moved.present += 1
            continue
        try:
            _bring_home(place, disk, key)
        except FileDamaged:
            moved.damaged.append(Path(key).name)
            continue
        moved.copied += 1
        moved.bytes += size
    _look_for_missing(moved, disk.exists)
    return moved


def _bring_home(place: LandingStorage, disk: DiskStorage, key: str) -> None:
    target, temporary = disk.temporary()
    try:
        with target:
            place.copy(key, target)
        # What lies there has another size: broken off by something else than us.
        (disk.root / key).unlink(missing_ok=True)
        disk.adopt(temporary, key)
    finally:
        temporary.unlink(missing_ok=True)


def _look_for_missing(moved: Moved, there: Callable[[str], bool]) -> None:
    for digest, key in Blob.objects.order_by("pk").values_list("digest", "key").iterator(2000):
        if not there(key) and digest not in moved.damaged:
            moved.missing.append(digest)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
