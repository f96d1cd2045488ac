"""Keeping every file while a backup copies them: the clean-up waits until nobody holds.

A lock on a file of the storage, given back by the system when its process dies, however it dies.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

_NAME = "keep.lock"


@contextmanager
def keep_files() -> Iterator[None]:
    """No file is removed until the block ends; waits for a clean-up under way."""
    with _locked(fcntl.LOCK_SH):
        yield


@contextmanager
def free_to_clean() -> Iterator[bool]:
    """Whether files may be removed now; nobody begins to hold until the block ends."""
    try:
        with _locked(fcntl.LOCK_EX | fcntl.LOCK_NB):
            yield True
    except BlockingIOError:
        yield False


@contextmanager
def kept_unless_cleaning() -> Iterator[bool]:
    """Whether no file is removed until the block ends; waits for nobody."""
    try:
        with _locked(fcntl.LOCK_SH | fcntl.LOCK_NB):
            yield True
    except BlockingIOError:
        yield False


@contextmanager
def _locked(how: int) -> Iterator[None]:
    root: Path = settings.BLOB_ROOT
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (root / _NAME).open("a") as file:
        fcntl.flock(file, how)
        yield
