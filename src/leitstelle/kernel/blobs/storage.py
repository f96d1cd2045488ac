"""Where the bytes lie: a directory of this machine, or a bucket with that directory before it (`landing`).

A file is complete under its name or not there at all: written beside, flushed to the disk, then renamed.
"""

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from leitstelle.kernel.durable import flush_directory


class Storage(Protocol):
    """What the rest of `kernel.blobs` needs of a place for bytes."""

    def adopt(self, temporary: Path, key: str) -> None:
        """Make the written file durable under `key`; keeps what is there already."""

    def temporary(self) -> tuple[BinaryIO, Path]:
        """Open a new file that `adopt` can take without copying."""

    def open(self, key: str) -> BinaryIO:
        """Open for reading; raises FileNotFoundError."""

    def exists(self, key: str) -> bool:
        """Whether the bytes are there."""

    def known(self) -> Callable[[str], bool]:
        """`exists` for very many keys: may look once and answer from that."""

    def discard(self, key: str, before: float) -> bool:
        """Remove bytes that nobody stored again since `before` (seconds since 1970); returns whether it did."""

    def contents(self) -> Iterator[tuple[str, float]]:
        """Every key with the time it was last written, in seconds since 1970."""


class DiskStorage:
    """Files under `root`, spread over 65 536 directories by the first four digits of the digest."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def temporary(self) -> tuple[BinaryIO, Path]:
        folder = self.root / "tmp"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=folder)
        return os.fdopen(handle, "w+b"), Path(name)

    def adopt(self, temporary: Path, key: str) -> None:
        target = self.root / key
        try:
            # Touched, so that the clean-up leaves it alone while the row is being written.
            os.utime(target)
        except FileNotFoundError:
            self._move_in(temporary, target)
        else:
            temporary.unlink()

    def _move_in(self, temporary: Path, target: Path) -> None:
        for folder in (target.parent.parent, target.parent):
            if not folder.exists():
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                flush_directory(folder.parent)
        temporary.replace(target)
        flush_directory(target.parent)

    def open(self, key: str) -> BinaryIO:
        return (self.root / key).open("rb")

    def exists(self, key: str) -> bool:
        return (self.root / key).is_file()

    def known(self) -> Callable[[str], bool]:
        return self.exists

    def discard(self, key: str, before: float) -> bool:
        target, aside = self.root / key, self.root / "tmp" / f"discard-{Path(key).name}"
        aside.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            # Moved away first: whoever stores the same content from now on writes it anew.
            target.replace(aside)
        except FileNotFoundError:
            return False
        if aside.stat().st_mtime >= before:
            # Stored again between the look at the row and the move.
            aside.replace(target)
            return False
        aside.unlink()
        return True

    def contents(self) -> Iterator[tuple[str, float]]:
        for path in self.root.glob("??/??/*"):
            try:
                yield path.relative_to(self.root).as_posix(), path.stat().st_mtime
            except FileNotFoundError:
                # Removed meanwhile by another process.
                continue

    def abandoned(self) -> Iterator[tuple[Path, float]]:
        """Files that somebody began to write and never finished, with their time."""
        for path in (self.root / "tmp").glob("*"):
            yield path, path.stat().st_mtime
